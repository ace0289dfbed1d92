import Foundation
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime
import SystemPackage
import Testing

/// What Winograd's algorithm and composed convolutions cost in accuracy: EDSR as people use it, by the best kernels and
/// by direct convolution.
struct ConvolutionAlgorithmTests {
    /// EDSR x4 with its defaults, and weights as large as after training: those that begin at zero are drawn.
    private func edsr() throws -> Model {
        let graphs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Graphs")
        let model = try Model(contentsOf: FilePath(graphs.appendingPathComponent("edsr.graph").standardizedFileURL.path))
        var generator = SplitMix64(seed: 7)
        for tensor in model.parameters.tensors where !tensor.isState {
            guard let values = model.parameters.values(of: tensor.path), values.allSatisfy({ $0 == 0 }) else { continue }
            let limit: Float = tensor.shape.count == 4 ? 0.1 / 24 * 1.7 : 0.05
            try model.parameters.setValues(
                values.map { _ in Float.random(in: -limit...limit, using: &generator) }, of: tensor.path)
        }
        return model
    }

    private func output(_ model: Model, _ role: Role, _ algorithm: ConvolutionAlgorithm) throws -> [Float] {
        var generator = SplitMix64(seed: 8)
        let pixels = (0..<2 * 23 * 30 * 3).map { _ in Float(UInt8.random(in: 0...255, using: &generator)) }
        let results = try model.run(
            role, inputs: ["lr": Tensor(shape: [2, 23, 30, 3], values: pixels)],
            by: .compiled(threadCount: 2, bandRows: nil, algorithm: algorithm))
        return try #require(results.outputs.first?.value.values)
    }

    @Test func theLastConvolutionsAreComposedByDefault() throws {
        let counts = try ConvolutionAlgorithm.allCases.map { algorithm in
            let program = try Pipeline.plan(
                edsr().entry(.predict), sizes: ["N": 2, "H": 12, "W": 12], PlanOptions(.best, algorithm: algorithm)
            ).program
            return program.steps.count { $0.kernel.rawValue.hasPrefix("conv2d") }
        }
        #expect(counts == [35, 37, 37])
    }

    @Test(arguments: [Role.predict, .train])
    func directTakesNoKernelOfWinogradsAlgorithm(_ role: Role) throws {
        let entry = try edsr().entry(role)
        let kernels = try [ConvolutionAlgorithm.best, .direct].map { algorithm in
            let program = try Pipeline.plan(
                entry, sizes: ["N": 2, "H": 12, "W": 12], PlanOptions(.best, algorithm: algorithm)
            ).program
            return program.steps.map(\.kernel.rawValue)
        }
        #expect(kernels[0].contains { $0.contains("winograd") })
        #expect(!kernels[1].contains { $0.contains("winograd") || $0.hasPrefix("transform_filter") }, "\(Set(kernels[1]))")
    }

    @Test(arguments: [ConvolutionAlgorithm.best, .separate])
    func theBestKernelsAreWithinAHundredthOfAGreyLevel(_ algorithm: ConvolutionAlgorithm) throws {
        let model = try edsr()
        let best = try output(model, .forward, algorithm), direct = try output(model, .forward, .direct)
        let worst = try #require(zip(best, direct).map { abs($0 - $1) }.max())
        print(
            "EDSR x4, algorithm \(algorithm) beside direct: worst difference \(worst) of a grey level, "
                + "results from \(direct.min() ?? 0) to \(direct.max() ?? 0)")
        #expect(worst < 0.01)
        #expect(worst > 0, "both ways took the same kernels")
    }

    @Test func pixelsDifferByRoundingAlone() throws {
        let model = try edsr()
        let best = try output(model, .predict, .best), direct = try output(model, .predict, .direct)
        let differences = zip(best, direct).map { abs($0 - $1) }
        #expect(Set(direct).count > 100, "the picture shows something")
        #expect(differences.allSatisfy { $0 <= 1 } && differences.count { $0 > 0 } < differences.count / 1000)
    }
}
