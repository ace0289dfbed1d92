import Foundation
import SystemPackage

/// Pictures that are not part of the project: `shared/data` beside the package, or beside a folder around it.
public enum SharedData {
    public static let path: String? = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let data = folder.appendingPathComponent("shared/data").path
            if FileManager.default.fileExists(atPath: data) { return data }
        }
        return nil
    }()

    public static func has(_ name: String) -> Bool {
        path.map { FileManager.default.fileExists(atPath: $0 + "/" + name) } ?? false
    }

    public static func path(_ name: String) -> FilePath { FilePath(path ?? "/").appending(name) }

    public static func pngNames(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder).string).filter { $0.hasSuffix(".png") }.sorted()
    }
}
