import GraphBasics
import GraphEnlarging
import GraphFiles
import GraphImaging
import SystemPackage

/// What a model takes beside low-resolution pictures while it is trained or measured: numbers, for each true picture one more,
/// as a guide, and how noisy the low-resolution one was made.
public struct TrainingExtras: Hashable, Sendable {
    /// By the names of the inputs, or scalars: what all elements are.
    public var numbers: [String: Float]
    /// By the names of the inputs: folders that hold a picture of the name of each true one, be it in another format.
    public var folders: [String: FilePath]
    /// The names of inputs whose elements are, for each picture, the deviation of the noise that ``Degradation/noise`` drew for
    /// it, in levels of 255.
    public var noises: Set<String>

    /// Each argument is the property of its name.
    public init(numbers: [String: Float] = [:], folders: [String: FilePath] = [:], noises: Set<String> = []) {
        self.numbers = numbers
        self.folders = folders
        self.noises = noises
    }

    /// Whether nothing is given.
    var isEmpty: Bool { names.isEmpty }

    private var names: [String] { Array(numbers.keys) + Array(folders.keys) + Array(noises) }

    /// - Throws: where not each of what a model takes is given as what it takes.
    func check(_ extras: [ExtraInput]) throws(TrainingError) {
        let names = names
        if let unknown = names.sorted().first(where: { name in !extras.contains { $0.name == name } }) {
            throw .enlarging(.unknownExtra(unknown, known: extras))
        }
        let missing = extras.filter { !names.contains($0.name) }
        guard missing.isEmpty else { throw .enlarging(.missingExtras(missing)) }
        for extra in extras {
            do throws(EnlargingError) {
                if let number = numbers[extra.name] { try extra.check(.number(number)) }
                if noises.contains(extra.name), extra.kind != .number { throw .otherExtra(extra, found: "a deviation of noise") }
                if folders[extra.name] != nil, extra.pictureScale == nil { throw .otherExtra(extra, found: "a picture") }
            } catch { throw .enlarging(error) }
        }
    }

    /// Gives each picture those of the folders that have its name.
    ///
    /// - Parameter extras: what the model takes, as was checked.
    /// - Throws: when a folder cannot be read or lacks a picture, or two pictures of one name would share one.
    func pair(_ pictures: inout [PictureFiles], _ extras: [ExtraInput]) throws(TrainingError) {
        guard !folders.isEmpty else { return }
        var named: [FilePath: FilePath] = [:]
        for picture in pictures {
            if let other = named.updateValue(picture.truthPath, forKey: picture.name), other != picture.truthPath {
                throw .sharedExtra(other, picture.truthPath)
            }
        }
        for extra in extras {
            guard let path = folders[extra.name] else { continue }
            let folder = try asTrainingError { try Folder(path) }
            let names = folder.pictureFiles.names
            try folder.checkNames(of: names)
            let files = Dictionary(uniqueKeysWithValues: names.map { (FilePath(bytes: $0.bytesBeforeEnding), $0) })
            let missing = pictures.filter { files[$0.name] == nil }
            if let first = missing.first {
                throw .missingExtraPictures(
                    extra, folder: path, of: first.truthPath, count: Set(missing).count, pictureCount: Set(pictures).count)
            }
            for index in pictures.indices {
                guard let file = files[pictures[index].name] else { continue }
                pictures[index].extras.append(ExtraFile(input: extra, path: path.appending(file)))
            }
        }
    }

    /// What the model takes beside the reduced picture of a pair.
    func values(beside pair: PicturePair) -> [String: ExtraValue] {
        var values = numbers.mapValues { ExtraValue.number($0) }
        for name in noises { values[name] = .number(pair.noiseDeviation) }
        for extra in pair.extras { values[extra.input.name] = .picture(extra.picture) }
        return values
    }
}

extension TrainingExtras {
    /// In a checkpoint: `number NAME 0.5`, `folder NAME PATH` and `noise NAME`, each ended by a zero.
    var word: String {
        let lines =
            numbers.map { "number \($0.key) \($0.value)" } + folders.map { "folder \($0.key) \($0.value.text)" }
            + noises.map { "noise \($0)" }
        return lines.sorted().map { $0 + "\0" }.joined()
    }

    init(word: String) {
        self.init()
        for line in word.split(separator: "\0") {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            switch (parts.first, parts.count) {
            case ("number", 3): numbers[parts[1]] = Float(parts[2])
            case ("folder", 3): folders[parts[1]] = FilePath(text: parts[2])
            case ("noise", 2): noises.insert(parts[1])
            default: break
            }
        }
    }
}
