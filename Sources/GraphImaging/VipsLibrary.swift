#if Vips
    import CGraphVipsShim
    import SystemPackage

    /// libvips, which reads and writes the formats of the package trait `Vips`. Its functions may be called from any thread.
    ///
    /// It keeps what it says of errors in one place for the whole process: where two pictures fail at once, one may get the
    /// other's words.
    enum VipsLibrary {
        private static let isStarted = vips_shim_start()

        /// Starts libvips, where that was not done before.
        static func start(for path: FilePath?, _ task: ImageError.Task) throws(ImageError) {
            guard isStarted else { throw .outOfMemory(path: path, task) }
        }

        /// What was wrong last, in one line.
        static func takeMessage() -> String {
            guard let message = vips_shim_take_message() else { return "" }
            defer { vips_shim_free(message) }
            return String(cString: message)
        }
    }

    extension VipsContainer {
        /// nil for a format that libvips is not asked for.
        init?(_ format: PictureFormat) {
            switch format {
            case .tiff: self = .TIFF
            case .heic, .avif: self = .HEIF
            case .jpegXL: self = .JXL
            case .png, .jpeg, .webp: return nil
            }
        }
    }

    extension VipsPart {
        /// Its bytes; nil where there is none.
        var copied: [UInt8]? {
            byte_count == 0 ? nil : Array(UnsafeRawBufferPointer(start: bytes, count: byte_count))
        }
    }
#endif
