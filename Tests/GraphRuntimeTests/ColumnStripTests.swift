import GraphCompiler
import GraphIR
import GraphRuntime
import GraphModelFixtures
import Testing

/// Strips of columns give the bytes of the whole picture.
@Suite struct ColumnStripTests {
    @Test(arguments: SmallModel.all + [.composed], [(9, 61), (6, 128), (7, 403)])
    func stripsChangeNoByte(_ model: SmallModel, _ size: (height: Int, width: Int)) throws {
        let stripCounts = try stripCountsWithEqualBytes(model, size)
        if size.width > 200 { #expect(stripCounts.contains { $0 > 1 }, "\(stripCounts)") }
    }

    /// Networks that look at a whole picture have no strips, nor have those whose columns are counted from its side.
    @Test(arguments: SmallModel.networks)
    func stripsOfNetworksChangeNoByte(_ network: SmallModel) throws {
        let stripCounts = try stripCountsWithEqualBytes(network, (8, 512))
        let hasStrips = try network.entry(.predict).graph.nodes.allSatisfy { node in
            switch node.operation?.op {
            case .mean, .sumTo: false
            case .slice: node.operation?.attributes.integer("axis") == 3
            default: true
            }
        }
        #expect(stripCounts.contains { $0 > 1 } == hasStrips, "\(stripCounts)")
    }

    /// Checks that strips give the bytes of the whole, with less and less memory.
    ///
    /// - Returns: how many strips there were.
    private func stripCountsWithEqualBytes(_ model: SmallModel, _ size: (height: Int, width: Int)) throws -> Set<Int> {
        let entry = try model.entry(.predict)
        let sizes = ["N": 1, "H": size.height, "W": size.width]
        let store = try ParameterStore(for: [entry.graph])
        try store.initialize(seed: 5)
        var generator = SplitMix64(seed: 9)
        let pixels = (0..<3 * size.height * size.width).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let program = try Pipeline.plan(entry, sizes: sizes, PlanOptions(.best)).program
        let whole = try program.run(store, pixels, threadCount: 1)
        #expect(Set(whole).count > 1)

        let banded = try Pipeline.plan(entry, sizes: sizes, PlanOptions(.best, memory: .arena(byteCount: 1))).program
        var stripCounts: Set<Int> = []
        for threadCount in 1...4 {
            // Less and less memory for activations, until a strip is hardly wider than its halo.
            for part in [2, 4, 5, 6, 7] {
                let limit = banded.byteCount(threadCount: threadCount) - banded.arenaByteCount * part / 8
                guard
                    let strips = try? Pipeline.plan(
                        entry, sizes: sizes, PlanOptions(.best, memory: .all(byteCount: limit, threadCount: threadCount))
                    ).strips
                else { continue }
                stripCounts.insert(strips.count)
                let joined = try Self.join(strips, store, pixels, size, threadCount)
                #expect(joined == whole, "\(strips.map(\.inputColumns)) on \(threadCount) threads")
                #expect(strips.allSatisfy { $0.program.byteCount(threadCount: threadCount) <= limit })
            }
        }
        return stripCounts
    }

    @Test func memoryThatHoldsNoStripIsRefused() throws {
        let entry = try SmallModel.all[0].entry(.predict)
        for limit in [0, 100_000, 200_000] {
            #expect(throws: ProgramError.self) {
                try Pipeline.plan(
                    entry, sizes: ["N": 1, "H": 16, "W": 16],
                    PlanOptions(.portable, memory: .all(byteCount: limit, threadCount: 1))
                ).strips
            }
        }
    }

    private static func join(
        _ strips: [ColumnStrip], _ store: ParameterStore, _ pixels: [UInt8], _ size: (height: Int, width: Int), _ threadCount: Int
    ) throws -> [UInt8] {
        let outputWidth = strips.last?.outputColumns.upperBound ?? 0
        let scale = outputWidth / size.width
        #expect(strips.first?.outputColumns.lowerBound == 0)
        #expect(zip(strips, strips.dropFirst()).allSatisfy { $0.outputColumns.upperBound == $1.outputColumns.lowerBound })
        let rowByteCount = 3 * outputWidth
        var joined = [UInt8](repeating: 0, count: scale * size.height * rowByteCount)
        for strip in strips {
            let read = 3 * strip.inputColumns.lowerBound..<3 * strip.inputColumns.upperBound
            var columns: [UInt8] = []
            for y in 0..<size.height {
                let start = y * 3 * size.width
                columns += pixels[start + read.lowerBound..<start + read.upperBound]
            }
            let part = try strip.program.run(store, columns, threadCount: threadCount)
            let partByteCount = scale * read.count
            let firstByte = 3 * strip.outputColumns.lowerBound - scale * read.lowerBound
            for y in 0..<scale * size.height {
                let own = part[y * partByteCount + firstByte..<y * partByteCount + firstByte + 3 * strip.outputColumns.count]
                let start = y * rowByteCount + 3 * strip.outputColumns.lowerBound
                joined.replaceSubrange(start..<start + own.count, with: own)
            }
        }
        return joined
    }
}

extension Program {
    /// The pixels that the program makes of those of a picture.
    func run(_ store: ParameterStore, _ pixels: [UInt8], threadCount: Int) throws -> [UInt8] {
        let output = graph.outputs[0]
        let count = (graph[output.value].type.shape.constant ?? []).reduce(1, *)
        let sink = TensorSink<UInt8>(count: count, repeating: 0)
        let session = try Session(self, parameters: store, threadCount: threadCount)
        let input = try #require(graph.nodes.first { $0.content == .input })
        try session.run(inputs: [input.name: TensorSource(pixels)], outputs: [output.name: sink])
        return sink.values
    }
}
