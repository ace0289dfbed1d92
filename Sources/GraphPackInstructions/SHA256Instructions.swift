#if arch(x86_64)
    import CGraphX86Intrinsics

    /// Takes whole blocks of 64 bytes into a state of SHA-256 by the processor's SHA instructions.
    ///
    /// The instructions keep the state's eight words as ABEF and CDGH and do two rounds at a time (Intel 64
    /// and IA-32 Architectures Software Developer's Manual, volume 2, SHA256RNDS2, SHA256MSG1, SHA256MSG2).
    ///
    /// - Parameters:
    ///   - state: eight words, a first.
    ///   - constants: the 64 round constants.
    /// - Requires: the processor has the SHA extensions and SSE 4.1; `bytes` holds whole blocks.
    public func updateSHA256(
        _ state: UnsafeMutablePointer<UInt32>, _ bytes: UnsafeRawBufferPointer, constants: UnsafePointer<UInt32>
    ) {
        typealias Words = SIMD4<UInt32>
        var abef = Words(state[5], state[4], state[1], state[0])
        var cdgh = Words(state[7], state[6], state[3], state[2])
        let constants = UnsafeRawPointer(constants)
        var offset = 0
        while offset < bytes.count {
            func words(_ i: Int) -> Words {
                let word = bytes.loadUnaligned(fromByteOffset: offset &+ 16 &* i, as: Words.self)
                return Words(word.x.bigEndian, word.y.bigEndian, word.z.bigEndian, word.w.bigEndian)
            }
            func fourRounds(_ message: Words, _ i: Int) {
                let sum = message &+ constants.loadUnaligned(fromByteOffset: 16 &* i, as: Words.self)
                let rounds = unsafeBitCast(sum, to: __m128i.self)
                // Two rounds make the next ABEF of CDGH; the old ABEF is the next CDGH.
                let before = unsafeBitCast(abef, to: __m128i.self)
                let middle = _mm_sha256rnds2_epu32(unsafeBitCast(cdgh, to: __m128i.self), before, rounds)
                let last = unsafeBitCast(Words(sum.z, sum.w, 0, 0), to: __m128i.self)
                cdgh = unsafeBitCast(middle, to: Words.self)
                abef = unsafeBitCast(_mm_sha256rnds2_epu32(before, middle, last), to: Words.self)
            }
            let (abefBefore, cdghBefore) = (abef, cdgh)
            var (w0, w1, w2, w3) = (words(0), words(1), words(2), words(3))
            fourRounds(w0, 0)
            fourRounds(w1, 1)
            fourRounds(w2, 2)
            fourRounds(w3, 3)
            for i in 4..<16 {
                // The next four words of the message schedule (FIPS 180-4, section 6.2.2).
                let partial =
                    unsafeBitCast(
                        _mm_sha256msg1_epu32(unsafeBitCast(w0, to: __m128i.self), unsafeBitCast(w1, to: __m128i.self)),
                        to: Words.self) &+ Words(w2.y, w2.z, w2.w, w3.x)
                let next = unsafeBitCast(
                    _mm_sha256msg2_epu32(unsafeBitCast(partial, to: __m128i.self), unsafeBitCast(w3, to: __m128i.self)),
                    to: Words.self)
                (w0, w1, w2, w3) = (w1, w2, w3, next)
                fourRounds(next, i)
            }
            abef &+= abefBefore
            cdgh &+= cdghBefore
            offset &+= 64
        }
        (state[0], state[1], state[4], state[5]) = (abef.w, abef.z, abef.y, abef.x)
        (state[2], state[3], state[6], state[7]) = (cdgh.w, cdgh.z, cdgh.y, cdgh.x)
    }
#endif
