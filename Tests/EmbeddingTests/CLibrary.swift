import Foundation

/// The shared library as a program finds it that loads it by its name.
final class CLibrary {
    private let handle: UnsafeMutableRawPointer

    static let path = Place.products + "/libGraphCAPI.so"

    struct LoadError: Error, CustomStringConvertible {
        let description: String
    }

    init() throws {
        guard let handle = dlopen(Self.path, RTLD_NOW | RTLD_LOCAL) else {
            throw LoadError(description: String(cString: dlerror()))
        }
        self.handle = handle
    }

    func holds(_ function: String) -> Bool { dlsym(handle, function) != nil }

    func version() throws -> UnsafePointer<CChar> {
        guard let address = dlsym(handle, "graphc_version") else {
            throw LoadError(description: "there is no graphc_version")
        }
        return unsafeBitCast(address, to: (@convention(c) () -> UnsafePointer<CChar>).self)()
    }
}
