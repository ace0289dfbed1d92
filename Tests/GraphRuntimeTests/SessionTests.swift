import Foundation
import GraphCompiler
import GraphIR
import GraphRuntime
import GraphModelFixtures
import Testing

/// What a session promises beside its results.
@Suite struct SessionTests {
    private func session(threadCount: Int = 3, bandRows: Int? = 2) throws -> Session {
        let entry = try SmallModel.all[0].entry(.predict)
        let program = try Pipeline.plan(
            entry, sizes: ["N": 1, "H": 9, "W": 5], PlanOptions(.best, memory: .bands(rows: bandRows))
        ).program
        let store = try ParameterStore(for: [entry.graph])
        try store.initialize(seed: 3)
        return try Session(program, parameters: store, threadCount: threadCount)
    }

    private struct Refusal: Error, Equatable {
        var row: Int
    }

    /// Fails at one row.
    private final class BrokenStream: RowSource, RowSink {
        var row: Int
        init(row: Int) { self.row = row }

        func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
            if row == self.row { throw Refusal(row: row) }
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 31 &+ row) }
        }

        func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
            if row == self.row { throw Refusal(row: row) }
        }
    }

    @Test(arguments: [1, 2, 5])
    func aSessionRunsAgainAfterAStreamFailed(threadCount: Int) throws {
        let session = try session(threadCount: threadCount)
        let sound = BrokenStream(row: -1)
        func image() throws -> [UInt8] {
            let sink = TensorSink<UInt8>(count: 36 * 20 * 3, repeating: 0)
            try session.run(inputs: ["lr": sound], outputs: ["image": sink])
            return sink.values
        }
        let expected = try image()
        for row in 0..<9 {
            #expect(throws: RuntimeError.stream(StreamError(Refusal(row: row)))) {
                try session.run(inputs: ["lr": BrokenStream(row: row)])
            }
            #expect(throws: RuntimeError.stream(StreamError(Refusal(row: 4 * row)))) {
                try session.run(inputs: ["lr": sound], outputs: ["image": BrokenStream(row: 4 * row)])
            }
            #expect(try image() == expected)
        }
    }

    /// Measures are of a step's beginning, whatever it updates, and also where a simplified graph measures a weight itself.
    @Test func aMeasuredWeightIsMeasuredBeforeItsUpdate() throws {
        let text = """
            stage elaborated
            entry train m(x: f32[2]) {
              weight w: f32[] ~ ones @w
              state s: f32[] ~ ones @s
              t: f32[2] = x * w
              t_1: f32[] = mean(t)
              t_2: f32[] = 1 * s
              t_3: f32[] = s + 1
              state h: f32[] ~ ones @h
              t_4: f32[] = 0.5 * h
              loss l = t_1
              metric half = t_4
              update h = t_4
              metric before = w
              metric state_before = t_2
              metric state = s
              update s = t_3
            }
            """
        let entry = try Pipeline.run(text, upTo: .fused).entries[0]
        let store = try ParameterStore(for: [entry.graph])
        try store.initialize(seed: 0)
        let session = try Session(Pipeline.plan(entry, sizes: [:], PlanOptions(.best)).program, parameters: store, threadCount: 1)
        var weight: Float = 1
        for step in 1...3 {
            let measures = try session.run(
                inputs: ["x": TensorSource<Float>([1, 2])],
                scalars: ["learning_rate": 0.1, "step": Float(step), "clip_norm": .infinity])
            #expect(measures["before"] == weight && session.measure("before") == weight)
            #expect(measures["state_before"] == Float(step) && measures["state"] == Float(step))
            let half = try #require(measures["half"])
            #expect(half == [0.5, 0.25, 0.125][step - 1] && store.values(of: "h") == [half])
            weight = try #require(store.values(of: "w")?[0])
            #expect(weight != measures["before"])
        }
    }

    /// A metric that depends on weights alone is made before the run, by more steps than the run has.
    @Test(arguments: [PlanOptions.Memory.wholeImages, .bands(rows: 1)])
    func aMetricMayBeKnownBeforeTheRun(_ memory: PlanOptions.Memory) throws {
        let text = """
            stage elaborated
            entry predict m(x: f32[1, 1, 1, 1]) -> (y: f32[1, 1, 1, 1]) {
              weight w: f32[1, 2, 3, 4] ~ ones @w
              t: f32[1, 3, 2, 4] = transpose(w, order = [0, 2, 1, 3])
              t_1: f32[1, 3, 2, 4] = softmax(t, axis = 3)
              t_2: f32[1, 2, 3, 4] = transpose(t_1, order = [0, 2, 1, 3])
              t_3: f32[1, 2, 3, 4] = softmax(t_2, axis = 1)
              t_4: f32[] = sum(t_3)
              y: f32[1, 1, 1, 1] = x + 1
              metric known = t_4
              y = y
            }
            """
        let entry = try Pipeline.run(text, upTo: .fused).entries[0]
        let store = try ParameterStore(for: [entry.graph])
        try store.initialize(seed: 0)
        let program = try Pipeline.plan(entry, sizes: [:], PlanOptions(.best, memory: memory)).program
        let session = try Session(program, parameters: store, threadCount: 1)
        let sink = TensorSink<Float>(count: 1, repeating: 0)
        let measures = try session.run(inputs: ["x": TensorSource<Float>([4])], outputs: ["y": sink])
        let known = try #require(measures["known"])
        #expect(sink.values == [5] && abs(known - 12) < 1e-4)
    }

    /// An output or a state may be a number that is known when compiling.
    @Test func constantsAreGivenAndAssigned() throws {
        let text = """
            stage elaborated
            entry train m(x: f32[2]) -> (six: f32[], again: f32[]) {
              weight w: f32[] ~ ones @w
              state s: f32[] ~ ones @s
              six: f32[] = multiply(2, 3)
              t: f32[2] = x * w
              t_1: f32[] = mean(t)
              loss l = t_1
              metric number = six
              update s = six
              again = six
            }
            """
        let entry = try Pipeline.run(text, upTo: .fused).entries[0]
        let store = try ParameterStore(for: [entry.graph])
        let session = try Session(Pipeline.plan(entry, sizes: [:], PlanOptions(.best)).program, parameters: store, threadCount: 1)
        let (six, again) = (TensorSink<Float>(count: 1, repeating: 0), TensorSink<Float>(count: 1, repeating: 0))
        let measures = try session.run(
            inputs: ["x": TensorSource<Float>([1, 2])], scalars: ["learning_rate": 0.1, "step": 1, "clip_norm": .infinity],
            outputs: ["six": six, "again": again])
        #expect(six.values == [6] && again.values == [6] && measures["number"] == 6 && store.values(of: "s") == [6])
    }

    @Test func whatIsMissingOrUnknownIsNamed() throws {
        let session = try session()
        let stream = BrokenStream(row: -1)
        #expect(throws: RuntimeError.unboundInput("lr")) { try session.run() }
        #expect(throws: RuntimeError.missingInput("lr")) { try session.run(inputs: [:]) }
        #expect(throws: RuntimeError.unknownInput("hr", known: ["lr"])) {
            try session.bind(inputs: ["lr": stream, "hr": stream])
        }
        #expect(throws: RuntimeError.unknownOutput("picture", known: ["image"])) {
            try session.run(inputs: ["lr": stream], outputs: ["picture": stream])
        }
        #expect(throws: RuntimeError.unknownScalar("rate", known: [])) {
            try session.run(inputs: ["lr": stream], scalars: ["rate": 1])
        }
        #expect(throws: RuntimeError.unknownScalar("rate", known: [])) { try session.setScalar("rate", 1) }
        let training = try Session(
            Pipeline.plan(SmallModel.all[0].entry(.train), sizes: ["N": 1, "H": 4, "W": 4], PlanOptions(.best)).program,
            parameters: ParameterStore(for: [SmallModel.all[0].entry(.train).graph]), threadCount: 1)
        #expect(throws: RuntimeError.missingScalar("clip_norm")) {
            try training.run(inputs: ["lr": stream, "hr": stream], scalars: ["learning_rate": 1, "step": 1])
        }
        let unknown = RuntimeError.unknownScalar("rate", known: ["clip_norm", "learning_rate", "step"])
        #expect(throws: unknown) { try training.setScalar("rate", 1) }
        #expect("\(unknown)" == "the entry has no scalar 'rate'; it has clip_norm, learning_rate, step")
        #expect(session.measure("loss") == nil)
        #expect(throws: RuntimeError.tooFewThreads(0)) { try self.session(threadCount: 0) }
    }

    @Test func sessionsThatNeverRunEnd() throws {
        for threadCount in [1, 2, 8] { _ = try session(threadCount: threadCount) }
    }

    /// A filter that is updated in place is packed behind its update, for who reads the new value.
    @Test(arguments: [nil, 1, 4])
    func convolutionsReadUpdatedFilters(_ bandRows: Int?) throws {
        let entry = try #require(
            Pipeline.run(
                """
                stage simplified
                entry train m(x: f32[N, H, W, 4]) {
                  weight w: f32[3, 3, 4, 4] ~ ones @w
                  scalar rate: f32[]
                  w_next: f32[3, 3, 4, 4] = w * rate
                  y: f32[N, H, W, 4] = conv2d(x, w_next)
                  t: f32[] = mean(y)
                  loss l = t
                  update w = w_next
                }
                """, upTo: .fused
            ).entries.first)
        let program = try Pipeline.plan(
            entry, sizes: ["N": 1, "H": 8, "W": 1], PlanOptions(.best, memory: .bands(rows: bandRows))
        ).program
        _ = try readProgram(programText(program, stage: .planned))
        let store = try ParameterStore(for: [entry.graph])
        try store.setValues(Array(repeating: 1, count: 144), of: "w")
        let session = try Session(program, parameters: store, threadCount: 2)
        // 3 times 4 channels times the rows that each row sees: 2 for two of them, 3 for six.
        let measures = try session.run(
            inputs: ["x": TensorSource<Float>(Array(repeating: 1, count: 32))], scalars: ["rate": 3])
        #expect(measures["l"] == 33)
        #expect(store.values(of: "w") == Array(repeating: 3, count: 144))
    }

    /// Every update sees the old values, whatever the others assign.
    @Test func updatesExchangeValues() throws {
        let entry = try #require(
            Pipeline.run(
                """
                stage simplified
                entry train m(x: f32[N, 3]) {
                  weight a: f32[3] ~ zeros @a
                  weight b: f32[3] ~ zeros @b
                  weight c: f32[3] ~ zeros @c
                  weight d: f32[3] ~ zeros @d
                  c_next: f32[3] = a + c
                  d_next: f32[3] = c_next * b
                  t: f32[] = mean(x)
                  loss l = t
                  update a = b
                  update b = a
                  update c = c_next
                  update d = d_next
                }
                """, upTo: .fused
            ).entries.first)
        let program = try Pipeline.plan(entry, sizes: ["N": 1], PlanOptions(.best)).program
        let store = try ParameterStore(for: [entry.graph])
        for (path, value) in [("a", 1), ("b", 2), ("c", 4), ("d", 8)] as [(String, Float)] {
            try store.setValues([value, value + 0.25, value + 0.5], of: path)
        }
        let session = try Session(program, parameters: store, threadCount: 2)
        try session.run(inputs: ["x": TensorSource<Float>([0, 0, 0])])
        #expect(store.values(of: "a") == [2, 2.25, 2.5])
        #expect(store.values(of: "b") == [1, 1.25, 1.5])
        #expect(store.values(of: "c") == [5, 5.5, 6])
        #expect(store.values(of: "d") == [10, 12.375, 15])
    }

    /// Outputs may be weights, or depend on weights alone and so be prepared; they come with every run.
    @Test func outputsMayDependOnWeightsAlone() throws {
        let entry = try #require(
            Pipeline.run(
                """
                stage simplified
                entry predict m(x: f32[N, 3]) -> (w: f32[3], twice: f32[3], zeros: f32[N, 3]) {
                  weight w: f32[3] ~ ones @w
                  twice: f32[3] = w + w
                  zeros: f32[N, 3] = broadcast(0, shape = [N, 3])
                }
                """, upTo: .fused
            ).entries.first)
        let program = try Pipeline.plan(entry, sizes: ["N": 2], PlanOptions(.best, memory: .bands(rows: 1))).program
        #expect(try readProgram(programText(program, stage: .planned)) == program)
        let store = try ParameterStore(for: [entry.graph])
        let session = try Session(program, parameters: store, threadCount: 2)
        for value in [Float(1), 5] {
            try store.setValues([value, 2, 3], of: "w")
            let w = TensorSink<Float>(count: 3, repeating: -1), twice = TensorSink<Float>(count: 3, repeating: -1)
            let zeros = TensorSink<Float>(count: 6, repeating: -1)
            try session.run(
                inputs: ["x": TensorSource<Float>(Array(repeating: 7, count: 6))],
                outputs: ["w": w, "twice": twice, "zeros": zeros])
            #expect(w.values == [value, 2, 3])
            #expect(twice.values == [2 * value, 4, 6])
            #expect(zeros.values == Array(repeating: 0, count: 6))
        }
    }

    /// Bound once, eleven training steps equal eleven that bind each time.
    @Test func boundOnceARunRepeats() throws {
        let entry = try SmallModel.all[0].entry(.train)
        let program = try Pipeline.plan(entry, sizes: ["N": 2, "H": 6, "W": 7], PlanOptions(.best)).program
        let low = TensorSource((0..<2 * 6 * 7 * 3).map { UInt8(truncatingIfNeeded: $0 * 37) })
        let high = TensorSource((0..<2 * 24 * 28 * 3).map { UInt8(truncatingIfNeeded: $0 * 11) })
        func fresh() throws -> Session {
            let store = try ParameterStore(for: [entry.graph])
            try store.initialize(seed: 5)
            return try Session(program, parameters: store, threadCount: 2)
        }
        let once = try fresh(), anew = try fresh()
        try once.bind(inputs: ["lr": low, "hr": high])
        try once.setScalar("learning_rate", 1e-3)
        try once.setScalar("clip_norm", .infinity)
        for step in 1...11 {
            try once.setScalar("step", Float(step))
            try once.run()
            let measures = try anew.run(
                inputs: ["lr": low, "hr": high], scalars: ["learning_rate": 1e-3, "step": Float(step), "clip_norm": .infinity])
            #expect(once.measure("mae") == measures["mae"])
        }
        for tensor in once.parameters.tensors {
            #expect(once.parameters.values(of: tensor.path) == anew.parameters.values(of: tensor.path))
        }
    }
}
