import GraphFiles
import SystemPackage

/// The low-resolution pictures that a data set gives beside its true ones, under the names that are in use.
///
/// Folders beside those of the true pictures, in any case of letters, for a scale of 4:
///
///     LR_bicubic/X4  LR_bicubic_X4  LRbicx4  bicx4  LR/x4  LR_x4  X4    those of the scale
///     LR_bicubic  LR  LQ                                                where it holds no folder of a scale
///
/// in DIV2K's and Flickr2K's layouts with their beginnings, as `DIV2K_train_LR_bicubic/X4`. Of `NAME.png` the pictures are
/// `NAMEx4.png`, `NAME_x4.png`, `NAME-x4.png` or `NAME.png`, those of DIV2K's mild, difficult and wild ones `NAMEx4m.png`,
/// `NAMEx4d.png`, `NAMEx4w.png` and the first of four, `NAMEx4w1.png`, or have the ending of another format: whichever fits most
/// of a folder.
///
/// Source: the data sets of Agustsson and Timofte, 2017 (DIV2K) and Lim et al., 2017 (Flickr2K, and the benchmarks of
/// EDSR's authors); BasicSR, `docs/DatasetPreparation.md` and its scripts for MATLAB.
struct ReducedFolder {
    let path: FilePath
    let scale: Int
    /// Names of files by what stands before their ending; `X4` at its end is written `x4`, too.
    private let files: [FilePath: FilePath.Component]

    /// A folder that holds the pictures itself, or in a folder of the scale.
    ///
    /// - Throws: when it is missing or cannot be read.
    init(_ path: FilePath, scale: Int) throws(TrainingError) {
        let folder = try asTrainingError { try Folder(path) }
        if let inner = folder.folders.first(where: { ScaleName($0.string) == ScaleName(rest: "", scale: scale) }) {
            try self.init(folder: asTrainingError { try Folder(path.appending(inner)) }, scale: scale)
        } else {
            try self.init(folder: folder, scale: scale)
        }
    }

    private init(folder: Folder, scale: Int) throws(TrainingError) {
        let names = folder.pictureFiles.names
        try folder.checkNames(of: names)
        path = folder.path
        self.scale = scale
        var files: [FilePath: FilePath.Component] = [:]
        for file in names {
            let name = file.bytesBeforeEnding
            files[FilePath(bytes: name)] = file
            let ending = Array("X\(scale)".utf8)
            if name.suffix(ending.count) == ending[...] {
                files[FilePath(bytes: name.dropLast(ending.count)).extended(by: "x\(scale)")] = file
            }
        }
        self.files = files
    }

    /// What lies beside the true pictures, by the first name of the list above that is there.
    ///
    /// - Parameters:
    ///   - beginning: what the folder's name begins with, as `DIV2K_train_`; nil for anything.
    ///   - orWithout: whether a name without the beginning will do.
    /// - Returns: nil where there is no folder of such a name, or none for this scale.
    /// - Throws: when a folder cannot be read.
    static func found(
        in folder: Folder, beginning: String?, orWithout: Bool, scale: Int
    ) throws(TrainingError) -> ReducedFolder? {
        var best: (rank: Int, path: FilePath)?
        for name in folder.folders {
            let kinds = ScaleName.readings(of: name.string, beginning: beginning, orWithout: orWithout)
            guard let kind = kinds.first(where: { $0.rank != nil }), let rank = kind.rank,
                kind.scale ?? scale == scale, rank < best?.rank ?? .max
            else { continue }
            let path = folder.path.appending(name)
            if kind.scale == nil, try isForOtherScales(path, scale: scale) { continue }
            best = (rank, path)
        }
        guard let best else { return nil }
        return try ReducedFolder(best.path, scale: scale)
    }

    /// Whether a folder holds folders of other scales, and nothing else that could be meant.
    private static func isForOtherScales(_ path: FilePath, scale: Int) throws(TrainingError) -> Bool {
        let folder = try asTrainingError { try Folder(path) }
        let scales = folder.folders.map { ScaleName($0.string) }.filter { $0.rest.isEmpty }.compactMap(\.scale)
        return !scales.isEmpty && !scales.contains(scale) && folder.pictureFiles.names.isEmpty
    }

    /// Gives each picture its low-resolution one.
    ///
    /// - Throws: naming the first that has none, and how many have none.
    func pair(_ pictures: inout [PictureFiles]) throws(TrainingError) {
        let plain = ["x\(scale)", "_x\(scale)", "-x\(scale)", ""]
        let endings = plain.reversed() + ["x\(scale)m", "x\(scale)d", "x\(scale)w", "x\(scale)w1"]
        func count(_ ending: String) -> Int { pictures.count { files[$0.name.extended(by: ending)] != nil } }
        // The first of those that fit most.
        let ending = endings.max { count($0) < count($1) } ?? ""
        let missing = pictures.filter { files[$0.name.extended(by: ending)] == nil }
        if let first = missing.first {
            throw .missingReduced(
                folder: path, of: first.truthPath,
                lookedFor: plain.map { first.name.extended(by: "\($0).\(first.truthPath.extension ?? "png")") },
                count: missing.count, pictureCount: pictures.count)
        }
        for index in pictures.indices {
            pictures[index].reducedPath = files[pictures[index].name.extended(by: ending)].map { path.appending($0) }
        }
    }
}

/// The name of a folder, in small letters, and the scale at its end: of `LR_bicubic_X4` these are `lr_bicubic` and 4.
private struct ScaleName: Equatable {
    var rest: String
    var scale: Int?

    init(rest: String, scale: Int?) {
        self.rest = rest
        self.scale = scale
    }

    init(_ name: String) {
        let name = name.lowercased()
        let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
        let before = name.dropLast(digits)
        guard digits > 0, before.last == "x", let scale = Int(name.suffix(digits)) else {
            self.init(rest: name, scale: nil)
            return
        }
        let rest = before.dropLast()
        self.init(rest: String(rest.last == "_" || rest.last == "-" ? rest.dropLast() : rest), scale: scale)
    }

    /// A folder's name without what it may begin with; where that may be anything, from each `LR` behind a `_`, too.
    static func readings(of name: String, beginning: String?, orWithout: Bool) -> [ScaleName] {
        var rests: [Substring] = orWithout ? [name[...]] : []
        if let beginning {
            if name.lowercased().hasPrefix(beginning.lowercased()) { rests.append(name.dropFirst(beginning.count)) }
        } else {
            rests += name.indices.filter { name[$0] == "_" }.map { name[$0...].dropFirst() }
                .filter { $0.lowercased().hasPrefix("lr") }
        }
        return rests.map { ScaleName(String($0)) }
    }

    /// 0 for pictures by bicubic reduction, then what says nothing of how, then other kinds; nil for the name of something
    /// else.
    var rank: Int? {
        switch rest {
        case "lr_bicubic", "lr_bic", "lrbicubic", "lrbic", "bicubic", "bic": 0
        case "lr", "lq": 1
        case "": scale == nil ? nil : 2
        default: rest.hasPrefix("lr_") ? 3 : nil
        }
    }
}
