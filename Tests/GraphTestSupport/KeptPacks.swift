import Foundation
import SystemPackage

/// Hands the packs of a test's folder over to `Tools/check/pack-reader`, which names a folder for them in
/// GRAPHC_KEEP_PACKS; does nothing in other runs.
public func keepPacks(of folder: FilePath) {
    guard let target = ProcessInfo.processInfo.environment["GRAPHC_KEEP_PACKS"] else { return }
    for name in FileManager.default.subpaths(atPath: folder.string) ?? [] where name.hasSuffix(".gpack") {
        try? FileManager.default.moveItem(atPath: folder.appending(name).string, toPath: "\(target)/\(UUID().uuidString).gpack")
    }
}
