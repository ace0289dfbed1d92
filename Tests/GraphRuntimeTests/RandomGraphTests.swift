import Foundation
import GraphCompiler
import GraphIR
import GraphRuntime
import Testing

/// Graphs drawn at random compute what the reference implementations say, and the same bytes however they are cut.
///
/// `GRAPHC_SEEDS=1000..<2000 swift test --filter RandomGraphTests` runs others than the usual ones.
@Suite struct RandomGraphTests {
    private static let seeds: Range<UInt64> = {
        let bounds = (ProcessInfo.processInfo.environment["GRAPHC_SEEDS"] ?? "").components(separatedBy: "..<")
            .compactMap { UInt64($0) }
        return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : 0..<16
    }()

    @Test(arguments: seeds)
    func randomGraphs(_ seed: UInt64) throws {
        for role in [Role.predict, .train] {
            guard let (elaborated, sizes) = RandomGraph.entry(role, seed: seed) else { continue }
            let module = Module(name: "random", entries: [elaborated])
            // Without a weight on the way to the loss there is nothing to train.
            guard let differentiated = try? Pipeline.continue(module, after: .elaborated, upTo: .differentiated) else {
                continue
            }
            let fused = try Pipeline.continue(differentiated, after: .differentiated, upTo: .fused)
            let case_ = EntryCase(fused.entries[0], reference: differentiated.entries[0].graph, sizes: sizes, seed: seed)
            try expectReferenceResults(case_)
            try expectEqualBytes(case_)
        }
    }

    /// A program's results are as near to those in double precision as those of the reference implementations in
    /// single precision are, to some 1e-5 and a few times their error: where that error is large, an element
    /// has crossed a jump.
    private func expectReferenceResults(_ case_: EntryCase) throws {
        let exact = try case_.interpreted(in: Double.self)
        let plain = try case_.interpreted()
        let bound = 2e-5 + 20 * plain.difference(from: exact)
        for instructionSet in InstructionSet.runnable {
            var found = try case_.executed(instructionSet, bandRows: nil, threadCount: 2)
            // A pixel may fall on the other side of a half.
            let pixels = zip(found.outputs["bytes"] ?? [], exact.outputs["bytes"] ?? [])
            #expect(pixels.allSatisfy { abs($0 - $1) <= 1 }, "\(case_.sizes) \(instructionSet)")
            found.outputs["bytes"] = exact.outputs["bytes"]
            #expect(found.difference(from: exact) <= bound, "\(case_.sizes) \(instructionSet)")
        }
    }

    private func expectEqualBytes(_ case_: EntryCase) throws {
        let whole = try case_.executed(.best, bandRows: nil, threadCount: 1)
        for bandRows in [1, 2, 3, 5] {
            for threadCount in [1, 3] {
                let found = try case_.executed(.best, bandRows: bandRows, threadCount: threadCount)
                #expect(found == whole, "\(case_.sizes) in bands of \(bandRows) on \(threadCount) threads")
            }
        }
    }
}
