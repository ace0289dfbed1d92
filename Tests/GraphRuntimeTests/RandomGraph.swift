import GraphCompiler
import GraphIR
import GraphRuntime

/// A graph of ops drawn from a seed, with small sizes: chains, skips and values with several readers.
struct RandomGraph {
    private var generator: SplitMix64
    private var builder = GraphBuilder(name: "random")
    /// f32 images that later ops may read.
    private var images: [ValueID] = []
    private(set) var sizes: [String: Int] = [:]

    /// Elements that no value may exceed, so that the interpreter stays quick.
    private static let largestElementCount = 12_000

    private init(seed: UInt64) { generator = SplitMix64(seed: seed &* 0x9e37_79b9) }

    /// An elaborated entry and sizes that it accepts. A `train` entry has a loss over weights.
    static func entry(_ role: Role, seed: UInt64) -> (entry: Entry, sizes: [String: Int])? {
        var random = RandomGraph(seed: seed)
        let graph = random.draw(role)
        guard (try? Verifier.verify(graph)) != nil, (try? graph.bound(to: random.sizes)) != nil else { return nil }
        return (Entry(role: role, graph: graph), random.sizes)
    }

    private mutating func draw(_ role: Role) -> Graph {
        sizes = ["N": pick([1, 1, 2, 3]), "H": pick([1, 2, 5, 8, 11, 14]), "W": pick([1, 3, 6, 9, 17])]
        let size = ["N", "H", "W"].map(Size.init(symbol:))
        let first = builder.declare(
            .input, type: TensorType(.u8, Shape(size + [Size(pick([1, 3, 4]))])), named: "x")
        images = [apply(.castToF32, [first]).flatMap { apply(.multiply, [$0, builder.constant(1.0 / 128)]) } ?? first]
        if chance(3) {
            images.append(builder.declare(.input, type: TensorType(.f32, Shape(size + [Size(pick([1, 5]))])), named: "z"))
        }
        _ = convolution(images[0])
        for _ in 0..<pick([3, 6, 10]) { addOperation() }
        finish(role)
        return builder.graph
    }

    private mutating func finish(_ role: Role) {
        guard role == .predict else {
            for _ in 0..<pick([1, 2]) where chance(2) {
                builder.setOutput("out\(images.count)_\(builder.graph.outputs.count)", recent())
            }
            let value = recent()
            let squares = apply(.multiply, [value, value]).flatMap { apply(.mean, [$0]) }
            let others = apply(pick([.abs, .tanh]), [recent()]).flatMap { apply(.sum, [$0]) }
                .flatMap { apply(.multiply, [builder.constant(0.01), $0]) }
            if let squares, let others, let loss = apply(.add, [squares, others]) { builder.setMeasure(.loss, "loss", loss) }
            if let metric = apply(.mean, [recent()]) { builder.setMeasure(.metric, "metric", metric) }
            return
        }
        builder.setOutput("last", images[images.count - 1])
        if chance(2) { builder.setOutput("other", recent()) }
        if chance(2), let scaled = apply(.multiply, [recent(), builder.constant(40)]),
            let rounded = apply(.clip, [scaled], ["min": .float(0), "max": .float(255)]).flatMap({ apply(.round, [$0]) }),
            let bytes = apply(.castToU8, [rounded])
        {
            builder.setOutput("bytes", bytes)
        }
        if chance(3) {
            let a = recent()
            if let b = apply(.tanh, [a]), let psnr = apply(.psnr, [a, b], ["max": .float(2)]) {
                builder.setMeasure(.metric, "psnr", psnr)
            }
        }
    }

    private mutating func addOperation() {
        let x = recent()
        switch Int(generator.next() % 16) {
        case 0, 1: _ = keep(apply(pick([.relu, .tanh, .sigmoid, .abs, .negate, .relu, .exp, .erf]), [x]))
        case 2: _ = keep(chance(2) ? apply(.leakyReLU, [x], ["slope": .float(0.1)]) : apply(.prelu, [x, slope(of: x)]))
        case 3: _ = keep(apply(.clip, [x], ["min": .float(-0.5), "max": .float(0.75)]))
        case 4: _ = keep(withNumber(x))
        case 5, 6: _ = keep(withImage(x))
        case 7: _ = keep(withWeight(x))
        case 8: _ = keep(rearrangement(x))
        case 9: _ = keep(apply(.resizeBicubic, [x], ["factor": .size(Size(pick([1, 2, 3])))]))
        case 10: _ = keep(concatenation(x))
        case 11: _ = keep(slice(x))
        case 12: _ = keep(normalized(x))
        default: _ = convolution(x)
        }
    }

    private mutating func convolution(_ x: ValueID) -> ValueID? {
        let inputs = channels(x)
        let outputs = pick([1, 2, 4, 8, 9, 16, 17])
        let filter = weight([pick([1, 3, 5]), pick([1, 3, 3, 7]), inputs, outputs])
        let attributes: KeyValuePairs<String, AttributeValue> = [
            "stride": .size(Size(pick([1, 1, 1, 2]))),
            "pad": pick([
                .padding(.same), .padding(.same), .padding(.valid), .size(Size(2)),
                .sizes([Size(0), Size(3), Size(1), Size(0)]),
            ]),
        ]
        guard var y = apply(.conv2D, [x, filter], attributes), isSmall(y) else { return nil }
        if chance(2) { images.append(y) }
        if !chance(3) {
            let bias = weight([outputs])
            y = apply(.add, [y, bias]) ?? y
        }
        if chance(2) { y = (chance(3) ? apply(.prelu, [y, slope(of: y)]) : apply(pick([.relu, .tanh]), [y])) ?? y }
        if chance(3) { y = apply(.multiply, [builder.constant(0.3), y]) ?? y }
        return keep(y)
    }

    private mutating func withNumber(_ x: ValueID) -> ValueID? {
        let number = builder.constant(pick([0.5, -1.5, 2, 0.1]))
        return chance(2)
            ? apply(pick([.add, .subtract, .multiply, .divide]), [x, number])
            : apply(pick([.add, .subtract, .multiply]), [number, x])
    }

    /// With another image of the same type.
    private mutating func withImage(_ x: ValueID) -> ValueID? {
        let partners = images.filter { builder.type(of: $0) == builder.type(of: x) }
        if chance(6) { return apply(.select, [pick(partners), x, pick(partners)]) }
        return apply(
            pick([.add, .subtract, .multiply, .add, .maximum, .minimum, .less]),
            chance(2) ? [x, pick(partners)] : [pick(partners), x])
    }

    private mutating func withWeight(_ x: ValueID) -> ValueID? {
        let shape = pick([[channels(x)], [1, 1, 1, channels(x)], [], [1]])
        let w = weight(shape)
        return apply(pick([.add, .multiply, .subtract]), chance(2) ? [x, w] : [w, x])
    }

    /// For each channel, for all, or a number.
    private mutating func slope(of x: ValueID) -> ValueID {
        chance(3) ? builder.constant(0.25) : weight(pick([[channels(x)], [1, 1, 1, channels(x)], []]))
    }

    private mutating func rearrangement(_ x: ValueID) -> ValueID? {
        let block: KeyValuePairs<String, AttributeValue> = ["block": .size(Size(2))]
        if channels(x) % 4 == 0, let wide = apply(.depthToSpace, [x], block) { return wide }
        guard chance(2) else { return apply(.spaceToDepth, [x], block) }
        let deep = apply(.conv2D, [x, weight([1, 1, channels(x), 8])])
        return deep.flatMap { apply(.depthToSpace, [$0], block) }
    }

    private mutating func concatenation(_ x: ValueID) -> ValueID? {
        let axis = pick([3, 3, 3, 1, 2])
        let partners = images.filter { other in
            zip(builder.type(of: other).shape.dimensions, builder.type(of: x).shape.dimensions).enumerated()
                .allSatisfy { $0 == axis || $1.0 == $1.1 }
        }
        return apply(.concat, (0..<pick([1, 2, 3])).map { $0 == 0 ? x : pick(partners) }, ["axis": .size(Size(axis))])
    }

    private mutating func slice(_ x: ValueID) -> ValueID? {
        let axis = pick([3, 3, 1, 2])
        let size = builder.type(of: x).shape.dimensions[axis]
        let start = pick([0, 1])
        if chance(4) {
            return apply(
                .padZero, [x], ["axis": .size(Size(axis)), "before": .size(Size(start)), "after": .size(Size(1))])
        }
        return apply(.slice, [x], ["axis": .size(Size(axis)), "start": .size(Size(start)), "length": .size(size - start)])
    }

    /// A value that depends on the whole image is read by each of its pixels.
    private mutating func normalized(_ x: ValueID) -> ValueID? {
        let total: ValueID? =
            chance(2)
            ? apply(.sumTo, [x], ["shape": .sizes([Size(channels(x))])])
            : apply(.mean, [x])
        return total.flatMap { apply(.multiply, [$0, builder.constant(0.01)]) }.flatMap { apply(.tanh, [$0]) }
            .flatMap { apply(.subtract, [x, $0]) }
    }

    // MARK: Parts

    private mutating func weight(_ shape: [Int]) -> ValueID {
        let index = builder.graph.nodes.count
        return builder.declare(
            .weight(path: "w\(index)", initializer: shape.count == 4 ? .glorotUniform : pick([.zeros, .ones])),
            type: TensorType(.f32, Shape(shape.map(Size.init))), named: "w\(index)")
    }

    /// nil where the op does not take the operands.
    private mutating func apply(
        _ op: OpName, _ operands: [ValueID], _ attributes: KeyValuePairs<String, AttributeValue> = [:]
    ) -> ValueID? {
        try? builder.apply(op, operands, Attributes(attributes))
    }

    private mutating func keep(_ image: ValueID?) -> ValueID? {
        guard let image, isSmall(image) else { return nil }
        images.append(image)
        return image
    }

    private func isSmall(_ id: ValueID) -> Bool {
        guard let shape = builder.type(of: id).bound(to: sizes).shape.constant else { return false }
        return shape.allSatisfy { $0 >= 1 } && shape.reduce(1, *) <= Self.largestElementCount
    }

    private func channels(_ id: ValueID) -> Int { builder.type(of: id).shape.dimensions[3].constant ?? 1 }

    private mutating func recent() -> ValueID { chance(2) ? images[images.count - 1] : pick(images) }

    private mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int(generator.next() % UInt64(choices.count))]
    }

    /// True once in `count` draws.
    private mutating func chance(_ count: UInt64) -> Bool { generator.next() % count == 0 }
}
