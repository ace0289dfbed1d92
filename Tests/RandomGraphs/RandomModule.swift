import GraphCompiler
import GraphIR
import GraphRuntime

/// A model drawn from a seed: small graphs of all ops for its entries, over weights and states that they share, and sizes
/// that they are bound to.
public struct RandomModule {
    /// Elaborated.
    public let module: Module
    /// Values of the symbolic sizes; the first ones are surely accepted.
    public let bindings: [[String: Int]]

    /// - Parameter operationCount: how many operations the entries share, at most: a smaller one draws the beginning of
    ///   the same graph.
    /// - Returns: nil where what was drawn is no graph.
    public init?(seed: UInt64, operationCount: Int = .max) {
        var drawing = GraphDrawing(seed: seed)
        drawing.begin()
        for _ in 0..<min(operationCount, drawing.pick([2, 4, 7, 11])) { drawing.addOperation() }
        let entries = [Role.forward, .train, .predict].map { role in
            var entry = drawing
            entry.finish(role)
            return Entry(role: role, graph: entry.graph.normalized())
        }
        let isSound = entries.allSatisfy { entry in
            (try? Verifier.verify(entry.graph)) != nil && (try? entry.graph.bound(to: drawing.sizes)) != nil
        }
        guard isSound else { return nil }
        module = Module(name: "random", entries: entries)
        var others: [[String: Int]] = [drawing.sizes.mapValues { _ in 1 }]
        var mixed = drawing.sizes
        for name in drawing.sizes.keys.sorted() where drawing.chance(2) { mixed[name] = drawing.pick([1, 1, 2, 3, 4, 6]) }
        others.append(mixed)
        bindings = [drawing.sizes] + others
    }
}

/// A graph as far as it is drawn.
struct GraphDrawing {
    private var generator: SplitMix64
    var builder = GraphBuilder(name: "random")
    /// f32 images that later ops may read.
    var images: [ValueID] = []
    /// f32 tensors that are no images, from numbers on.
    var others: [ValueID] = []
    /// The entry that is drawn, before the names of its own weights and states; empty for what all entries share.
    var owner = ""
    /// What sizes the drawn ops surely take.
    private(set) var sizes: [String: Int] = [:]

    /// Elements that no value may exceed, so that the interpreter stays quick.
    private static let largestElementCount = 3000

    var graph: Graph { builder.graph }

    init(seed: UInt64) { generator = SplitMix64(seed: seed &* 0x9e37_79b9) }

    // MARK: Parts

    mutating func begin() {
        sizes = [
            "N": pick([1, 1, 2, 3]), "H": pick([1, 2, 5, 8, 11]), "W": pick([1, 3, 6, 9]), "K": pick([1, 2, 3, 5]),
        ]
        sizes["M"] = sizes["N"]
        let size = ["N", "H", "W"].map(Size.init(symbol:))
        let first = input(.u8, size + [Size(pick([1, 3, 4]))], "x")
        if chance(3) { images.append(input(.f32, size + [Size(pick([1, 4]))], "z")) }
        // Two sizes that are one number when they are bound, and sizes that are 1 whatever is bound.
        if chance(4) { images.append(input(.f32, [Size(symbol: "M")] + size[1...] + [Size(pick([1, 3, 4]))], "u")) }
        if chance(4) { images.append(input(.f32, [size[0], Size(1), Size(1), Size(pick([1, 3, 4]))], "p")) }
        if chance(3) { images.append(input(.f32, size.map { chance(2) ? Size(1) : $0 } + [Size(pick([1, 3, 4]))], "q")) }
        if chance(4) { others.append(input(.f32, [Size(symbol: "K"), Size(3)], "v")) }
        if chance(4) { others.append(input(.f32, [], "number")) }
        let pixels = apply(.castToF32, [first]).flatMap { apply(.multiply, [$0, builder.constant(1.0 / 128)]) } ?? first
        images.insert(pixels, at: 0)
        if chance(4) { others.append(builder.declare(.scalar, type: .scalar, named: "given")) }
        for _ in 0..<pick([0, 1, 2]) { others.append(state(pick([[], [], [1], [3], [2, 3]]))) }
        for _ in 0..<pick([0, 1]) { others.append(weight(pick([[], [3], [1, 3]]))) }
        _ = convolution(images[0])
    }

    mutating func input(_ element: ElementType, _ shape: [Size], _ name: String) -> ValueID {
        builder.declare(.input, type: TensorType(element, Shape(shape)), named: name)
    }

    mutating func weight(_ shape: [Int]) -> ValueID {
        let name = "\(owner)w\(graph.nodes.count)"
        let initializer: Initializer =
            shape.count == 4 ? pick([.glorotUniform, .heNormal]) : pick([.zeros, .ones, .constant(0.3)])
        return builder.declare(
            .weight(path: name, initializer: initializer), type: TensorType(.f32, Shape(shape.map(Size.init))), named: name)
    }

    mutating func state(_ shape: [Int]) -> ValueID {
        let name = "\(owner)s\(graph.nodes.count)"
        return builder.declare(
            .state(path: name, initializer: pick([.zeros, .ones, .constant(-0.7)])),
            type: TensorType(.f32, Shape(shape.map(Size.init))), named: name)
    }

    /// nil where the op does not take the operands.
    mutating func apply(
        _ op: OpName, _ operands: [ValueID], _ attributes: KeyValuePairs<String, AttributeValue> = [:]
    ) -> ValueID? {
        guard let result = try? builder.apply(op, operands, Attributes(attributes)), isSmall(result) else { return nil }
        return result
    }

    /// Lets later ops read a value.
    @discardableResult
    mutating func keep(_ value: ValueID?) -> ValueID? {
        guard let value, isSmall(value), shape(value).count <= 5 else { return nil }
        if builder.type(of: value).element == .f32 {
            if shape(value).count == 4 { images.append(value) } else { others.append(value) }
        }
        return value
    }

    private func isSmall(_ id: ValueID) -> Bool {
        guard let shape = builder.type(of: id).bound(to: sizes).shape.constant else { return false }
        return shape.allSatisfy { $0 >= 1 } && shape.reduce(1, *) <= Self.largestElementCount
    }

    func shape(_ id: ValueID) -> [Size] { builder.type(of: id).shape.dimensions }

    func channels(_ id: ValueID) -> Int { shape(id)[3].constant ?? 1 }

    mutating func recent() -> ValueID { chance(2) ? images[images.count - 1] : pick(images) }

    /// An image, or sometimes another tensor.
    mutating func any() -> ValueID { others.isEmpty || !chance(5) ? recent() : pick(others) }

    mutating func number() -> Double { pick([0.5, -1.5, 2, 0.1, 1, -1, 0]) }

    mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[Int(generator.next() % UInt64(choices.count))] }

    /// True once in `count` draws.
    mutating func chance(_ count: UInt64) -> Bool { generator.next() % count == 0 }
}
