import CGraphC
import Glibc
import GraphC

// Made once, and never changed.
nonisolated(unsafe) private let version = UnsafePointer(strdup(Release.version))

@c @implementation
public func graphc_version() -> UnsafePointer<CChar>? { version }

@c @implementation
public func graphc_last_error() -> UnsafePointer<CChar>? { LastError.pointer }

@c @implementation
public func graphc_load(
    _ path: UnsafePointer<CChar>?, _ threadCount: Int, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> graphc_status {
    model?.pointee = nil
    return status {
        let place = try given(model, "the place for the model")
        guard 0...1024 ~= threadCount else { throw CallError("\(threadCount) threads are too many: 1024 is the most") }
        let handle = ModelHandle(
            try Model(contentsOf: try GraphCAPI.path(path, "the path")),
            threadCount: threadCount == 0 ? availableProcessorCount() : threadCount)
        place.pointee = OpaquePointer(Unmanaged.passRetained(handle).toOpaque())
    }
}

@c @implementation
public func graphc_free_model(_ model: OpaquePointer?) {
    guard let model else { return }
    let handle = Unmanaged<ModelHandle>.fromOpaque(UnsafeRawPointer(model))
    // A process that was forked has none of the threads that would have to end: its copy ends with it.
    if handle.takeUnretainedValue().isOfThisProcess { handle.release() }
}
