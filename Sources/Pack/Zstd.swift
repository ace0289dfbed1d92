import CZstd

/// Zstandard frames (RFC 8878) with every parameter pinned, so that equal text gives equal bytes.
enum Zstd {
    /// Numbered levels change between versions of the library, and so does the `dfast` strategy. These
    /// parameters gave the same bytes in 1.5.2, 1.5.4, 1.5.5 and 1.5.7. Level 1 only stands for a
    /// target length of 0, which cannot be set: it keeps literals compressed. A window of 64 KiB
    /// keeps blocks below the size from which 1.5.7 splits them.
    private static let parameters: [(ZSTD_cParameter, Int32)] = [
        (ZSTD_c_compressionLevel, 1), (ZSTD_c_strategy, Int32(ZSTD_fast.rawValue)),
        (ZSTD_c_windowLog, 16), (ZSTD_c_hashLog, 14), (ZSTD_c_chainLog, 14), (ZSTD_c_searchLog, 1),
        (ZSTD_c_minMatch, 5), (ZSTD_c_contentSizeFlag, 1), (ZSTD_c_checksumFlag, 0), (ZSTD_c_dictIDFlag, 0),
    ]

    /// One frame that states its decoded size, or nil where memory ran out.
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        guard let context = ZSTD_createCCtx() else { return nil }
        defer { ZSTD_freeCCtx(context) }
        for (parameter, value) in parameters {
            guard ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)) == 0 else { return nil }
        }
        let capacity = ZSTD_compressBound(bytes.count)
        var isWhole = true
        let frame = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let written = ZSTD_compress2(context, buffer.baseAddress, capacity, bytes, bytes.count)
            isWhole = ZSTD_isError(written) == 0
            count = isWhole ? written : 0
        }
        return isWhole ? frame : nil
    }

    /// The contents of exactly one frame that states and has the expected size, or nil.
    ///
    /// - Requires: the caller has checked `byteCount` against its limit.
    static func decompressed(_ frame: [UInt8], byteCount: Int) -> [UInt8]? {
        guard ZSTD_getFrameContentSize(frame, frame.count) == UInt64(byteCount),
            ZSTD_findFrameCompressedSize(frame, frame.count) == frame.count
        else { return nil }
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let decoded = ZSTD_decompress(buffer.baseAddress, byteCount, frame, frame.count)
            isWhole = decoded == byteCount
            count = isWhole ? byteCount : 0
        }
        return isWhole ? bytes : nil
    }
}
