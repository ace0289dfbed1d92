import CGraphProcessShim
import Glibc
import SystemPackage

/// The path of the program that runs, with symbolic links resolved.
public var runningExecutable: FilePath {
    let started = process_shim_executable_path().map { FilePath(platformString: $0) } ?? ""
    guard let resolved = realpath("/proc/self/exe", nil) ?? started.withPlatformString({ realpath($0, nil) }) else {
        return started
    }
    defer { free(resolved) }
    return FilePath(platformString: resolved)
}
