import GraphLanguage
import Testing

@testable import GraphIR

/// What the rules of `Docs/Language.md` mean, each shown by a model and a plainer one that is equal.
@Suite struct ElaborationTests {
    // MARK: Compile-time values

    @Test(arguments: [
        ("7 - 2 * 3", "1"), ("-7//2", "-4"), ("7//-2", "-4"), ("7 / 2", "3.5"), ("6 / 2", "3.0"), ("2 * 0.5", "1.0"),
        ("log2(1)", "0"), ("log2(4611686018427387904)", "62"), ("min(3, -1, 2)", "-1"), ("max(3)", "3"),
    ])
    func numbersAreComputed(_ expression: String, _ value: String) throws {
        #expect(try forward("y = x * (\(expression))") == forward("y = x * \(value)"))
    }

    /// A whole number serves as a float, but a float never as a whole number.
    @Test func kindsConvertOneWay() throws {
        #expect(try forward("y = leaky_relu(x, slope = 6 / 2)") == forward("y = leaky_relu(x, slope = 3)"))
        #expect(codes("y = depth_to_space(x, block = 6 / 2)") == [.badAttribute])
        #expect(codes("y = slope<3>(x)", blocks: Self.slopeBlock) == [])
        #expect(
            codes("y = count<3.0>(x)", blocks: "block count<n: int>(x: f32[A, B, C, D]) -> (y: f32[A, B, C, D]) { y = x }") == [
                .wrongKind
            ])
    }

    static let slopeBlock = "block slope<s: float>(x: f32[A, B, C, D]) -> (y: f32[A, B, C, D]) { y = leaky_relu(x, s / 2) }"

    @Test(arguments: [
        "true || 1 / 0 > 0", "!(false && log2(3) == 1)", "2 in {2, 1 / 0}", "3 == 3.0", "0.5 in {1 / 2}", "!(2 in {3, 4})",
    ])
    func conditionsEvaluateOnlyWhatDecides(_ condition: String) throws {
        #expect(try forward("y = x\nif \(condition) carry y { y = relu(y) }") == forward("y = x\ny = relu(y)"))
    }

    @Test(arguments: ["true && 1 / 0 > 0", "false || log2(3) == 1", "5 in {2, 1 / 0}"])
    func conditionsEvaluateAllThatDecides(_ condition: String) {
        #expect(codes("y = x\nif \(condition) carry y { y = relu(y) }") == [.badArithmetic])
    }

    // MARK: Names

    @Test func aNameIsReboundFreelyInItsBody() throws {
        let graph = try forward("x = relu(x)\ny = x\nx = tanh(x)\ny = y + x")
        #expect(graph.nodes.map(\.name) == ["x", "x_1", "x_2", "y"])
        #expect(graph.outputs.map { graph[$0.value].name } == ["y"])
    }

    /// The caller's name wins over the block's own, an output's over those of other values.
    @Test func aBlocksResultBearsTheNameThatItsCallerGives() throws {
        let block = "block twice(x: f32[A, B, C, D]) -> (y: f32[A, B, C, D]) {\ny = relu(x)\ny = y + x\n}"
        let body = "head = twice(x)\nh = head\nrepeat i in 0..<2 carry h { h = twice(h) }\ny = tanh(twice(h))"
        let names = try forward(body, blocks: block).nodes.map(\.name)
        #expect(names == ["x", "y_5", "head", "y_1", "h", "y_2", "h_1", "y_3", "y_4", "y"])
    }

    @Test func aNameOfATemporaryWinsOverNone() throws {
        let block = "block same(x: f32[A, B, C, D]) -> (y: f32[A, B, C, D]) { inner = x\ny = inner }"
        #expect(try forward("y = tanh(same(relu(x)))", blocks: block).nodes.map(\.name) == ["x", "inner", "y"])
    }

    @Test func carriedNamesChangeOutsideAndOthersDoNot() throws {
        #expect(
            try forward("y = x\nrepeat i in 0..<2 carry y {\nt = y * (i + 1)\ny = relu(t)\n}")
                == forward("y = x\nt = y * 1\ny = relu(t)\nt = y * 2\ny = relu(t)"))
        #expect(codes("y = x\nrepeat i in 0..<2 { t = y }\ny = t") == [.unknownName])
        #expect(codes("y = x\nif true { y = relu(y) }") == [.missingCarry])
        #expect(codes("y = x\nrepeat i in 0..<2 { if true carry y { y = relu(y) } }") == [.missingCarry])
    }

    @Test func zeroTurnsLeaveWhatIsCarried() throws {
        #expect(
            try forward("y = relu(x)\nrepeat i in 3..<3 carry y { y = depth_to_space(y, block = 3) }") == forward("y = relu(x)"))
    }

    /// What is carried may change its type from one iteration to the next, as in a densely connected network.
    @Test func whatIsCarriedMayGrow() throws {
        let graph = try forward(
            "h = x\nrepeat i in 0..<2 carry h { h = concat(h, h) }\ny = depth_to_space(h, block = 4)",
            outputs: "y: f32[N, 4*H, 4*W, 1]")
        #expect(graph.nodes.map { "\($0.type)" }.contains("f32[N, H, W, 16]"))
    }

    @Test func aCounterHidesAnOuterNameInItsBodyAlone() throws {
        #expect(
            try forward("i = 5\ny = x\nrepeat i in 0..<1 carry y { y = y * i }\ny = y * i")
                == forward("y = x\ny = y * 0\ny = y * 5"))
    }

    @Test(arguments: ["filters = 3", "H = x", "repeat i in 0..<1 { i = 3 }", "weight H: f32[3] ~ zeros"])
    func parametersSizesAndCountersKeepTheirValues(_ statement: String) {
        #expect(codes(statement + "\ny = x") == [.duplicateName])
    }

    // MARK: Calls

    @Test func positionsFillAttributesInOrder() throws {
        #expect(try forward("y = clip(x, 0, 255)") == forward("y = clip(x, min = 0, max = 255)"))
        #expect(try forward("y = clip(x, 0, max = 255)") == forward("y = clip(x, max = 255, min = 0)"))
        #expect(codes("y = clip(x, 0, min = 255)") == [.duplicateName])
    }

    @Test func aBlockSeesItsParametersAndInputsAlone() throws {
        let blocks = "block b<n: int = 3>(a: f32[A, B, C, D]) -> (r: f32[A, B, C, D]) { r = a * n * C }"
        #expect(codes("y = b(x)", blocks: blocks) == [.notATensor], "C is W here, which is known only later")
        #expect(
            try forward("y = b<2>(x)", blocks: blocks.replacing("C }", with: "D }"))
                == forward("y = b<2>(x)", blocks: Self.product))
        #expect(codes("h = x\ny = b(x)", blocks: blocks.replacing("n * C", with: "h")) == [.unknownName])
        #expect(codes("y = b(x)", blocks: blocks.replacing("n * C", with: "filters")) == [.unknownName])
    }

    static let product = "block b<n: int>(a: f32[A, B, C, D]) -> (r: f32[A, B, C, D]) { r = a * n * 4 }"

    /// Whether a block holds weights may depend on its parameters, so a path that names none is no mistake.
    @Test func aBlockWithoutWeightsMayHaveAPath() throws {
        let blocks = "block b(a: f32[A, B, C, D]) -> (r: f32[A, B, C, D]) { r = relu(a) }"
        #expect(try forward("y = b(x) @b", blocks: blocks) == forward("y = b(x)", blocks: blocks))
    }

    @Test func pathsOfCallsWithinEachOtherAreJoined() throws {
        let blocks = """
            block inner(a: f32[A, B, C, D]) -> (r: f32[A, B, C, D]) {
              weight w: f32[D] ~ ones
              weight v: f32[D] ~ ones @own.{D}
              r = a * w + v
            }
            block outer(a: f32[A, B, C, D]) -> (r: f32[A, B, C, D]) { r = inner(inner(a) @0) @last }
            """
        let graph = try forward("y = x\nrepeat i in 0..<2 carry y { y = outer(y) @body.{i} }", blocks: blocks)
        let paths = graph.nodes.compactMap { node in if case .weight(let path, _) = node.content { path } else { nil } }
        #expect(
            paths == [
                "body.0.0.w", "body.0.0.own.4", "body.0.last.w", "body.0.last.own.4", "body.1.0.w", "body.1.0.own.4",
                "body.1.last.w", "body.1.last.own.4",
            ])
        #expect(codes("y = inner(x)", blocks: blocks) == [.missingPath])
    }

    // MARK: Entries

    @Test func everyModuleHasForwardAndPredict() throws {
        let module = try elaborated("graph g(x: f32[N]) -> (y: f32[N]) { y = relu(x) }")
        #expect(module.entries.map(\.role) == [.forward, .predict])
        #expect(module[.forward] == module[.predict])
    }

    @Test func entriesSeeParametersSizesInputsAndOutputs() throws {
        let model =
            "graph g<k: float = 3>(x: f32[N, H]) -> (y: f32[N, H]) {\nx = relu(x)\nh = x\nweight w: f32[] ~ ones\ny = h * w\n}\n"
        let module = try elaborated(
            model + "train g(t: f32[N, 2*H]) { loss l = mean(y) * k + mean(x) - sum(t) }\n"
                + "predict g -> (p: f32[N, H], y: f32[N, H]) { p = y * x * k }")
        let train = try #require(module[.train])
        #expect(train.nodes.prefix(2).map(\.name) == ["x", "t"])
        #expect(train.outputs.isEmpty && train.measures.map(\.name) == ["l"])
        // The entry's x is the input, not what the model rebinds the name to.
        let predict = try #require(module[.predict])
        #expect(predict.nodes.contains { $0.operation?.op == .multiply && $0.operands.contains(ValueID(0)) })
        #expect(predict.outputs.map(\.name) == ["p", "y"])
        #expect(codes(of: model + "train g { loss l = mean(h) }") == [.unknownName])
    }

    /// A further input of `train` is none of the model: it hides no name there, nor does the model see it.
    @Test func furtherInputsBelongToTheEntryAlone() throws {
        let model = "graph g(x: f32[N]) -> (y: f32[N]) {\nweight w: f32[] ~ ones\nt = x * w\ny = t\n}\n"
        let train = try #require(try elaborated(model + "train g(t: f32[N]) { loss l = mean(y - t) }")[.train])
        let difference = try #require(train.nodes.first { $0.operation?.op == .subtract })
        #expect(difference.operands.map { train[$0].name } == ["y", "t"])
        #expect(
            codes(of: model.replacing("y = t", with: "y = u") + "train g(u: f32[N]) { loss l = mean(y) }") == [.unknownName])
        #expect(codes(of: model + "train g(y: f32[N]) { loss l = mean(y) }") == [.duplicateName])
    }

    @Test func aLossMayDependOnAParameter() throws {
        let model = "graph g<l1: bool = false>(x: f32[N]) -> (y: f32[N]) { y = x }\n"
        let train = "train g { if l1 { loss mae = mean(abs(y)) } else { loss mse = mean(y * y) } }"
        #expect(try elaborated(model + train)[.train]?.measures.map(\.name) == ["mse"])
        #expect(codes(of: model + "train g { if l1 { loss mae = mean(abs(y)) } }") == [.noLoss])
    }

    /// What inference returns knows that it is none of training, and updates nothing.
    @Test func trainingIsKnownAndUpdatesAreItsAlone() throws {
        let source = """
            graph g(x: f32[N, 4]) -> (y: f32[N, 4]) { y = centred(x) @norm }
            block centred(x: f32[A, B]) -> (y: f32[A, B]) {
              weight w: f32[4] ~ ones
              state centre: f32[4] ~ zeros
              c = centre
              if training carry c { c = mean(x, axes = [0]) }
              update centre = (centre + c) / 2
              y = w * (x - c)
            }
            train g { loss l = mean(y) }
            predict g -> (z: f32[N, 4]) { z = y }
            """
        let module = try elaborated(source)
        #expect(module[.train]?.updates.count == 1)
        #expect(module[.train]?.nodes.contains { $0.operation?.op == .mean && $0.type.shape.rank == 1 } == true)
        for role in [Role.forward, .predict] {
            #expect(module[role]?.updates.isEmpty == true)
            #expect(module[role]?.nodes.contains { $0.operation?.op == .mean } == false)
        }
        #expect(
            codes(of: "graph g(x: f32[N]) -> (y: f32[N]) { y = x }\npredict g -> (z: f32[N]) { update y = y\nz = y }") == [
                .misplacedStatement
            ])
        // A name that a model gives wins.
        #expect(try forward("training = relu(x)\ny = training").nodes.count == 2)
    }

    @Test func sizesOfInputsMayStandInAnyOrder() throws {
        let module = try elaborated("graph g(big: f32[N, 2*H], x: f32[N, H]) -> (y: f32[N, H]) { y = x }")
        #expect(module[.forward]?.sizeSymbols == ["H", "N"])
    }

    @Test func commandLineValuesReplaceDefaults() throws {
        let source = "graph g<n: int, k: float = 2>(x: f32[N, H, W, 4]) -> (y: f32[N, H, W, 4]) { y = x * n / k }"
        let graph = try elaborate(Parser.parse(source), parameters: ["n": .int(-3), "k": .int(7)])[.forward]
        let numbers = graph?.nodes.compactMap { node in if case .constant(let number) = node.content { number } else { nil } }
        #expect(numbers == [-3, 7])
        for wrong in [["n": CompileTimeValue.float(2)], ["n": .int(3), "m": .int(3)], [:]] {
            #expect(throws: Diagnostics.self) { try elaborate(Parser.parse(source), parameters: wrong) }
        }
    }

    // MARK: Bounds

    /// Deep nesting through blocks is refused before the stack ends.
    @Test func expressionsAreNotNestedWithoutEnd() {
        let chain = (0..<60).map { index in
            let deep = String(repeating: "relu(", count: 190) + "b\(index + 1)(x)" + String(repeating: ")", count: 190)
            return "block b\(index)(x: f32[A, B, C, D]) -> (y: f32[A, B, C, D]) { y = \(deep) }"
        }
        let last = "block b60(x: f32[A, B, C, D]) -> (y: f32[A, B, C, D]) { y = x }"
        #expect(codes("y = b0(x)", blocks: (chain + [last]).joined(separator: "\n")) == [.nestingTooDeep])
    }

    @Test func manySizesAndOperandsAreRefused() {
        let inputs = (0..<70).map { "x\($0): f32[S\($0)]" }.joined(separator: ", ")
        #expect(codes(of: "graph g(\(inputs)) -> (y: f32[]) { y = mean(x0) }") == [.tooLarge])
        let operands = Array(repeating: "x", count: 300).joined(separator: ", ")
        #expect(codes("y = concat(\(operands))") == [.tooLarge])
    }

    /// Real models are far below what a file may be made into, and what is made is counted as it is made.
    @Test func whatRepeatsMakeIsCounted() throws {
        let convolution = """
            block conv(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) {
              weight filter: f32[3, 3, C, C] ~ glorot_uniform
              weight bias: f32[C] ~ zeros
              y = relu(conv2d(x, filter) + bias)
            }
            """
        let chain = try forward(
            "h = x\nrepeat i in 0..<2000 carry h { h = conv(h) @body.{i} }\ny = h", blocks: convolution)
        #expect(chain.nodes.count < ElaborationLimits.nodeCount / 2)
        #expect(codes("h = x\nrepeat i in 0..<30000 carry h { h = relu(h) }\ny = h") == [.tooLarge])
        let blocks = (0..<40).map { "block b\($0)(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) { y = b\($0 + 1)(b\($0 + 1)(x)) }" }
        let last = "block b40(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) { y = x }"
        #expect(codes("y = b0(x)", blocks: (blocks + [last]).joined(separator: "\n")) == [.tooLarge])
    }

    /// What a compiler printed may be longer than what people write, and is as long as its text.
    @Test func whatIsWrittenMayBeLong() throws {
        func entry(_ body: String) -> String {
            "stage elaborated\nentry forward g(x: f32[N, H, W, 4]) -> (y: f32[N, H, W, 4]) {\n\(body)\n}\n"
        }
        let lines = (0..<30_000).map { "  v\($0 + 1) = relu(\($0 == 0 ? "x" : "v\($0)"))" }
        #expect(codes(of: entry(lines.joined(separator: "\n") + "\n  y = v30000")) == [])
        #expect(codes(of: entry("h = x\nrepeat i in 0..<30000 carry h { h = relu(h) }\ny = h")) == [.tooLarge])
    }

    // MARK: Helpers

    private func elaborated(_ source: String) throws -> Module { try elaborate(Parser.parse(source)) }

    private func model(_ body: String, outputs: String = "y: f32[N, H, W, 4]", blocks: String = "") -> String {
        "graph g<filters: int = 4>(x: f32[N, H, W, 4]) -> (\(outputs)) {\n\(body)\n}\n\(blocks)\n"
    }

    /// Blocks that each call the next twice would have 2^40 calls looked at.
    @Test func afterAMistakeLittleMoreIsLookedAt() throws {
        let blocks = (0..<40).map { "block b\($0)(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) { y = b\($0 + 1)(b\($0 + 1)(x)) }" }
        let last = "block b40(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) { y = x + lost }"
        let source = model("y = b0(x) + gone", blocks: (blocks + [last]).joined(separator: "\n"))
        let elaborator = Elaborator(try Parser.parse(source))
        _ = elaborator.module(parameters: [:])
        #expect(elaborator.diagnostics.map(\.code).allSatisfy { $0 == .unknownName })
        #expect(elaborator.diagnostics.contains { $0.message.contains("lost") })
        #expect(elaborator.stepCount < 2 * ElaborationLimits.stepCountAfterMistake)
    }

    private func forward(
        _ body: String, outputs: String = "y: f32[N, H, W, 4]", blocks: String = ""
    ) throws -> Graph {
        try #require(try elaborated(model(body, outputs: outputs, blocks: blocks))[.forward])
    }

    /// The codes of a model's mistakes, in the order of their places.
    private func codes(_ body: String, blocks: String = "") -> [Diagnostic.Code] { codes(of: model(body, blocks: blocks)) }

    private func codes(of source: String) -> [Diagnostic.Code] {
        do throws(Diagnostics) {
            _ = try elaborate(try Parser.parse(source))
            return []
        } catch {
            return error.all.map(\.code)
        }
    }
}
