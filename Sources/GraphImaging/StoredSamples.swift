#if Vips
    /// Samples of a HEIF as libvips hands them over: of 16 bits those of the file are the highest, and the others are 0, so that
    /// white is not white.
    struct StoredSamples {
        /// Bits that count, of 16.
        var bitDepth: Int

        /// Stretches samples to all of 16 bits.
        func convert(_ rows: inout [UInt8]) {
            let shift = 16 - bitDepth
            let top = 1 << bitDepth - 1
            rows.withUnsafeMutableBytes { bytes in
                let samples = bytes.bindMemory(to: UInt16.self)
                for index in samples.indices {
                    samples[index] = UInt16((Int(samples[index] >> shift) * 65535 + top / 2) / top)
                }
            }
        }
    }
#endif
