import GraphCompiler
import GraphIR
import GraphModelFixtures
import GraphRuntime
import Testing

/// Strips of rows, each computed by itself, give the bytes of the whole picture.
@Suite struct RowStripTests {
    @Test(arguments: SmallModel.all + [.composed], [(61, 9), (128, 6), (403, 7)])
    func stripsChangeNoByte(_ model: SmallModel, _ size: (height: Int, width: Int)) throws {
        let stripCounts = try stripCountsWithEqualBytes(model, size)
        if size.height > 200 { #expect(stripCounts == [1, 2, 3, 4]) }
    }

    /// Networks that look at a whole picture have no strips, nor have those whose rows are counted from its side.
    @Test(arguments: SmallModel.networks)
    func stripsOfNetworksChangeNoByte(_ network: SmallModel) throws {
        let hasStrips = try network.entry(.predict).graph.nodes.allSatisfy { node in
            switch node.operation?.op {
            case .mean, .sumTo: false
            case .slice: node.operation?.attributes.integer("axis") == 3
            default: true
            }
        }
        guard hasStrips else {
            #expect(throws: ProgramError.self) { try stripCountsWithEqualBytes(network, (512, 8)) }
            return
        }
        #expect(try stripCountsWithEqualBytes(network, (512, 8)).contains(2))
    }

    /// - Returns: how many strips there were for one to four.
    private func stripCountsWithEqualBytes(_ model: SmallModel, _ size: (height: Int, width: Int)) throws -> [Int] {
        let entry = try model.entry(.predict)
        let sizes = ["N": 1, "H": size.height, "W": size.width]
        let store = try ParameterStore(for: [entry.graph])
        try store.initialize(seed: 5)
        var generator = SplitMix64(seed: 9)
        let pixels = (0..<3 * size.height * size.width).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let options = PlanOptions(.best, memory: .automatic)
        let whole = try Pipeline.plan(entry, sizes: sizes, options).program.run(store, pixels, threadCount: 1)
        #expect(Set(whole).count > 1)
        return try (1...4).map { count in
            let rows = try RowStrips(of: entry, sizes: sizes, options, atMost: count)
            #expect(rows.strips.count <= count && rows.strips.first?.outputRows.lowerBound == 0)
            var joined: [UInt8] = []
            for (index, strip) in rows.strips.enumerated() {
                let rowByteCount = 3 * size.width
                let read = strip.inputRows.lowerBound * rowByteCount..<strip.inputRows.upperBound * rowByteCount
                let part = try rows.plan(index).program.run(store, Array(pixels[read]), threadCount: count)
                let outputHeight = rows.strips[rows.strips.count - 1].outputRows.upperBound
                let outputByteCount = whole.count / outputHeight
                let first = strip.outputRows.lowerBound - outputHeight / size.height * strip.inputRows.lowerBound
                joined += part[first * outputByteCount..<(first + strip.outputRows.count) * outputByteCount]
            }
            #expect(joined == whole, "\(rows.strips)")
            return rows.strips.count
        }
    }
}
