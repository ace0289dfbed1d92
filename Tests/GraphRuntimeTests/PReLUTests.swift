import GraphCompiler
import GraphIR
import GraphRuntime
import Testing

/// `prelu` in every place that has a kernel for `relu`, in each of its spellings, and its training.
@Suite struct PReLUTests {
    struct Spelling: CustomTestStringConvertible {
        var name: String
        /// The statement that declares the slope, if any, and the slope.
        var declaration: String
        var slope: String

        var testDescription: String { name }
    }

    private static let spellings: [Spelling] = [
        Spelling(name: "for each channel", declaration: "weight s: f32[C] ~ constant(0.25)", slope: "s"),
        Spelling(name: "for each channel of a pixel", declaration: "weight s: f32[1, 1, 1, C] ~ he_normal", slope: "s"),
        Spelling(name: "of one element", declaration: "weight s: f32[] ~ constant(-0.5)", slope: "s"),
        Spelling(name: "a number", declaration: "", slope: "0.25"),
    ]

    struct Place: CustomTestStringConvertible {
        /// What is computed of x: `a` is `prelu`.
        var source: String
        var type: String
        /// Steps of a run.
        var stepCount = 1

        var testDescription: String { source }
    }

    private static let places: [Place] = [
        // Behind a convolution by Winograd's algorithm, on registers and not; behind one with a stride.
        Place(source: "a(conv<16, 3>(x) @c) @a", type: "f32[N, H, W, 16]"),
        Place(source: "a(conv<5, 3>(x) @c) @a", type: "f32[N, H, W, 5]"),
        Place(source: "0.5 * a(conv<8, 3>(x) @c) @a + x", type: "f32[N, H, W, 8]"),
        Place(source: "a(strided<6>(x) @c) @a", type: "f32[N, (H + 1)//2, (W + 1)//2, 6]"),
        // Behind a pixel shuffle, on registers and not; behind two convolutions that are computed as one.
        Place(source: "a(depth_to_space(conv<256, 3>(x) @c, block = 2)) @a", type: "f32[N, 2*H, 2*W, 64]"),
        Place(source: "a(depth_to_space(conv<12, 3>(x) @c, block = 2)) @a", type: "f32[N, 2*H, 2*W, 3]"),
        Place(
            source: "a(conv<3, 3>(depth_to_space(conv<128, 3>(x) @c, block = 2)) @d) @a", type: "f32[N, 2*H, 2*W, 3]"),
        // Before a convolution, one by Winograd's algorithm, which reads images as they lie, before a sum, which sums rows
        // first, and alone.
        Place(source: "strided<6>(a(x) @a) @c", type: "f32[N, (H + 1)//2, (W + 1)//2, 6]"),
        Place(source: "conv<3, 5>(a(x) @a) @c", type: "f32[N, H, W, 3]", stepCount: 2),
        Place(source: "x + sum(a(x) @a, axes = [0, 1, 2])", type: "f32[N, H, W, 8]", stepCount: 3),
        Place(source: "a(x) @a", type: "f32[N, H, W, 8]"),
    ]

    private func module(_ spelling: Spelling, _ place: Place) throws -> (elaborated: Module, fused: Module) {
        let text = """
            graph g(x: f32[N, H, W, 8]) -> (y: \(place.type)) {
              y = \(place.source)
            }
            train g {
              weight k: f32[] ~ ones @k
              loss l = mean(k * y * y)
            }
            block a(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) {
              \(spelling.declaration)
              y = prelu(x, \(spelling.slope))
            }
            block conv<out: int, size: int>(x: f32[N, H, W, C]) -> (y: f32[N, H, W, out]) {
              weight filter: f32[size, size, C, out] ~ glorot_uniform
              weight bias: f32[out] ~ zeros
              y = conv2d(x, filter) + bias
            }
            block strided<out: int>(x: f32[N, H, W, C]) -> (y: f32[N, (H + 1)//2, (W + 1)//2, out]) {
              weight filter: f32[3, 3, C, out] ~ glorot_uniform
              y = conv2d(x, filter, stride = 2)
            }
            """
        let elaborated = try Pipeline.run(text, upTo: .differentiated)
        return (elaborated, try Pipeline.continue(elaborated, after: .differentiated, upTo: .fused))
    }

    @Test(arguments: spellings, places)
    func equalsTheInterpreter(_ spelling: Spelling, _ place: Place) throws {
        let (reference, fused) = try module(spelling, place)
        for (reference, entry) in zip(reference.entries, fused.entries) where entry.role != .predict {
            for (images, height, width) in [(1, 1, 1), (2, 5, 3), (1, 4, 30), (1, 7, 13)] {
                let sizes = ["N": images, "H": height, "W": width]
                let case_ = EntryCase(entry, reference: reference.graph, sizes: sizes, seed: 9)
                let expected = try case_.interpreted(in: Double.self)
                for instructionSet in InstructionSet.runnable {
                    let found = try case_.executed(instructionSet, bandRows: nil, threadCount: 2)
                    #expect(found.difference(from: expected) < 1e-4, "\(entry.role) \(sizes) \(instructionSet)")
                }
                let whole = try case_.executed(.best, bandRows: nil, threadCount: 1)
                #expect(try case_.executed(.best, bandRows: 2, threadCount: 2) == whole, "\(entry.role) \(sizes) in bands")
            }
        }
    }

    @Test(arguments: spellings, places)
    func takesNoStepOfItsOwn(_ spelling: Spelling, _ place: Place) throws {
        let entry = try #require(module(spelling, place).fused.entries.first { $0.role == .forward })
        let program = try Pipeline.plan(entry, sizes: ["N": 1, "H": 6, "W": 7], PlanOptions(.portable)).program
        let steps = program.steps.filter { !$0.isPreparation }
        #expect(steps.count == place.stepCount, "\(steps.map(\.kernel))")
    }

    @Test func constantsBeginEverywhereAlike() throws {
        let (module, _) = try module(Self.spellings[0], Self.places[0])
        let store = try ParameterStore(for: module.entries.map(\.graph))
        try store.initialize(seed: 1)
        #expect(store.values(of: "a.s") == Array(repeating: 0.25, count: 16))
    }
}
