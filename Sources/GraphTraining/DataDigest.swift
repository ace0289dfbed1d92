import GraphBasics
import GraphPack
import SystemPackage

extension TrainingData {
    /// All files of the pictures, for training and for validation.
    var filePaths: [FilePath] {
        (training + validation).flatMap { picture in [picture.truthPath, picture.reducedPath].compactMap(\.self) }
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
                [picture.truthPath, picture.reducedPath].compactMap { $0.flatMap(files.digest).map { (name, $0) } }
            })
    }
}
