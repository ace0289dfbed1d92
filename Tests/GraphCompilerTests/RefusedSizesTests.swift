import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

/// Passes take away operations that check sizes when these are bound: the sizes that a model refuses stay the same.
@Suite struct RefusedSizesTests {
    /// Results of an image of which passes make other operations: shape and text.
    static let spellings = [
        ("[N, H//2, W//2, 2]", parts("max(max(p0, p1), max(p2, p3))")),
        ("[N, H//2, W//2, 2]", parts("(p0 + p1 + p2 + p3) / 4")),
        ("[N, H//2, W//2, 2]", ["y = mean(reshape(x, shape = [N, H//2, 2, W//2, 2, 2]), axes = [2, 4])"]),
        ("[N, H//2, W//3, 2]", ["y = reduce_max(reshape(x, shape = [N, H//2, 2, W//3, 3, 2]), axes = [2, 4])"]),
        ("[N, H*W, 2]", ["y = reshape(reshape(x, shape = [N, H//2, 2, W, 2]), shape = [N, H*W, 2])"]),
        ("[N, H, W, 2]", ["y = reshape(reshape(x, shape = [N, H//2, 2*W, 2]), shape = [N, H, W, 2])"]),
        ("[N, 1, 2]", ["y = mean(reshape(x, shape = [N, H*W, 2]), axes = [1], keep_dims = true)"]),
        ("[N, 2*H, 2*W, 2]", ["y = depth_to_space(concat(x, x, x, x), block = 2)"]),
        ("[N, H, W, 2]", ["y = relu(x) - 0.5 * relu(-x)"]),
        ("[N, H//2, (W + 2)//3, 2]", ["y = max_pool(x, size = [2, 3], stride = [2, 3], pad = same, exact = true)"]),
    ]

    private static func parts(_ result: String) -> [String] {
        ["s = space_to_depth(x, block = 2)"]
            + (0..<4).map { "p\($0) = slice(s, start = \(2 * $0), length = 2)" } + ["y = \(result)"]
    }

    @Test(arguments: spellings)
    func everySpelling(_ shape: String, _ lines: [String]) throws {
        let body = lines.map { "  \($0)\n" }.joined()
        let source = "graph m(x: f32[N, H, W, 2]) -> (y: f32\(shape)) {\n\(body)}\n"
        try check { stage in try Pipeline.run(source, upTo: stage) }
    }

    @Test(arguments: SmallModel.networks)
    func everyNetwork(_ network: SmallModel) throws {
        try check { stage in try network.module(upTo: stage) }
    }

    /// Checks that stage after stage refuses the same sizes.
    private func check(_ module: (Stage) throws -> Module) throws {
        var refused: [Role: [[Int]]] = [:]
        for stage in Stage.allCases where stage >= .elaborated && stage <= .fused {
            for entry in try module(stage).entries {
                let found = (1...12).flatMap { height in
                    [1, 4, 6, 7, 9, 12].filter { width in
                        (try? entry.graph.bound(to: ["N": 2, "H": height, "W": width])) == nil
                    }.map { [height, $0] }
                }
                #expect(refused[entry.role, default: found] == found, "\(entry.role) behind \(stage)")
                refused[entry.role] = found
            }
        }
    }
}
