import CGraphC
import Glibc
import GraphC

@c @implementation
public func graphc_scale(_ model: OpaquePointer?, _ scale: UnsafeMutablePointer<Int>?) -> graphc_status {
    status {
        let place = try given(scale, "the place for the scale")
        let handle = try ModelHandle.at(model)
        place.pointee = try handle.withLock { try handle.pictureEnlarger().scale }
    }
}

@c @implementation
public func graphc_enlarge_pixels(
    _ model: OpaquePointer?, _ pixels: UnsafePointer<UInt8>?, _ width: Int, _ height: Int,
    _ enlarged: UnsafeMutablePointer<UInt8>?, _ enlargedByteCount: Int, _ progress: graphc_progress?,
    _ context: UnsafeMutableRawPointer?
) -> graphc_status {
    status {
        let handle = try ModelHandle.at(model)
        let (pixels, enlarged) = (try given(pixels, "pixels"), try given(enlarged, "enlarged"))
        guard 1...PNGReader.longestSide ~= width, 1...PNGReader.longestSide ~= height else {
            throw CallError("a picture of \(width)×\(height) pixels: each side is from 1 to \(PNGReader.longestSide)")
        }
        try handle.withLock {
            let enlarger = try handle.pictureEnlarger()
            let byteCount = 3 * width * height
            guard enlargedByteCount == enlarger.scale * enlarger.scale * byteCount else {
                throw CallError(
                    "the enlarged picture takes \(enlarger.scale * enlarger.scale * byteCount) bytes, "
                        + "and enlarged_byte_count is \(enlargedByteCount)")
            }
            try enlarger.enlarge(
                width: width, height: height,
                from: MemorySource(UnsafeRawBufferPointer(start: pixels, count: byteCount)),
                to: MemorySink(UnsafeMutableRawBufferPointer(start: enlarged, count: enlargedByteCount)),
                observer: observer(progress, context))
        }
    }
}

@c @implementation
public func graphc_enlarge_bytes(
    _ model: OpaquePointer?, _ file: UnsafePointer<UInt8>?, _ byteCount: Int,
    _ enlarged: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ enlargedByteCount: UnsafeMutablePointer<Int>?,
    _ progress: graphc_progress?, _ context: UnsafeMutableRawPointer?
) -> graphc_status {
    enlarged?.pointee = nil
    enlargedByteCount?.pointee = 0
    return status {
        let handle = try ModelHandle.at(model)
        let place = try given(enlarged, "the place for the enlarged picture")
        let countPlace = try given(enlargedByteCount, "the place for its size")
        guard byteCount >= 0 else { throw CallError("a file of \(UInt(bitPattern: byteCount)) bytes is too large") }
        let bytes = Array(UnsafeBufferPointer(start: try given(file, "file"), count: byteCount))
        let result = try handle.withLock {
            try handle.pictureEnlarger().enlarged(file: bytes, observer: observer(progress, context))
        }
        guard let copy = malloc(result.count) else { throw CallError("there is no memory left for the enlarged picture") }
        result.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: copy, count: $0.count).copyMemory(from: $0) }
        place.pointee = copy.assumingMemoryBound(to: UInt8.self)
        countPlace.pointee = result.count
    }
}

@c @implementation
public func graphc_enlarge_file(
    _ model: OpaquePointer?, _ input: UnsafePointer<CChar>?, _ output: UnsafePointer<CChar>?,
    _ progress: graphc_progress?, _ context: UnsafeMutableRawPointer?
) -> graphc_status {
    status {
        let handle = try ModelHandle.at(model)
        let (input, output) = (try path(input, "input"), try path(output, "output"))
        _ = try handle.withLock {
            try handle.pictureEnlarger().enlarge(input, to: output, observer: observer(progress, context))
        }
    }
}

@c @implementation
public func graphc_free_bytes(_ bytes: UnsafeMutablePointer<UInt8>?) { free(bytes) }

/// The caller's rows. Sizes were checked against the memory's.
private final class MemorySource: RowSource {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func fill(row: Int, into target: UnsafeMutableRawBufferPointer) {
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[row * target.count..<(row + 1) * target.count]))
    }
}

private final class MemorySink: RowSink {
    private let bytes: UnsafeMutableRawBufferPointer

    init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

    func take(row: Int, from source: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[row * source.count..<(row + 1) * source.count])
            .copyMemory(from: source)
    }
}
