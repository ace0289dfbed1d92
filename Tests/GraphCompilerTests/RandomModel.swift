import GraphTestSupport
import GraphIR
import GraphLanguage

/// A model that means something, as text: blocks, repeats, ifs, rebound names, symbolic sizes with floor
/// division, and names that the compiler uses itself.
struct RandomModel {
    private var random: RepeatableGenerator
    private var lines: [String] = []
    /// Names in scope that hold tensors, with their types.
    private var values: [(name: String, type: TensorType)] = []
    /// Names that are never assigned.
    private var fixed: Set<String> = ["n", "k", "b"]
    private var pathCount = 0
    private var localCount = 0

    static func text(seed: UInt64) -> String {
        var model = RandomModel(random: RepeatableGenerator(seed: seed))
        return model.file()
    }

    private init(random: RepeatableGenerator) { self.random = random }

    private static let names = [
        "h", "t", "t_1", "t_2", "relu", "add", "loss", "fuse", "run", "graph", "kept", "kept_1", "d_h", "same", "filter", "step",
        "learning_rate", "y", "y_1", "x", "filter_m", "update", "s0", "f32", "entry", "gain_next", "concat",
    ]

    private static let blocks = """
        block conv<out: int, size: int = 3>(x: f32[N, H, W, C]) -> (t: f32[N, H, W, out]) {
          weight filter: f32[size, size, C, out] ~ glorot_uniform
          weight bias: f32[out] ~ zeros
          t = conv2d(x, filter, pad = same) + bias
        }

        block residual<deep: bool, scale: float = 0.5>(N: f32[A, B, C, D]) -> (y: f32[A, B, C, D]) {
          H = N
          if deep && D > 1 carry H { H = relu(conv<D>(H) @inner) }
          y = N + -scale * conv<D, 1>(H) @last
        }

        block twice(t: f32[]) -> (t: f32[]) { t = -t + t * t - 3 }
        """

    // MARK: The file

    private mutating func file() -> String {
        let batch = pick(["N", "t_1", "s0"])
        let channels = pick([1, 3, 4, 8])
        let input = pick(["x", "t", "lr", "relu", "y"])
        let element: ElementType = pick([.f32, .u8])
        let (h, w) = (Size(symbol: pick(["H", "y_1"])), Size(symbol: pick(["W", "kept"])))
        let type = TensorType(element, Shape([Size(symbol: batch), h, w, Size(channels)]))
        values = [(input, type)]
        for size in type.shape.dimensions { fixed.formUnion(size.symbols) }
        if element == .u8 { assign("f32(\(input))", TensorType(.f32, type.shape)) }
        for _ in 0..<Int.random(in: 3...12, using: &random) { statement() }
        line("weight gain: f32[] ~ ones @gain")
        values.append(("gain", .scalar))
        let outputs = finish()
        let header =
            "graph \(pick(["g", "train", "entry"]))<n: int = \(pick([0, 1, 2, 3])), k: float = \(pick(["0.25", "3", "1e-8"])), "
            + "b: bool = \(pick([true, false]))>\n    (\(input): \(type)) -> (\(outputs.joined(separator: ", "))) {\n"
        let name = header.dropFirst(6).prefix { $0 != "<" }
        return header + lines.joined(separator: "\n") + "\n}\n\n" + Self.blocks + "\n\n" + train(String(name))
    }

    /// Names of outputs, which may be those of other values.
    private mutating func finish() -> [String] {
        var results: [(String, TensorType)] = []
        let wanted = values.filter { $0.type.element == .f32 }
        for index in 0..<Int.random(in: 1...3, using: &random) {
            let value = wanted[Int.random(in: 0..<wanted.count, using: &random)]
            line("out\(index) = \(index == 0 ? "\(value.name) * gain" : value.name)")
            results.append(("out\(index)", value.type))
        }
        // Outputs exchange the names of inner values.
        var taken: Set<String> = ["gain"]
        return results.map { name, type in
            let other = pick(values.map(\.name) + [name])
            guard taken.insert(other).inserted else { return "\(name): \(type)" }
            line("\(other) = \(name)")
            return "\(other): \(type)"
        }
    }

    private mutating func train(_ name: String) -> String {
        // The first output alone is sure to depend on a weight.
        let output = lines.last { $0.contains("= out0") }?.split(separator: " ").first.map(String.init) ?? "out0"
        return """
            train \(name)(target: f32[]) {
              d = mean(abs(\(output))) - target
              loss \(output) = d * d
              metric again = d * d
              metric other = sum(\(output) * \(output)) / \(pick(["3", "-0.5", "1e9"]))
            }

            """
    }

    // MARK: Statements

    private mutating func statement() {
        switch Int.random(in: 0..<14, using: &random) {
        case 0...2: unary()
        case 3...5: binary()
        case 6, 7: block()
        case 8: rearrangement()
        case 9: repetition()
        case 10: branch()
        case 11:
            line("c = \(pick(["3 * n - 1", "n//2", "k / 4", "-k", "max(n, 2)", "log2(8)"]))")
            binary(number: "c")
        case 12: assign("twice(\(pick(["-2.5", "0", "n", "0.1 * k"])))", .scalar)
        default:
            let value = pickValue { _ in true }
            assign(value.type.element == .u8 ? "f32(\(value.name))" : value.name, TensorType(.f32, value.type.shape))
        }
    }

    private mutating func unary() {
        let value = pickValue { $0.element == .f32 }
        let text = pick([
            "relu(#)", "tanh(#)", "-#", "abs(#)", "sigmoid(#)", "leaky_relu(#, slope = 0.1)", "leaky_relu(#, 0)",
            "clip(#, -1.5, 2)", "clip(#, min = -0.0, max = k)", "round(#)", "f32(u8(#))", "sqrt(abs(#))",
            "max(#, 0.5)", "min(0.25, #, k)", "# > 0.5", "0.5 != #", "where(# <= 1, #, 2)", "floor(#)", "power(abs(#), 0.5)",
        ])
        assign(text.replacing("#", with: value.name), value.type)
    }

    private mutating func binary(number: String? = nil) {
        let value = pickValue { $0.element == .f32 }
        let numbers = ["2", "-3", "0.1", "-0.0", "1e20", "n", "k", "-k", "n * 0.5 - 1", "1", "0"]
        let other = number ?? pick([pickValue { $0 == value.type }.name, pick(numbers), value.name])
        let symbol = pick(["+", "-", "*"])
        assign(pick([true, false]) ? "\(value.name) \(symbol) \(other)" : "\(other) \(symbol) \(value.name)", value.type)
    }

    private mutating func block() {
        let image = pickValue { $0.element == .f32 && $0.shape.rank == 4 }
        guard image.type.shape.rank == 4 else { return unary() }
        pathCount += 1
        let path = "@p\(pathCount)"
        if pick([true, false]) {
            assign("residual<\(pick(["b", "true", "(n > 1)"]))>(\(image.name)) \(path)", image.type)
        } else {
            let out = pick([1, 3, 4, 8, 16])
            var type = image.type
            type.shape.dimensions[3] = Size(out)
            assign("conv<\(out)\(pick(["", ", 1", ", 5"]))>(\(image.name)) \(path)", type)
        }
    }

    private mutating func rearrangement() {
        let image = pickValue { $0.element == .f32 && $0.shape.rank == 4 }
        guard image.type.shape.rank == 4, let channels = image.type.shape.dimensions[3].constant else { return unary() }
        let (n, h, w) = (image.type.shape.dimensions[0], image.type.shape.dimensions[1], image.type.shape.dimensions[2])
        let image4 = { (h: Size, w: Size, c: Int) in TensorType(.f32, Shape([n, h, w, Size(c)])) }
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where channels % 4 == 0:
            assign("depth_to_space(\(image.name), block = 2)", image4(2 * h, 2 * w, channels / 4))
        case 1 where channels < 64:
            assign(
                "space_to_depth(\(image.name), block = 2)",
                image4(h.floorDivided(by: 2), w.floorDivided(by: 2), 4 * channels))
        case 2: assign("resize_bicubic(\(image.name), factor = 3)", image4(3 * h, 3 * w, channels))
        case 3 where channels < 64: assign("concat(\(image.name), \(image.name))", image4(h, w, 2 * channels))
        default: assign("\(pick(["mean", "sum"]))(\(image.name))", .scalar)
        }
    }

    private mutating func repetition() {
        let carried = pickValue { $0.element == .f32 }
        line("repeat i in 0..<\(pick(["n", "2", "n + 1", "n//2"])) carry \(carried.name) {")
        change(carried)
        if carried.type.shape.rank == 4 {
            pathCount += 1
            line("  \(carried.name) = residual<b>(\(carried.name) * (i + 1)) @r.\(pathCount).{i}")
        }
        line("  if i > 0 carry \(carried.name) {")
        change(carried)
        line("  }")
        line("}")
    }

    private mutating func branch() {
        let carried = pickValue { $0.element == .f32 }
        line("if \(pick(["b", "n == 2 || k < 1", "!(n in {1, 3})"])) carry \(carried.name) {")
        change(carried)
        if pick([true, false]) {
            line("} else carry \(carried.name) {")
            change(carried)
        }
        line("}")
    }

    /// Statements inside a body that carries a value, whose type they keep.
    private mutating func change(_ carried: (name: String, type: TensorType)) {
        let value = pickValue { $0 == carried.type }
        localCount += 1
        line("  local\(localCount) = \(value.name)")
        line("  \(carried.name) = tanh(local\(localCount)) + \(carried.name)")
    }

    // MARK: Pieces

    private mutating func assign(_ expression: String, _ type: TensorType) {
        let names = Self.names.filter { !fixed.contains($0) }
        let name = pick([pick(names), pick(names), values.last?.name ?? "h"])
        line("\(name)\(pick([0, 1, 2]) == 0 ? ": \(type)" : "") = \(expression)")
        values.removeAll { $0.name == name }
        values.append((name, type))
    }

    private mutating func line(_ text: String) {
        lines.append("  " + text)
    }

    private mutating func pickValue(where isWanted: (TensorType) -> Bool) -> (name: String, type: TensorType) {
        let wanted = values.filter { isWanted($0.type) }
        return wanted.isEmpty ? values[values.count - 1] : wanted[Int.random(in: 0..<wanted.count, using: &random)]
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }
}
