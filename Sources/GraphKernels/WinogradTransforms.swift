// The matrices of F(4, 3), for interpolation at 0, ±√½, ±√2 and ∞. In one dimension the four results of a 3-tap filter g on
// six inputs d are Aᵀ[(G·g) ⊙ (Bᵀ·d)]; in two dimensions each matrix is applied from both sides.
// Transposed, the same matrices give the filter's gradient from that of four results: Gᵀ[(A·dy) ⊙ (Bᵀ·d)].
//
// With p the points, Aᵀ has the rows pᵏ, G the rows (1, p, p² …) / M'(p), and Bᵀ the coefficients of M(x) / (x − p),
// M(x) = x(x² − ½)(x² − 2); ∞ stands for the leading coefficients. The usual points ±1 and ±2 (Lavin and Gray,
// "Fast algorithms for convolutional neural networks", CVPR 2016, section 4.3) give three times the error: on how points
// govern it see Barabasz, Anderson, Soodhalter and Gregg, "Error analysis and improving the accuracy of Winograd
// convolution for deep neural networks", 2018.

/// √½ and √2.
private let root = Float(0.70710678118654752), twoRoot = Float(1.41421356237309505)

/// What a column or a row of a tile's inputs and products is: as many numbers as a tile has rows of input.
protocol WinogradInputs {
    /// How many there are.
    static var count: Int { get }
    init(_ number: (Int) -> Vector)
    func store(to destination: UnsafeMutablePointer<Float>, stride: Int)
    /// Bᵀ·d of inputs.
    var inputTransformed: Self { get }
    /// Aᵀ·m of products.
    var outputTransformed: Four { get }
    /// A·dy of the gradients of a tile's results.
    static func gradientTransformed(_ gradients: Four) -> Self
    /// Taps of a filter's column or row.
    associatedtype Taps: WinogradTaps
    /// Gᵀ·s of a filter gradient's products.
    var filterGradientTransformed: Taps { get }
    subscript(_ index: Int) -> Vector { get }
}

/// The taps of a filter's column or row.
protocol WinogradTaps {
    /// How many there are.
    static var count: Int { get }
    subscript(_ index: Int) -> Vector { get }
}

extension WinogradInputs {
    /// As many vectors, `stride` elements apart.
    @inline(__always)
    init(_ source: UnsafePointer<Float>, stride: Int) { self.init { source.vector($0 * stride) } }
}

/// Six numbers of a column or a row.
struct Six: WinogradInputs {
    var v0: Vector, v1: Vector, v2: Vector, v3: Vector, v4: Vector, v5: Vector

    @inline(__always)
    init(_ v0: Vector, _ v1: Vector, _ v2: Vector, _ v3: Vector, _ v4: Vector, _ v5: Vector) {
        self.v0 = v0
        self.v1 = v1
        self.v2 = v2
        self.v3 = v3
        self.v4 = v4
        self.v5 = v5
    }

    static var count: Int { 6 }

    @inline(__always)
    init(_ number: (Int) -> Vector) {
        self.init(number(0), number(1), number(2), number(3), number(4), number(5))
    }

    @inline(__always)
    func store(to destination: UnsafeMutablePointer<Float>, stride: Int) {
        destination.store(v0, 0)
        destination.store(v1, stride)
        destination.store(v2, 2 * stride)
        destination.store(v3, 3 * stride)
        destination.store(v4, 4 * stride)
        destination.store(v5, 5 * stride)
    }

    /// Bᵀ·d:  d0 − 2½·d2 + d4,  (d4 − 2·d2) ± √½·(d3 − 2·d1),  (d4 − ½·d2) ± √2·(d3 − ½·d1),  d1 − 2½·d3 + d5.
    @inline(__always)
    var inputTransformed: Six {
        let even1 = multiplyAdd(Vector(repeating: -2), v2, v4), odd1 = multiplyAdd(Vector(repeating: -2), v1, v3)
        let even2 = multiplyAdd(Vector(repeating: -0.5), v2, v4), odd2 = multiplyAdd(Vector(repeating: -0.5), v1, v3)
        return Six(
            multiplyAdd(Vector(repeating: -2.5), v2, v0 + v4),
            multiplyAdd(Vector(repeating: root), odd1, even1), multiplyAdd(Vector(repeating: -root), odd1, even1),
            multiplyAdd(Vector(repeating: twoRoot), odd2, even2), multiplyAdd(Vector(repeating: -twoRoot), odd2, even2),
            multiplyAdd(Vector(repeating: -2.5), v3, v1 + v5))
    }

    /// Aᵀ·m:  m0 + (m1 + m2) + (m3 + m4),  √½·(m1 − m2) + √2·(m3 − m4),  ½·(m1 + m2) + 2·(m3 + m4),
    /// √½³·(m1 − m2) + √2³·(m3 − m4) + m5.
    @inline(__always)
    var outputTransformed: Four {
        let sum1 = v1 + v2, difference1 = v1 - v2, sum2 = v3 + v4, difference2 = v3 - v4
        return Four(
            (v0 + sum1) + sum2,
            multiplyAdd(Vector(repeating: twoRoot), difference2, Vector(repeating: root) * difference1),
            multiplyAdd(Vector(repeating: 2), sum2, Vector(repeating: 0.5) * sum1),
            multiplyAdd(
                Vector(repeating: 2 * twoRoot), difference2, multiplyAdd(Vector(repeating: root / 2), difference1, v5)))
    }
}

extension Six {
    @inline(__always)
    subscript(_ index: Int) -> Vector {
        switch index {
        case 0: v0
        case 1: v1
        case 2: v2
        case 3: v3
        case 4: v4
        default: v5
        }
    }

    /// A·d:  d0,  (d0 + ½·d2) ± √½·(d1 + ½·d3),  (d0 + 2·d2) ± √2·(d1 + 2·d3),  d3.
    @inline(__always)
    static func gradientTransformed(_ d: Four) -> Six {
        let even1 = multiplyAdd(Vector(repeating: 0.5), d.v2, d.v0), odd1 = multiplyAdd(Vector(repeating: 0.5), d.v3, d.v1)
        let even2 = multiplyAdd(Vector(repeating: 2), d.v2, d.v0), odd2 = multiplyAdd(Vector(repeating: 2), d.v3, d.v1)
        return Six(
            d.v0,
            multiplyAdd(Vector(repeating: root), odd1, even1), multiplyAdd(Vector(repeating: -root), odd1, even1),
            multiplyAdd(Vector(repeating: twoRoot), odd2, even2), multiplyAdd(Vector(repeating: -twoRoot), odd2, even2),
            d.v3)
    }

    /// Gᵀ·s:  s0 − ⅔·(s1 + s2) + ⅙·(s3 + s4),  ⅓·√2·(½·(s3 − s4) − (s1 − s2)),  ⅓·((s3 + s4) − (s1 + s2)) + s5.
    @inline(__always)
    var filterGradientTransformed: Three {
        let sum1 = v1 + v2, sum2 = v3 + v4
        return Three(
            v0: multiplyAdd(Vector(repeating: 1 / 6), sum2, multiplyAdd(Vector(repeating: -2 / 3), sum1, v0)),
            v1: multiplyAdd(Vector(repeating: 0.5), v3 - v4, v2 - v1) * Vector(repeating: twoRoot / 3),
            v2: multiplyAdd(Vector(repeating: 1 / 3), sum2 - sum1, v5))
    }
}

/// Four numbers of a column or a row.
struct Four {
    var v0: Vector, v1: Vector, v2: Vector, v3: Vector

    @inline(__always)
    init(_ v0: Vector, _ v1: Vector, _ v2: Vector, _ v3: Vector) {
        self.v0 = v0
        self.v1 = v1
        self.v2 = v2
        self.v3 = v3
    }

    @inline(__always)
    func store(to destination: UnsafeMutablePointer<Float>, stride: Int) {
        destination.store(v0, 0)
        destination.store(v1, stride)
        destination.store(v2, 2 * stride)
        destination.store(v3, 3 * stride)
    }

}

/// Three numbers of a filter's column or row.
struct Three: WinogradTaps {
    var v0: Vector, v1: Vector, v2: Vector

    static var count: Int { 3 }

    @inline(__always)
    subscript(_ index: Int) -> Vector { index == 0 ? v0 : index == 1 ? v1 : v2 }

    /// G·g:  g0,  −⅔·(g0 + ½·g2) ∓ ⅓·√2·g1,  ⅙·(g0 + 2·g2) ± ⅙·√2·g1,  g2.
    @inline(__always)
    var filterTransformed: Six {
        let even1 = multiplyAdd(Vector(repeating: 0.5), v2, v0) * Vector(repeating: -2 / 3)
        let even2 = multiplyAdd(Vector(repeating: 2), v2, v0) * Vector(repeating: 1 / 6)
        let odd1 = v1 * Vector(repeating: -twoRoot / 3), odd2 = v1 * Vector(repeating: twoRoot / 6)
        return Six(v0, even1 + odd1, even1 - odd1, even2 + odd2, even2 - odd2, v2)
    }
}
