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
public func graphc_set_form(_ model: OpaquePointer?, _ form: UnsafePointer<graphc_form>?) -> graphc_status {
    status {
        let handle = try ModelHandle.at(model)
        let form = try ResultForm(form?.pointee ?? graphc_form())
        try handle.withLock { handle.form = form }
    }
}

@c @implementation
public func graphc_enlarged_size(
    _ model: OpaquePointer?, _ width: Int, _ height: Int, _ enlargedWidth: UnsafeMutablePointer<Int>?,
    _ enlargedHeight: UnsafeMutablePointer<Int>?
) -> graphc_status {
    status {
        let handle = try ModelHandle.at(model)
        let places = (try given(enlargedWidth, "the place for the width"), try given(enlargedHeight, "the place for the height"))
        let picture = try size(width, height)
        let enlarged = try handle.withLock {
            try handle.form.size.size(of: picture, networkScale: handle.pictureEnlarger().scale)
        }
        (places.0.pointee, places.1.pointee) = (enlarged.width, enlarged.height)
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
        let picture = try size(width, height)
        try handle.withLock {
            let enlarger = try handle.pictureEnlarger()
            let result = try handle.form.size.size(of: picture, networkScale: enlarger.scale)
            let byteCount = 3 * result.width * result.height
            guard enlargedByteCount == byteCount else {
                throw CallError(
                    "the enlarged picture takes \(byteCount) bytes, and enlarged_byte_count is \(enlargedByteCount)")
            }
            try enlarger.enlarge(
                width: width, height: height,
                from: MemorySource(UnsafeRawBufferPointer(start: pixels, count: 3 * width * height)),
                to: MemorySink(UnsafeMutableRawBufferPointer(start: enlarged, count: byteCount)), form: handle.form,
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
            try handle.pictureEnlarger().enlarged(file: bytes, form: handle.form, observer: observer(progress, context))
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
            try handle.pictureEnlarger().enlarge(input, to: output, form: handle.form, observer: observer(progress, context))
        }
    }
}

@c @implementation
public func graphc_free_bytes(_ bytes: UnsafeMutablePointer<UInt8>?) { free(bytes) }

/// The sides of a picture that a caller has in memory.
private func size(_ width: Int, _ height: Int) throws(CallError) -> PictureSize {
    guard 1...PNGReader.longestSide ~= width, 1...PNGReader.longestSide ~= height else {
        throw CallError("a picture of \(width)×\(height) pixels: each side is from 1 to \(PNGReader.longestSide)")
    }
    return PictureSize(width: width, height: height)
}

extension ResultForm {
    fileprivate init(_ form: graphc_form) throws(CallError) {
        guard 0...PNGReader.longestSide ~= form.width, 0...PNGReader.longestSide ~= form.height else {
            throw CallError("a result of \(form.width)×\(form.height) pixels: each side is at most \(PNGReader.longestSide)")
        }
        var size: ResultSize
        switch (form.width, form.height) {
        case (0, 0): size = .network
        case (let width, 0): size = .width(width)
        case (0, let height): size = .height(height)
        case (let width, let height): size = .sides(PictureSize(width: width, height: height))
        }
        if let scale = form.scale {
            let text = try text(scale, "the scale")
            guard let factor = ResizeFactor(text) else {
                throw CallError("the scale is \(text.shown); it is a factor as 2, 1.5 or 4/3")
            }
            guard size == .network else { throw CallError("a scale and a side are given; say by how much once") }
            size = .scale(factor)
        }
        self.init(size: size, isEnsemble: form.is_ensemble)
    }
}

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
