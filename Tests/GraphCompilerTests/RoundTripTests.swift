import GraphCompiler
import GraphIR
import GraphLanguage
import Testing

/// Whatever a model says, its dump at each stage is read again and gives the same.
@Suite struct RoundTripTests {
    static let stages: [Stage] = [.elaborated, .differentiated, .simplified, .fused]

    @Test(arguments: 0..<120)
    func aRandomModelIsReadAgain(_ seed: UInt64) throws {
        let source = RandomModel.text(seed: seed)
        do {
            try check(source)
        } catch let error as CompileError {
            Issue.record("\(error.rendered(file: "seed \(seed)", source: source))\n\(source)")
        }
    }

    /// A name as long as names may be.
    private static let longName = String(repeating: "n", count: SyntaxLimits.nameLength)

    /// What is easily printed as something else.
    static let remarkable = [
        // Numbers meet in a block, where they are tensors.
        """
        graph g(x: f32[N, H]) -> (y: f32[N, H]) { y = both(3, -0.0) * x }
        block both(a: f32[], b: f32[]) -> (c: f32[]) { c = -a + a * b - relu(b) }
        """,
        // Inner values have the names of sizes, of training's scalars, of temporaries.
        """
        graph g(x: f32[N, H]) -> (y: f32[N, H]) { y = inner(x) }
        block inner(N: f32[A, B]) -> (H: f32[A, B]) {
          step = relu(N)
          learning_rate = tanh(step)
          t = -step + relu(-learning_rate)
          H = learning_rate + t * (step + N)
        }
        """,
        // Names are rebound, and the result is an operand.
        """
        graph g(x: f32[N, H]) -> (y: f32[N, H]) {
          x = relu(x)
          x = x
          x = tanh(x)
          y = x
        }
        """,
        // What follows from the longest name has a longer one.
        """
        graph g(x: f32[N, H]) -> (y: f32[N, H]) {
          weight \(longName): f32[1] ~ zeros
          \(longName) = relu(x * \(longName))
          \(longName) = \(longName) * \(longName) - \(longName)
          y = \(longName)
        }
        """,
    ]

    @Test(arguments: remarkable)
    func aRemarkableModelIsReadAgain(_ model: String) throws {
        try check(
            model + """

                train g {
                  weight gain: f32[] ~ ones
                  loss step = mean(y * gain)
                  metric again = mean(y * gain)
                }
                """)
    }

    @Test func outputsMayBeInputsTwiceAndEachOther() throws {
        try check(
            """
            graph g(x: f32[N, H], z: f32[N, H]) -> (x: f32[N, H], same: f32[N, H], a: f32[N, H], b: f32[N, H], c: f32[]) {
              same = x
              a = relu(x)
              b = tanh(x)
              k = a
              a = b
              b = k
              kept = a
              c = 3
            }
            """)
    }

    @Test func parametersAreBoundBeforeATextIsPrinted() throws {
        let source = "graph g<n: int = 2, k: float = 1>(x: f32[N]) -> (y: f32[N]) { y = x * n / k }"
        let module = try Pipeline.run(source, parameters: ["n": .int(-7), "k": .float(1e-300)], upTo: .fused)
        let text = SyntaxPrinter.print(module.syntax(stage: .fused))
        #expect(try Pipeline.run(text, upTo: .fused) == module)
        #expect(throws: CompileError.self) { try Pipeline.run(text, parameters: ["n": .int(3)], upTo: .fused) }
    }

    private func check(_ source: String) throws {
        for stage in Self.stages {
            let module = try Pipeline.run(source, upTo: stage)
            let text = SyntaxPrinter.print(module.syntax(stage: stage))
            let again = try Pipeline.run(text, upTo: stage)
            #expect(again == module, "\(stage) of\n\(source)\nprints\n\(text)")
            #expect(try Pipeline.run(text, upTo: .fused) == Pipeline.run(source, upTo: .fused))
        }
    }
}
