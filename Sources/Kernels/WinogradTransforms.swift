// The matrices of F(4, 3), for interpolation at 0, ±1, ±2 and ∞ (Lavin and Gray, "Fast algorithms for
// convolutional neural networks", CVPR 2016, section 4.3). In one dimension the four results of a 3-tap
// filter g on six inputs d are Aᵀ[(G·g) ⊙ (Bᵀ·d)]; in two dimensions each matrix is applied from both sides.
// Transposed, the same matrices give the filter's gradient from that of four results: Gᵀ[(A·dy) ⊙ (Bᵀ·d)].

/// Six numbers of a column or a row.
struct Six {
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

    /// Six vectors, `stride` elements apart.
    @inline(__always)
    init(_ source: UnsafePointer<Float>, stride: Int) {
        self.init(
            source.vector(0), source.vector(stride), source.vector(2 * stride), source.vector(3 * stride),
            source.vector(4 * stride), source.vector(5 * stride))
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

    /// Bᵀ·d:  4·d0 − 5·d2 + d4,  (d4 − 4·d2) ± (d3 − 4·d1),  (d4 − d2) ± 2·(d3 − d1),  4·d1 − 5·d3 + d5.
    @inline(__always)
    var inputTransformed: Six {
        let four = Vector(repeating: 4), minusFour = Vector(repeating: -4), minusFive = Vector(repeating: -5)
        let two = Vector(repeating: 2), minusTwo = Vector(repeating: -2)
        let even4 = multiplyAdd(minusFour, v2, v4), odd4 = multiplyAdd(minusFour, v1, v3)
        let even1 = v4 - v2, odd1 = v3 - v1
        return Six(
            multiplyAdd(four, v0, multiplyAdd(minusFive, v2, v4)),
            even4 + odd4, even4 - odd4,
            multiplyAdd(two, odd1, even1), multiplyAdd(minusTwo, odd1, even1),
            multiplyAdd(four, v1, multiplyAdd(minusFive, v3, v5)))
    }

    /// Aᵀ·m:  m0 + (m1 + m2) + (m3 + m4),  (m1 − m2) + 2·(m3 − m4),  (m1 + m2) + 4·(m3 + m4),
    /// (m1 − m2) + 8·(m3 − m4) + m5.
    @inline(__always)
    var outputTransformed: Four {
        let sum1 = v1 + v2, difference1 = v1 - v2, sum2 = v3 + v4, difference2 = v3 - v4
        return Four(
            (v0 + sum1) + sum2,
            multiplyAdd(Vector(repeating: 2), difference2, difference1),
            multiplyAdd(Vector(repeating: 4), sum2, sum1),
            multiplyAdd(Vector(repeating: 8), difference2, difference1) + v5)
    }
}

extension Six {
    /// Gᵀ·s:  s0/4 − (s1 + s2)/6 + (s3 + s4)/24,  (s2 − s1)/6 + (s3 − s4)/12,  (s3 + s4)/6 − (s1 + s2)/6 + s5.
    @inline(__always)
    var filterGradientTransformed: Three {
        let sum1 = (v1 + v2) * Vector(repeating: -1 / 6), sum2 = v3 + v4
        return Three(
            v0: multiplyAdd(Vector(repeating: 1 / 4), v0, multiplyAdd(Vector(repeating: 1 / 24), sum2, sum1)),
            v1: multiplyAdd(Vector(repeating: 1 / 6), v2 - v1, (v3 - v4) * Vector(repeating: 1 / 12)),
            v2: multiplyAdd(Vector(repeating: 1 / 6), sum2, sum1) + v5)
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

    /// A·d:  d0,  (d0 + d2) ± (d1 + d3),  (d0 + 4·d2) ± (2·d1 + 8·d3),  d3.
    @inline(__always)
    var gradientTransformed: Six {
        let even1 = v0 + v2, odd1 = v1 + v3
        let even2 = multiplyAdd(Vector(repeating: 4), v2, v0)
        let odd2 = multiplyAdd(Vector(repeating: 8), v3, v1 + v1)
        return Six(v0, even1 + odd1, even1 - odd1, even2 + odd2, even2 - odd2, v3)
    }
}

/// Three numbers of a filter's column or row.
struct Three {
    var v0: Vector, v1: Vector, v2: Vector

    /// G·g:  g0/4,  −(g0 ± g1 + g2)/6,  g0/24 ± g1/12 + g2/6,  g2.
    @inline(__always)
    var filterTransformed: Six {
        let even1 = (v0 + v2) * Vector(repeating: -1 / 6), odd1 = v1 * Vector(repeating: -1 / 6)
        let even2 = multiplyAdd(Vector(repeating: 1 / 24), v0, v2 * Vector(repeating: 1 / 6))
        let odd2 = v1 * Vector(repeating: 1 / 12)
        return Six(v0 * Vector(repeating: 1 / 4), even1 + odd1, even1 - odd1, even2 + odd2, even2 - odd2, v2)
    }
}
