import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

@testable import GraphRuntime

/// What is prepared from weights alone is in memory once, and always of the weights as they are.
@Suite struct SharedPreparationTests {
    private let entry: Entry
    private let store: ParameterStore

    init() throws {
        entry = try SmallModel.composed.entry(.predict)
        store = try ParameterStore(for: [entry.graph])
        try store.initialize(seed: 3)
    }

    private func program(
        height: Int, width: Int, _ instructionSet: InstructionSet = .portable, _ algorithm: ConvolutionAlgorithm = .best
    ) throws -> Program {
        try Pipeline.plan(
            entry, sizes: ["N": 1, "H": height, "W": width], PlanOptions(instructionSet, algorithm: algorithm)
        ).program
    }

    private func image(_ session: Session, height: Int, width: Int) throws -> [UInt8] {
        let sink = TensorSink<UInt8>(count: 3 * 4 * height * 4 * width, repeating: 0)
        let pixels = (0..<3 * height * width).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        try session.run(inputs: ["lr": TensorSource(pixels)], outputs: ["image": sink])
        return sink.values
    }

    @Test func programsOfAllSizesPrepareTheSameWhereTheirKernelsAreTheSame() throws {
        let key = try #require(PreparationKey(program(height: 9, width: 12)))
        #expect(try PreparationKey(program(height: 30, width: 17)) == key)
        #expect(try PreparationKey(program(height: 3, width: 40)) != nil)
        // In so small a picture no pixel lies away from the borders, and filters for such are not made.
        #expect(try PreparationKey(program(height: 2, width: 12)) != key)
        #expect(try PreparationKey(program(height: 9, width: 1)) != key)
        #expect(try PreparationKey(program(height: 9, width: 12, .avx2)) != key)
        #expect(try PreparationKey(program(height: 9, width: 12, .portable, .direct)) != key)
    }

    @Test func sessionsShareWhatTheyPrepareAndSeeEveryChangeOfWeights() throws {
        let sizes = [(9, 12), (30, 17), (9, 1), (2, 2)]
        let shared = try sizes.map { try Session(program(height: $0.0, width: $0.1), parameters: store, threadCount: 2) }
        for seed in [4, 5] as [UInt64] {
            try store.initialize(seed: seed)
            let other = try ParameterStore(for: [entry.graph])
            try other.initialize(seed: seed)
            for (session, size) in zip(shared, sizes) {
                let alone = try Session(program(height: size.0, width: size.1), parameters: other, threadCount: 1)
                #expect(try image(session, height: size.0, width: size.1) == image(alone, height: size.0, width: size.1))
            }
        }
    }

    @Test func preparedValuesGoWithTheLastSessionThatUsesThem() throws {
        let small = try program(height: 9, width: 12), large = try program(height: 30, width: 17)
        weak var values: PreparedValues?
        do {
            let workspace = try Workspace(threadCount: 1, spareByteCount: 0)
            values = try workspace.prepared(for: small, store)
            #expect(values != nil)
            #expect(try workspace.prepared(for: large, store) === values)
            #expect(try Workspace(threadCount: 1, spareByteCount: 0).prepared(for: large, store) === values)
        }
        #expect(values == nil)
    }

    /// Sessions on several threads, of which each may be the first to prepare.
    @Test func sessionsThatBeginAtOnceWaitForWhatOneOfThemPrepares() async throws {
        let program = try program(height: 9, width: 12)
        let expected = try image(Session(program, parameters: store, threadCount: 1), height: 9, width: 12)
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 {
                group.addTask { [self] in
                    try image(Session(program, parameters: store, threadCount: 1), height: 9, width: 12)
                }
            }
            for try await image in group { #expect(image == expected) }
        }
    }

    @Test func aWorkspaceKeepsMemoryThatIsLargeEnoughAndNotTooLarge() throws {
        let workspace = try Workspace(threadCount: 1, spareByteCount: 8192)
        let first = try workspace.arena(byteCount: 16384)
        #expect(try workspace.arena(byteCount: 8192) === first)
        let smaller = try workspace.arena(byteCount: 4096)
        #expect(smaller.byteCount == 4096)
        #expect(try workspace.arena(byteCount: 4097).byteCount == 4097)
    }

    @Test func sessionsInOneWorkspaceMakeWhatTheyMakeByThemselves() throws {
        let workspace = try Workspace(threadCount: 2, spareByteCount: .max)
        for (height, width) in [(30, 17), (9, 12), (2, 3), (31, 18), (9, 12)] {
            let program = try program(height: height, width: width)
            let alone = try Session(program, parameters: store, threadCount: 1)
            let expected = try image(alone, height: height, width: width)
            #expect(try image(Session(program, parameters: store, in: workspace), height: height, width: width) == expected)
        }
    }
}
