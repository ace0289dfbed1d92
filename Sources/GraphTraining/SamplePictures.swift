import GraphBasics
import GraphFiles
import GraphRuntime
import GraphImaging
import SystemPackage

/// Writes synthetic pictures as `0001.png`, `0002.png`, …; a seed gives the same ones everywhere.
///
/// - Throws: when a file of such a name is there already, or cannot be written.
public func makeSamplePictures(
    in path: FilePath, of kind: SampleKind = .scenes, count: Int, width: Int, height: Int, seed: UInt64
) throws(TrainingError) {
    try asTrainingError { try Folder.make(path) }
    let paths = (1...count).map { number in
        let digits = "\(number)"
        return path.appending("\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).png")
    }
    if let taken = paths.first(where: FileStatus.exists) {
        throw .samplesExist(path: taken)
    }
    _ = try parallelMap(
        count, threadCount: availableProcessorCount(), tool: { () throws(TrainingError) in }
    ) { (_, index) throws(TrainingError) in
        let seed = seed &+ UInt64(index)
        let picture =
            switch kind {
            case .scenes: Picture(syntheticWidth: width, height: height, seed: seed)
            case .graphics: Picture(syntheticGraphicWidth: width, height: height, seed: seed)
            }
        try asTrainingError { try picture.writePNG(to: paths[index]) }
    }
}
