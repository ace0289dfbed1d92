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

// As in the convolution, the tiles are written out line by line so that the sums stay in registers, and a sum's bits do not
// depend on its tile. With AVX-512's 32 registers tiles are 12 high: 6 sums are too few for two multiply-adds a cycle.

/// The most terms of a tile of 16 channels.
#if AVX512
    let sumTileHeight16 = 12
#else
    let sumTileHeight16 = 6
#endif

/// sums[m][lane] = Σ over pixels of input[term + m] · gradient[lane], `count` × 16 and up to the next multiple of 6.
@inline(__always)
func sumTiles16(_ block: PixelBlock, _ term: Int, count: Int, _ sums: UnsafeMutablePointer<Float>) {
    var first = 0
    #if AVX512
        while count - first > 6 {
            sumTile12x16(block, term + first, sums + 16 * first)
            first += 12
        }
    #endif
    while first < count {
        sumTile6x16(block, term + first, sums + 16 * first)
        first += 6
    }
}

private func sumTile6x16(_ block: PixelBlock, _ term: Int, _ sums: UnsafeMutablePointer<Float>) {
    var s0 = WideVector(repeating: 0), s1 = WideVector(repeating: 0), s2 = WideVector(repeating: 0)
    var s3 = WideVector(repeating: 0), s4 = WideVector(repeating: 0), s5 = WideVector(repeating: 0)
    if !block.isFirst {
        s0 = sums.wideVector(0)
        s1 = sums.wideVector(16)
        s2 = sums.wideVector(32)
        s3 = sums.wideVector(48)
        s4 = sums.wideVector(64)
        s5 = sums.wideVector(80)
    }
    let step = block.pixelStride
    var gradient = block.outputGradient
    for row in 0..<block.rowCount {
        var x = block.input + (row * block.inputRowStride + term)
        for _ in 0..<block.width {
            let g = gradient.wideVector(0)
            s0 = multiplyAdd(WideVector(repeating: x[0]), g, s0)
            s1 = multiplyAdd(WideVector(repeating: x[1]), g, s1)
            s2 = multiplyAdd(WideVector(repeating: x[2]), g, s2)
            s3 = multiplyAdd(WideVector(repeating: x[3]), g, s3)
            s4 = multiplyAdd(WideVector(repeating: x[4]), g, s4)
            s5 = multiplyAdd(WideVector(repeating: x[5]), g, s5)
            x += step
            gradient += 16
        }
    }
    sums.store(s0, 0)
    sums.store(s1, 16)
    sums.store(s2, 32)
    sums.store(s3, 48)
    sums.store(s4, 64)
    sums.store(s5, 80)
}

#if AVX512
    private func sumTile12x16(_ block: PixelBlock, _ term: Int, _ sums: UnsafeMutablePointer<Float>) {
        var s0 = WideVector(repeating: 0), s1 = WideVector(repeating: 0), s2 = WideVector(repeating: 0)
        var s3 = WideVector(repeating: 0), s4 = WideVector(repeating: 0), s5 = WideVector(repeating: 0)
        var s6 = WideVector(repeating: 0), s7 = WideVector(repeating: 0), s8 = WideVector(repeating: 0)
        var s9 = WideVector(repeating: 0), s10 = WideVector(repeating: 0), s11 = WideVector(repeating: 0)
        if !block.isFirst {
            s0 = sums.wideVector(0)
            s1 = sums.wideVector(16)
            s2 = sums.wideVector(32)
            s3 = sums.wideVector(48)
            s4 = sums.wideVector(64)
            s5 = sums.wideVector(80)
            s6 = sums.wideVector(96)
            s7 = sums.wideVector(112)
            s8 = sums.wideVector(128)
            s9 = sums.wideVector(144)
            s10 = sums.wideVector(160)
            s11 = sums.wideVector(176)
        }
        let step = block.pixelStride
        var gradient = block.outputGradient
        for row in 0..<block.rowCount {
            var x = block.input + (row * block.inputRowStride + term)
            for _ in 0..<block.width {
                let g = gradient.wideVector(0)
                s0 = multiplyAdd(WideVector(repeating: x[0]), g, s0)
                s1 = multiplyAdd(WideVector(repeating: x[1]), g, s1)
                s2 = multiplyAdd(WideVector(repeating: x[2]), g, s2)
                s3 = multiplyAdd(WideVector(repeating: x[3]), g, s3)
                s4 = multiplyAdd(WideVector(repeating: x[4]), g, s4)
                s5 = multiplyAdd(WideVector(repeating: x[5]), g, s5)
                s6 = multiplyAdd(WideVector(repeating: x[6]), g, s6)
                s7 = multiplyAdd(WideVector(repeating: x[7]), g, s7)
                s8 = multiplyAdd(WideVector(repeating: x[8]), g, s8)
                s9 = multiplyAdd(WideVector(repeating: x[9]), g, s9)
                s10 = multiplyAdd(WideVector(repeating: x[10]), g, s10)
                s11 = multiplyAdd(WideVector(repeating: x[11]), g, s11)
                x += step
                gradient += 16
            }
        }
        sums.store(s0, 0)
        sums.store(s1, 16)
        sums.store(s2, 32)
        sums.store(s3, 48)
        sums.store(s4, 64)
        sums.store(s5, 80)
        sums.store(s6, 96)
        sums.store(s7, 112)
        sums.store(s8, 128)
        sums.store(s9, 144)
        sums.store(s10, 160)
        sums.store(s11, 176)
    }
#endif

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
