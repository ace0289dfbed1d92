import GraphBasics
import GraphFiles
import GraphImaging
import SystemPackage

/// The true pictures of one folder, each with its low-resolution one where the data set has them.
public struct PictureSet: Hashable, Sendable {
    /// In the order of their names' bytes.
    public var pictures: [PictureFiles]
    /// How many there are and where their low-resolution ones come from, and what was left out: in words, for people.
    public var summary: String

    /// - Parameters:
    ///   - folder: of the true pictures.
    ///   - reduced: of the low-resolution ones; nil where they are to be made.
    /// - Throws: when there is no picture, or one has no low-resolution one in the folder that holds them.
    init(_ folder: Folder, reduced: ReducedFolder?) throws(TrainingError) {
        let files = folder.pictureFiles
        guard !files.names.isEmpty else {
            throw folder.folders.isEmpty
                ? .noPictures(folder: folder.path, other: folder.names.first)
                : .onlyFolders(folder: folder.path, names: folder.folders)
        }
        pictures = files.names.map { file in
            PictureFiles(
                name: FilePath(bytes: file.bytesBeforeEnding), truthPath: folder.path.appending(file), reducedPath: nil)
        }
        try folder.checkNames(of: files.names)
        let count = readable(count: pictures.count, "picture")
        if let reduced {
            try reduced.pair(&pictures)
            summary =
                "\(folder.path): \(count), \(readable(count: pictures.count)) low-resolution "
                + "\(pictures.count == 1 ? "one" : "ones") from \(reduced.path)"
        } else {
            summary = "\(folder.path): \(count), their low-resolution ones made by bicubic reduction"
        }
        if !files.others.isEmpty { summary += "; left out, being no files: \(files.others.map(\.shown).joined(separator: ", "))" }
    }
}

extension Folder {
    /// Names of its pictures, files that end as those of a format do that is read, in any case, and are not hidden; and names
    /// that end so and lead to something else, as a folder, a pipe or nothing.
    var pictureFiles: (names: [FilePath.Component], others: [FilePath.Component]) {
        let candidates = entries.filter { entry in
            !entry.name.isHidden && entry.name.extension.flatMap(PictureFormat.init(ending:))?.isBuiltIn ?? false
        }
        return (candidates.filter { $0.kind == .file }.map(\.name), candidates.filter { $0.kind != .file }.map(\.name))
    }

    /// Makes sure that no two pictures differ by their endings alone: one would be held out beside its like, or taken for the
    /// low-resolution one of another.
    func checkNames(of pictures: [FilePath.Component]) throws(TrainingError) {
        var seen: [FilePath: FilePath.Component] = [:]
        for picture in pictures {
            if let other = seen.updateValue(picture, forKey: FilePath(bytes: picture.bytesBeforeEnding)) {
                throw .samePictureName(path.appending(other), path.appending(picture))
            }
        }
    }

    /// Names of the folders in it that are not hidden.
    var folders: [FilePath.Component] { entries.filter { !$0.name.isHidden && $0.kind == .folder }.map(\.name) }
}

extension FilePath.Component {
    /// Of a picture's name, what stands before the point of its ending.
    var bytesBeforeEnding: [UInt8] { Array(bytes.prefix(upTo: bytes.lastIndex(of: 0x2E) ?? bytes.endIndex)) }
}
