/// The pixels, or Winograd's tiles, that one register tile of a filter gradient sums over.
struct PixelBlock {
    /// The first pixel's inputs in one filter row; its output gradient, packed.
    var input: UnsafePointer<Float>
    var outputGradient: UnsafePointer<Float>
    var rowCount: Int, width: Int
    /// Elements between the inputs of neighbouring output rows, and of neighbouring output pixels.
    var inputRowStride: Int, pixelStride: Int
    /// Whether the sums begin at 0, not at what is stored.
    var isFirst = true
}

// As in the convolution, the tiles are written out line by line so that the sums stay in registers.

/// sums[m][lane] = Σ over pixels of input[term + m] · gradient[lane], 6 × 16.
func sumTile6x16(_ block: PixelBlock, _ term: Int, _ sums: UnsafeMutablePointer<Float>) {
    var s0a = Vector(repeating: 0), s0b = Vector(repeating: 0), s1a = Vector(repeating: 0), s1b = Vector(repeating: 0)
    var s2a = Vector(repeating: 0), s2b = Vector(repeating: 0), s3a = Vector(repeating: 0), s3b = Vector(repeating: 0)
    var s4a = Vector(repeating: 0), s4b = Vector(repeating: 0), s5a = Vector(repeating: 0), s5b = Vector(repeating: 0)
    if !block.isFirst {
        s0a = sums.vector(0); s0b = sums.vector(8)
        s1a = sums.vector(16); s1b = sums.vector(24)
        s2a = sums.vector(32); s2b = sums.vector(40)
        s3a = sums.vector(48); s3b = sums.vector(56)
        s4a = sums.vector(64); s4b = sums.vector(72)
        s5a = sums.vector(80); s5b = sums.vector(88)
    }
    let step = block.pixelStride
    var gradient = block.outputGradient
    for row in 0..<block.rowCount {
        var x = block.input + (row * block.inputRowStride + term)
        for _ in 0..<block.width {
            let ga = gradient.vector(0), gb = gradient.vector(8)
            let x0 = Vector(repeating: x[0])
            s0a = multiplyAdd(x0, ga, s0a); s0b = multiplyAdd(x0, gb, s0b)
            let x1 = Vector(repeating: x[1])
            s1a = multiplyAdd(x1, ga, s1a); s1b = multiplyAdd(x1, gb, s1b)
            let x2 = Vector(repeating: x[2])
            s2a = multiplyAdd(x2, ga, s2a); s2b = multiplyAdd(x2, gb, s2b)
            let x3 = Vector(repeating: x[3])
            s3a = multiplyAdd(x3, ga, s3a); s3b = multiplyAdd(x3, gb, s3b)
            let x4 = Vector(repeating: x[4])
            s4a = multiplyAdd(x4, ga, s4a); s4b = multiplyAdd(x4, gb, s4b)
            let x5 = Vector(repeating: x[5])
            s5a = multiplyAdd(x5, ga, s5a); s5b = multiplyAdd(x5, gb, s5b)
            x += step
            gradient += 16
        }
    }
    sums.store(s0a, 0); sums.store(s0b, 8)
    sums.store(s1a, 16); sums.store(s1b, 24)
    sums.store(s2a, 32); sums.store(s2b, 40)
    sums.store(s3a, 48); sums.store(s3b, 56)
    sums.store(s4a, 64); sums.store(s4b, 72)
    sums.store(s5a, 80); sums.store(s5b, 88)
}

/// sums[m][lane] = Σ over pixels of input[term + m] · gradient[lane], 12 × 8.
func sumTile12x8(_ block: PixelBlock, _ term: Int, _ sums: UnsafeMutablePointer<Float>) {
    var s0 = Vector(repeating: 0), s1 = Vector(repeating: 0), s2 = Vector(repeating: 0), s3 = Vector(repeating: 0)
    var s4 = Vector(repeating: 0), s5 = Vector(repeating: 0), s6 = Vector(repeating: 0), s7 = Vector(repeating: 0)
    var s8 = Vector(repeating: 0), s9 = Vector(repeating: 0), s10 = Vector(repeating: 0), s11 = Vector(repeating: 0)
    if !block.isFirst {
        s0 = sums.vector(0)
        s1 = sums.vector(8)
        s2 = sums.vector(16)
        s3 = sums.vector(24)
        s4 = sums.vector(32)
        s5 = sums.vector(40)
        s6 = sums.vector(48)
        s7 = sums.vector(56)
        s8 = sums.vector(64)
        s9 = sums.vector(72)
        s10 = sums.vector(80)
        s11 = sums.vector(88)
    }
    let step = block.pixelStride
    var gradient = block.outputGradient
    for row in 0..<block.rowCount {
        var x = block.input + (row * block.inputRowStride + term)
        for _ in 0..<block.width {
            let g = gradient.vector(0)
            let x0 = Vector(repeating: x[0])
            s0 = multiplyAdd(x0, g, s0)
            let x1 = Vector(repeating: x[1])
            s1 = multiplyAdd(x1, g, s1)
            let x2 = Vector(repeating: x[2])
            s2 = multiplyAdd(x2, g, s2)
            let x3 = Vector(repeating: x[3])
            s3 = multiplyAdd(x3, g, s3)
            let x4 = Vector(repeating: x[4])
            s4 = multiplyAdd(x4, g, s4)
            let x5 = Vector(repeating: x[5])
            s5 = multiplyAdd(x5, g, s5)
            let x6 = Vector(repeating: x[6])
            s6 = multiplyAdd(x6, g, s6)
            let x7 = Vector(repeating: x[7])
            s7 = multiplyAdd(x7, g, s7)
            let x8 = Vector(repeating: x[8])
            s8 = multiplyAdd(x8, g, s8)
            let x9 = Vector(repeating: x[9])
            s9 = multiplyAdd(x9, g, s9)
            let x10 = Vector(repeating: x[10])
            s10 = multiplyAdd(x10, g, s10)
            let x11 = Vector(repeating: x[11])
            s11 = multiplyAdd(x11, g, s11)
            x += step
            gradient += 8
        }
    }
    sums.store(s0, 0)
    sums.store(s1, 8)
    sums.store(s2, 16)
    sums.store(s3, 24)
    sums.store(s4, 32)
    sums.store(s5, 40)
    sums.store(s6, 48)
    sums.store(s7, 56)
    sums.store(s8, 64)
    sums.store(s9, 72)
    sums.store(s10, 80)
    sums.store(s11, 88)
}
