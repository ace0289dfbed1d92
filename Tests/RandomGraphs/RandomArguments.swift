import GraphIR
import GraphRuntime

/// Inputs and scalars drawn from a seed for a graph whose sizes are bound.
struct RandomArguments {
    struct Input {
        var shape: [Int]
        var element: ElementType
        var values: [Float]
    }

    private(set) var inputs: [String: Input] = [:]
    let seed: UInt64

    /// Pixels, and numbers from 0 to 2.
    init(_ bound: Graph, seed: UInt64) {
        self.seed = seed
        for node in bound.nodes where node.content == .input {
            var generator = SplitMix64(seed: seed &+ Self.fingerprint(node.name))
            let shape = node.type.shape.constant ?? []
            let bytes = (0..<shape.reduce(1, *)).map { _ in Float(UInt8(truncatingIfNeeded: generator.next())) }
            let isByte = node.type.element == .u8
            inputs[node.name] = Input(
                shape: shape, element: node.type.element, values: isByte ? bytes : bytes.map { $0 / 128 })
        }
    }

    /// Scalars of a training step, 1 for the first, and of the model.
    static func scalars(step: Int) -> [String: Float] {
        [
            TrainingScalars.learningRate: 1e-3, TrainingScalars.step: Float(step), TrainingScalars.clipNorm: 20,
            "given": 0.75,
        ]
    }

    /// Values for what begins with zeros, which would hide much: small, and positive where they are means of squares.
    static func values(of tensor: ParameterStore.Tensor, seed: UInt64) -> [Float] {
        let isSquare = tensor.path.hasSuffix("adam_v")
        var generator = SplitMix64(seed: seed ^ fingerprint(tensor.path))
        return (0..<tensor.elementCount).map { _ in
            let value = Float(generator.nextNormal()) * 0.1
            return isSquare ? value * value + 1e-4 : value
        }
    }

    private static func fingerprint(_ text: String) -> UInt64 { text.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) } }
}

/// What a run gives, in one form for all ways of running.
struct RandomOutcome: Equatable {
    /// By name, with the kind of result before it.
    var values: [String: [Float]] = [:]
    /// Names of those whose elements are whole numbers that may fall to either side.
    var pixels: Set<String> = []

    /// The largest difference of any value, in proportion to the largest of its tensor where that is above 1.
    func difference(from other: RandomOutcome) -> (amount: Float, name: String) {
        guard values.keys == other.values.keys else { return (.infinity, "names") }
        var largest: (amount: Float, name: String) = (0, "")
        for (name, expected) in other.values.sorted(by: { $0.key < $1.key }) {
            let found = values[name] ?? []
            guard found.count == expected.count else { return (.infinity, name) }
            let scale = max(1, expected.map(abs).max() ?? 0)
            for (a, b) in zip(found, expected) {
                let difference = abs(a - b) / scale
                let isPixel = pixels.contains(name) && abs(a - b) <= 1
                if difference.isNaN { return (.infinity, name) }
                if difference > largest.amount, !isPixel { largest = (difference, name) }
            }
        }
        return largest
    }
}
