/// Some neighbouring channels of a pixel: one, or as many as a vector holds.
protocol Lanes {
    init(repeating element: Float)
    static func load(_ elements: UnsafePointer<Float>, _ index: Int) -> Self
    func store(to elements: UnsafeMutablePointer<Float>, _ index: Int)
    /// self·factor + sum.
    func times(_ factor: Self, plus sum: Self) -> Self
    func adding(_ other: Self) -> Self
    func multiplied(by other: Self) -> Self
    /// The limit where the element is not above it, or not below it.
    func raised(to limit: Self) -> Self
    func lowered(to limit: Self) -> Self
    /// `other` where the gate is not positive.
    func replaced(by other: Self, unlessPositive gate: Self) -> Self
}

extension WideVector: Lanes {
    @inline(__always)
    static func load(_ elements: UnsafePointer<Float>, _ index: Int) -> Self { elements.wideVector(index) }

    @inline(__always)
    func store(to elements: UnsafeMutablePointer<Float>, _ index: Int) { elements.store(self, index) }

    @inline(__always)
    func times(_ factor: Self, plus sum: Self) -> Self { multiplyAdd(self, factor, sum) }

    @inline(__always)
    func adding(_ other: Self) -> Self { self + other }

    @inline(__always)
    func multiplied(by other: Self) -> Self { self * other }

    @inline(__always)
    func raised(to limit: Self) -> Self { replacing(with: limit, where: self .<= limit) }

    @inline(__always)
    func lowered(to limit: Self) -> Self { replacing(with: limit, where: self .> limit) }

    @inline(__always)
    func replaced(by other: Self, unlessPositive gate: Self) -> Self {
        other.replacing(with: self, where: gate .> WideVector(repeating: 0))
    }
}

extension Vector: Lanes {
    @inline(__always)
    static func load(_ elements: UnsafePointer<Float>, _ index: Int) -> Self { elements.vector(index) }

    @inline(__always)
    func store(to elements: UnsafeMutablePointer<Float>, _ index: Int) { elements.store(self, index) }

    @inline(__always)
    func times(_ factor: Self, plus sum: Self) -> Self { multiplyAdd(self, factor, sum) }

    @inline(__always)
    func adding(_ other: Self) -> Self { self + other }

    @inline(__always)
    func multiplied(by other: Self) -> Self { self * other }

    @inline(__always)
    func raised(to limit: Self) -> Self { replacing(with: limit, where: self .<= limit) }

    @inline(__always)
    func lowered(to limit: Self) -> Self { replacing(with: limit, where: self .> limit) }

    @inline(__always)
    func replaced(by other: Self, unlessPositive gate: Self) -> Self {
        other.replacing(with: self, where: gate .> Vector(repeating: 0))
    }
}

extension Float: Lanes {
    @inline(__always)
    init(repeating element: Float) { self = element }

    @inline(__always)
    static func load(_ elements: UnsafePointer<Float>, _ index: Int) -> Self { elements[index] }

    @inline(__always)
    func store(to elements: UnsafeMutablePointer<Float>, _ index: Int) { elements[index] = self }

    @inline(__always)
    func times(_ factor: Self, plus sum: Self) -> Self { multiplyAdd(self, factor, sum) }

    @inline(__always)
    func adding(_ other: Self) -> Self { self + other }

    @inline(__always)
    func multiplied(by other: Self) -> Self { self * other }

    @inline(__always)
    func raised(to limit: Self) -> Self { self <= limit ? limit : self }

    @inline(__always)
    func lowered(to limit: Self) -> Self { self > limit ? limit : self }

    @inline(__always)
    func replaced(by other: Self, unlessPositive gate: Self) -> Self { gate > 0 ? self : other }
}
