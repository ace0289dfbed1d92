import GraphIR
import GraphInterchange

/// A value that is known when a network is read: numbers of its file, or what is computed of them and of shapes.
struct KnownNumbers {
    var shape: [Int]
    private var content: Content

    private enum Content {
        case stored(ForeignTensor)
        case floats([Float])
        /// Whole numbers and truth values, which may depend on the sizes of inputs.
        case sizes([Size])
    }

    init(_ tensor: ForeignTensor) {
        shape = tensor.shape
        content = .stored(tensor)
    }

    init(shape: [Int], floats: [Float]) {
        self.shape = shape
        content = .floats(floats)
    }

    init(shape: [Int], sizes: [Size]) {
        self.shape = shape
        content = .sizes(sizes)
    }

    /// A list of sizes.
    init(_ sizes: [Size]) { self.init(shape: [sizes.count], sizes: sizes) }

    var count: Int { shape.reduce(1, *) }

    /// Whether nobody trains the numbers: one alone, or what the network computes with by itself.
    var isConstant: Bool {
        if case .stored(let tensor) = content { tensor.isConstant || count == 1 } else { true }
    }

    /// How many numbers lie in memory; those of the file do not.
    var computedCount: Int {
        switch content {
        case .stored: 0
        case .floats(let floats): floats.count
        case .sizes(let sizes): 16 * sizes.count
        }
    }

    /// - Throws: where a size is more complex than that of a tensor can be.
    func checkComplexity() throws(TranslationError) {
        guard case .sizes(let sizes) = content, sizes.contains(where: { $0.complexity > Size.complexityLimit }) else { return }
        throw .node(.complexSize)
    }

    /// Whether the numbers are read from the file whenever they are asked for.
    var isStored: Bool { if case .stored = content { true } else { false } }

    var isFloat: Bool {
        switch content {
        case .stored(let tensor): tensor.element.isFloat
        case .floats: true
        case .sizes: false
        }
    }

    func floats() throws(TranslationError) -> [Float] {
        switch content {
        case .stored(let tensor):
            do { return try tensor.floats() } catch { throw .interchange(error) }
        case .floats(let floats): return floats
        case .sizes(let sizes):
            var floats: [Float] = []
            for size in sizes {
                guard let number = size.constant else { throw .node(.symbolicSize) }
                floats.append(Float(number))
            }
            return floats
        }
    }

    /// Whole numbers, perhaps symbolic. Floats lose their fractions, as in a cast.
    func sizes() throws(TranslationError) -> [Size] {
        switch content {
        case .stored(let tensor):
            guard tensor.element.isFloat else {
                do { return try tensor.integers().map { Size($0) } } catch { throw .interchange(error) }
            }
            return try floats().map { Size(Int(exactly: $0.rounded(.towardZero)) ?? Size.limit) }
        case .floats(let floats): return floats.map { Size(Int(exactly: $0.rounded(.towardZero)) ?? Size.limit) }
        case .sizes(let sizes): return sizes
        }
    }

    /// Whole numbers that depend on nothing.
    func integers() throws(TranslationError) -> [Int] {
        var integers: [Int] = []
        for size in try sizes() {
            guard let number = size.constant else { throw .node(.symbolicSize) }
            integers.append(number)
        }
        return integers
    }

    /// The same numbers in another shape of as many elements.
    func reshaped(_ shape: [Int]) throws(TranslationError) -> KnownNumbers {
        var result = self
        result.shape = shape
        if case .stored(let tensor) = content {
            result.content = if let reshaped = tensor.reshaped(shape) { .stored(reshaped) } else { .floats(try floats()) }
        }
        return result
    }

    /// The numbers with their dimensions in another order. Floats of the file stay there.
    func permuted(_ order: [Int]) throws(TranslationError) -> KnownNumbers {
        if order == Array(order.indices) { return self }
        if case .stored(let tensor) = content, tensor.element.isFloat { return KnownNumbers(tensor.transposed(order)) }
        let strides = Self.rowMajorStrides(shape)
        let shape = order.map { self.shape[$0] }
        return try picked(Self.places(shape: shape, strides: order.map { strides[$0] }), shape: shape)
    }

    /// Of numbers that are computed here; more are a model's work.
    static let countLimit = 1 << 22

    /// - Throws: for a shape of more elements than are computed here, or with so large dimensions beside one of none.
    static func checkCount(_ shape: [Int]) throws(TranslationError) {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: max(1, size))
            guard size >= 0, !overflow, product <= countLimit else { throw .node(.attribute("shape", "\(shape)")) }
            count = product
        }
    }

    /// How many elements a shape has.
    ///
    /// - Throws: as ``checkCount(_:)``.
    static func checked(_ shape: [Int]) throws(TranslationError) -> Int {
        try checkCount(shape)
        return shape.reduce(1, *)
    }

    /// The numbers at some places, in a new shape.
    func picked(_ places: [Int], shape: [Int]) throws(TranslationError) -> KnownNumbers {
        if isFloat {
            let floats = try floats()
            return KnownNumbers(shape: shape, floats: places.map { floats[$0] })
        }
        let sizes = try sizes()
        return KnownNumbers(shape: shape, sizes: places.map { sizes[$0] })
    }

    /// For each element of a shape, its place in a tensor of another shape that broadcasts to it; nil where it does not.
    static func places(of shape: [Int], broadcastTo target: [Int]) -> [Int]? {
        guard shape.count <= target.count else { return nil }
        let padded = Array(repeating: 1, count: target.count - shape.count) + shape
        guard zip(padded, target).allSatisfy({ $0 == $1 || $0 == 1 }) else { return nil }
        var strides = [Int](repeating: 0, count: target.count)
        var step = 1
        for axis in padded.indices.reversed() {
            strides[axis] = padded[axis] == 1 ? 0 : step
            step *= padded[axis]
        }
        return places(shape: target, strides: strides)
    }

    /// The places that strides lead to, in row-major order.
    static func places(shape: [Int], strides: [Int], start: Int = 0) -> [Int] {
        var places = [start]
        for (size, stride) in zip(shape, strides) {
            places = places.flatMap { place in (0..<size).map { place + $0 * stride } }
        }
        return places
    }

    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// The shape that two broadcast to; nil where there is none.
    static func commonShape(_ left: [Int], _ right: [Int]) -> [Int]? {
        let rank = max(left.count, right.count)
        let left = Array(repeating: 1, count: rank - left.count) + left
        let right = Array(repeating: 1, count: rank - right.count) + right
        var common: [Int] = []
        for (a, b) in zip(left, right) {
            guard a == b || a == 1 || b == 1 else { return nil }
            common.append(a == 1 ? b : a)
        }
        return common
    }
}
