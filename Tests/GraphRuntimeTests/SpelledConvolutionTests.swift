import GraphCompiler
import GraphIR
import GraphKernelInterface
import GraphRuntime
import Testing

/// Depthwise convolutions that are spelled out as sums of shifted images: they give what the text says, by the op's kernel.
@Suite struct SpelledConvolutionTests {
    struct Spelling: CustomTestStringConvertible {
        var name: String
        /// Rows and columns of the filter, and the distance of its taps.
        var height = 3, width = 3, distance = 1
        /// Zeros before and behind, in rows and in columns; where the first window begins.
        var before = [1, 1], after = [1, 1], start = [0, 0]
        /// What the sum begins with.
        var first = "bias + x * 0.5"

        var testDescription: String { name }

        /// How many more rows, or columns, the result has than x.
        func growth(_ axis: Int) -> Int {
            before[axis] + after[axis] - start[axis] - ((axis == 0 ? height : width) - 1) * distance
        }
    }

    private static let spellings: [Spelling] = [
        Spelling(name: "3×3"),
        Spelling(name: "beginning with a difference of nothing", first: "x - x + bias"),
        Spelling(name: "5×3, of unequal sides", height: 5, before: [3, 0], after: [1, 2]),
        Spelling(name: "1×3, apart", height: 1, distance: 2, before: [0, 2], after: [0, 2]),
        Spelling(name: "3×1, within the image", width: 1, before: [0, 0], after: [0, 0], first: "bias * 2"),
        Spelling(name: "3×3, not from the first row", before: [3, 2], after: [1, 1], start: [2, 1]),
        Spelling(name: "3×3, of more than the image", before: [4, 3], after: [2, 4], first: "bias * 1"),
    ]

    private func text(_ spelling: Spelling, channels: Int) -> String {
        let result = "f32[N, H + \(spelling.growth(0)), W + \(spelling.growth(1)), C]"
        let rows = "start = \(spelling.start[0]) + \(spelling.distance)*r, length = H + \(spelling.growth(0))"
        let columns = "start = \(spelling.start[1]) + \(spelling.distance)*q, length = W + \(spelling.growth(1))"
        let taps = "slice(slice(filter, axis = 0, start = r, length = 1), axis = 1, start = q, length = 1)"
        return """
            graph g(x: f32[N, H, W, \(channels)]) -> (y: f32[N, H + \(spelling.growth(0)), W + \(spelling.growth(1)), \(channels)]) {
              y = depthwise(x) @depthwise
            }
            block depthwise(x: f32[N, H, W, C]) -> (y: \(result)) {
              weight filter: f32[\(spelling.height), \(spelling.width), C] ~ glorot_uniform
              weight bias: f32[C] ~ constant(0.25)
              p = pad(x, [\(spelling.before[0]), \(spelling.after[0]), \(spelling.before[1]), \(spelling.after[1])])
              s = \(spelling.first)
              repeat r in 0..<\(spelling.height) carry s {
                repeat q in 0..<\(spelling.width) carry s {
                  s = s + slice(slice(p, axis = 1, \(rows)), axis = 2, \(columns)) * \(taps)
                }
              }
              y = s
            }
            """
    }

    @Test(arguments: spellings, [2, 3, 8, 24])
    func givesWhatItSays(_ spelling: Spelling, _ channels: Int) throws {
        let module = try Pipeline.run(text(spelling, channels: channels), upTo: .elaborated)
        let reference = try #require(module.entries.first { $0.role == .predict })
        let fused = try Pipeline.continue(module, after: .elaborated, upTo: .fused)
        let entry = try #require(fused.entries.first { $0.role == .predict })
        for (images, height, width) in [(1, 7, 5), (2, 6, 31)] {
            let use = EntryCase(
                entry, reference: reference.graph, sizes: ["N": images, "H": height, "W": width], seed: UInt64(channels))
            let expected = try use.interpreted(in: Double.self)
            for instructionSet in InstructionSet.runnable {
                let program = try use.planned(instructionSet, bandRows: 2)
                #expect(program.steps.contains { $0.kernel == .conv2DDepthwise }, "\(program.steps.map(\.kernel))")
                #expect(
                    try use.executed(program, threadCount: 2).difference(from: expected) < 1e-5, "\(use.sizes) \(instructionSet)")
            }
        }
    }
}
