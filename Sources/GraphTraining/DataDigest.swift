import GraphBasics
import GraphPack
import SystemPackage

extension TrainingData {
    /// All files of the pictures, for training and for validation.
    var filePaths: [FilePath] {
        (training + validation).flatMap(\.paths)
    }

    /// What a run was trained and judged on: the hash of each picture's name and files, in order. Where they lie
    /// and when they were written does not show.
    ///
    /// - Parameter files: knows all files of the pictures.
    func digest(of files: DigestedFiles) -> Digest {
        let named =
            training.map { (Array("train/".utf8) + $0.name.bytes, $0) }
            + validation.map { (Array("validate/".utf8) + $0.name.bytes, $0) }
        return Digest(
            of: named.flatMap { name, picture in
                picture.paths.compactMap { files.digest(of: $0).map { (name, $0) } }
            })
    }
}

extension PictureFiles {
    fileprivate var paths: [FilePath] { [truthPath, reducedPath].compactMap(\.self) + extras.map(\.path) }
}
