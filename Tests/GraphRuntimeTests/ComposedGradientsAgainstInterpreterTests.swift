import GraphCompiler
import GraphIR
import Testing

/// Two convolutions with a pixel shuffle between, and all their gradients, each pair as one.
@Suite struct ComposedGradientsAgainstInterpreterTests {
    /// Wide enough that composing saves operations.
    private func entry(block: Int, filterSize: Int, hasBias: Bool) throws -> Entry {
        let between = 32 * block * block
        let source = """
            stage simplified

            entry predict m(x: f32[N, H, W, 32], dz: f32[N, \(block)*H, \(block)*W, 3])
                -> (z: f32[N, \(block)*H, \(block)*W, 3], dx: f32[N, H, W, 32], dg: f32[3, 3, 32, 3],
                    df: f32[\(filterSize), \(filterSize), 32, \(between)]\(hasBias ? ", db: f32[\(between)]" : "")) {
              weight f: f32[\(filterSize), \(filterSize), 32, \(between)] ~ glorot_uniform @f
              weight b: f32[\(between)] ~ zeros @b
              weight g: f32[3, 3, 32, 3] ~ glorot_uniform @g
              t: f32[N, H, W, \(between)] = conv2d(x, f)
              \(hasBias ? "t_1: f32[N, H, W, \(between)] = t + b" : "")
              u: f32[N, \(block)*H, \(block)*W, 32] = depth_to_space(\(hasBias ? "t_1" : "t"), block = \(block))
              z: f32[N, \(block)*H, \(block)*W, 3] = conv2d(u, g)
              du: f32[N, \(block)*H, \(block)*W, 32] = conv2d_input_gradient(dz, g, height = \(block)*H, width = \(block)*W)
              dg: f32[3, 3, 32, 3] = conv2d_filter_gradient(u, dz, height = 3, width = 3)
              dy: f32[N, H, W, \(between)] = space_to_depth(du, block = \(block))
              \(hasBias ? "db: f32[\(between)] = sum_to(dy, shape = [\(between)])" : "")
              dx: f32[N, H, W, 32] = conv2d_input_gradient(dy, f, height = H, width = W)
              df: f32[\(filterSize), \(filterSize), 32, \(between)] = conv2d_filter_gradient(x, dy, height = \(filterSize), width = \(filterSize))
            }
            """
        return try Pipeline.run(source, upTo: .fused).entries[0]
    }

    @Test(
        arguments: [(2, 3, true), (2, 3, false), (3, 3, true), (4, 1, true)], [[1, 3, 3], [2, 4, 7], [3, 9, 5], [1, 3, 99]])
    func equalTheInterpreter(_ pair: (block: Int, filterSize: Int, hasBias: Bool), _ sizes: [Int]) throws {
        let entry = try entry(block: pair.block, filterSize: pair.filterSize, hasBias: pair.hasBias)
        let case_ = EntryCase(entry, sizes: ["N": sizes[0], "H": sizes[1], "W": sizes[2]], seed: 4)
        let expected = try case_.interpreted(in: Double.self)
        for instructionSet in InstructionSet.runnable {
            let program = try Pipeline.plan(entry, sizes: case_.sizes, PlanOptions(instructionSet)).program
            let kernels = program.steps.map(\.kernel)
            #expect(kernels.count { $0 == .conv2DComposed } == 2, "\(kernels)")
            #expect(kernels.contains(.conv2DFilterGradientsComposed), "\(kernels)")
            #expect(try case_.executed(program, threadCount: 2).difference(from: expected) < 3e-6, "\(instructionSet)")
        }
        let whole = try case_.executed(.best, bandRows: nil, threadCount: 1)
        for bandRows in [nil, 1, 3] {
            let program = try case_.planned(.best, bandRows: bandRows)
            for threadCount in [2, 3, 4] {
                let found = try case_.executed(program, threadCount: threadCount)
                #expect(found == whole, "bands of \(bandRows ?? 0) on \(threadCount) threads")
            }
        }
    }
}
