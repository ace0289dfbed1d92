import CGraphZstd

/// Makes Zstandard frames (RFC 8878) with every parameter pinned, so that equal contents give equal bytes.
///
/// Numbered levels change between versions of the library, and so does the `dfast` strategy. The fast
/// strategy with these parameters gave the same bytes in 1.5.4 to 1.5.7 (`Tools/check/zstd-versions`).
final class ZstdCompressor {
    private let context: OpaquePointer

    /// What is compressed decides the shortest match that is looked for, and among how many.
    enum Contents {
        case text
        /// Bytes in which whole words hardly ever repeat, but some bytes are more frequent than others.
        case planes
    }

    /// Nil where memory ran out.
    init?(for contents: Contents) {
        guard let context = ZSTD_createCCtx() else { return nil }
        self.context = context
        let (minMatch, hashLog): (Int32, Int32) = contents == .text ? (5, 14) : (7, 6)
        // Level 1 only stands for a target length of 0, which cannot be set: it keeps literals compressed.
        // A window of 64 KiB keeps blocks below the size from which 1.5.7 splits them.
        let parameters: [(ZSTD_cParameter, Int32)] = [
            (ZSTD_c_compressionLevel, 1), (ZSTD_c_strategy, Int32(ZSTD_fast.rawValue)),
            (ZSTD_c_windowLog, 16), (ZSTD_c_hashLog, hashLog), (ZSTD_c_chainLog, 14), (ZSTD_c_searchLog, 1),
            (ZSTD_c_minMatch, minMatch), (ZSTD_c_contentSizeFlag, 1), (ZSTD_c_checksumFlag, 0),
            (ZSTD_c_dictIDFlag, 0),
        ]
        for (parameter, value) in parameters {
            guard ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)) == 0 else { return nil }
        }
    }

    deinit { ZSTD_freeCCtx(context) }

    /// One frame that states its decoded size, or nil where memory ran out.
    func compressed(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        let capacity = ZSTD_compressBound(bytes.count)
        var isWhole = true
        let frame = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let written = ZSTD_compress2(context, buffer.baseAddress, capacity, bytes.baseAddress, bytes.count)
            isWhole = ZSTD_isError(written) == 0
            count = isWhole ? written : 0
        }
        return isWhole ? frame : nil
    }
}

final class ZstdDecompressor {
    private let context: OpaquePointer

    /// Nil where memory ran out.
    init?() {
        guard let context = ZSTD_createDCtx() else { return nil }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Fills a buffer from exactly one frame that states and has the buffer's size; whether there is one.
    func decompress(_ frame: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        ZSTD_getFrameContentSize(frame.baseAddress, frame.count) == UInt64(buffer.count)
            && ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count) == frame.count
            && ZSTD_decompressDCtx(context, buffer.baseAddress, buffer.count, frame.baseAddress, frame.count)
                == buffer.count
    }
}
