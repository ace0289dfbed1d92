import Foundation
import GraphImaging
import GraphTestSupport

@testable import GraphTraining
import SystemPackage

extension TemporaryFolder {
    /// Writes pictures `width` by `height` in a folder inside this one; each differs from the others.
    @discardableResult
    func pictures(_ names: [String], in folder: String = "", width: Int = 48, height: Int = 40) throws -> FilePath {
        let target = folder.isEmpty ? path : path.appending(folder)
        try FileManager.default.createDirectory(atPath: target.string, withIntermediateDirectories: true)
        for (index, name) in names.enumerated() {
            try sample(width: width, height: height, seed: index).writePNG(to: target.appending("\(name).png"))
        }
        return target
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path.appending(name).string, atomically: false, encoding: .utf8)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path.appending(name).string) }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path.appending(name).string)) }
}

/// A picture in which every pixel of a neighbourhood differs, with soft and hard edges.
func sample(width: Int, height: Int, seed: Int) -> Picture {
    var picture = Picture(width: width, height: height)
    for y in 0..<height {
        for x in 0..<width {
            picture[x, y] = Picture.Color(
                red: UInt8((5 * x + 3 * y + 40 * seed) % 256),
                green: UInt8((x * y + 7 * seed) % 256),
                blue: (x / 6 + y / 5 + seed) % 2 == 0 ? 230 : 30)
        }
    }
    return picture
}
