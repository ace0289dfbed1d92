import Glibc
import GraphCommandSupport
import GraphEnlarging
import GraphFiles
import GraphImaging
import SystemPackage

/// The pictures that a command is given, by name, by folder or by pattern, and where the result of each goes.
struct PictureList {
    /// What is to be enlarged.
    private(set) var pictures: [Listed] = []
    /// Pictures whose results were there before.
    private(set) var finishedCount = 0
    /// Files in folders that are no pictures, hidden ones among them.
    private(set) var passedOverCount = 0
    /// Why there will be no result of some pictures, a message for each.
    private(set) var failures: [String] = []
    /// What people should know before it begins.
    private(set) var notes: [String] = []
    /// Whether one picture goes into one file.
    private(set) var isSingle = false

    struct Listed {
        /// What messages call it.
        let name: FilePath
        /// Bytes of its file, where that is known.
        let byteCount: Int
        /// Files that the network is given beside it.
        let extraPaths: [FilePath]
        let item: PictureBatch.Item
    }

    /// How results are named and written.
    struct Output {
        /// A file, a folder, or `-` for standard output.
        var path: FilePath
        /// Whether the path was given as that of a folder.
        var namesFolder: Bool
        var format: PictureFormat?
        var quality: PictureEncoding.Quality?
        /// Whether results that are there are made anew.
        var overwrites: Bool
    }

    /// Whether a result goes to standard output, by whatever name, so that no word may.
    var usesStandardOutput: Bool {
        output.path == "-" || FileStatus(output.path).map { $0.identity == FileStatus(.standardOutput)?.identity } ?? false
    }

    /// Of pictures that go into a folder, those that this process enlarges.
    let share: WorkShare
    /// Whether pictures of many pixels come before others.
    private let isCostliestFirst: Bool
    private let output: Output
    private let extras: ExtraArguments

    /// - Parameters:
    ///   - inputs: files, folders, patterns as `photos/*.jpg` where no file has that name, and `-` for standard input.
    ///   - opened: a single input, where it has been opened.
    ///   - extras: what the network takes beside each picture.
    ///   - share: of the pictures of folders and patterns, by their pixels.
    ///   - isCostliestFirst: whether pictures of many pixels come before others.
    ///   - otherInputs: files that must not be replaced, either.
    /// - Throws: when an input is missing, the output does not fit the inputs, or would replace one.
    init(
        _ inputs: [FilePath], opened: PictureSource?, to output: Output, extras: ExtraArguments, share: WorkShare,
        isCostliestFirst: Bool, keeping otherInputs: [FilePath]
    ) throws {
        self.extras = extras
        self.isCostliestFirst = isCostliestFirst
        self.output = output
        self.share = share
        let inputs = inputs.flatMap(Self.expanded)
        let isFolder = inputs.contains { FileStatus($0)?.kind == .folder }
        guard isFolder || inputs.count > 1 || output.namesFolder || FileStatus(output.path)?.kind == .folder else {
            guard share.count == 1 else { throw CommandError("\(inputs[0]): is one picture, and --part divides several") }
            try addSingle(inputs[0], opened, keeping: otherInputs)
            return
        }
        try checkFolder(for: inputs)
        var found: [Found] = []
        for input in inputs {
            if FileStatus(input)?.kind == .folder {
                let tree = try FileTree(below: input, excluding: output.path)
                passedOverCount += tree.hiddenCount
                failures += tree.unreadable.map { errorMessage($0, command: "graphrun") }
                for path in tree.paths {
                    var name = path
                    _ = name.removePrefix(input)
                    found.append(Found(path: path, name: name, isNamed: false))
                }
            } else {
                guard input != "-" else { throw CommandError("-: standard input goes into one file; name it by -o FILE") }
                let name = input.lastComponent.map { FilePath(root: nil, [$0]) } ?? input
                found.append(Found(path: input, name: name, isNamed: true))
            }
        }
        try add(found, keeping: otherInputs)
        guard !pictures.isEmpty || finishedCount > 0 || share.count > 1 || !failures.isEmpty else {
            throw CommandError(
                "\(inputs.shown): holds no picture; those are \(PictureFormat.list(PictureFormat.builtIn, "and")) files")
        }
    }

    // MARK: One picture into one file

    private mutating func addSingle(_ input: FilePath, _ opened: PictureSource?, keeping otherInputs: [FilePath]) throws {
        isSingle = true
        if usesStandardOutput, isatty(STDOUT_FILENO) == 1, !ProcessStarter.takesOutput {
            throw CommandError("\(output.path): a terminal cannot show a picture; write it to a file or into a pipe")
        }
        // A pattern may stand for it.
        let source = try opened ?? PictureSource(path: input)
        let ownName = input.lastComponent.map { FilePath(root: nil, [$0]) }
        let isStream = output.path == "-"
        let destination: PictureDestination =
            isStream ? .stream(.standardOutput, name: "standard output") : .file(output.path)
        var encoding = output.format.map { PictureEncoding($0, quality: output.quality) }
        if !isStream {
            try checkOutput(output.path, replacesNoneOf: [input] + extras.paths(for: ownName) + otherInputs)
            if encoding == nil, FileStatus(output.path)?.kind != .other, output.path.extension != nil {
                encoding = try PictureEncoding(endingOf: output.path)
            }
            if let format = output.format, let named = PictureFormat(ending: output.path.extension ?? ""), named != format {
                notes.append("\(output.path): is written as \(format), as --format says, and its name says \(named)")
            }
        }
        if let format = encoding?.format ?? source.format { encoding = PictureEncoding(format, quality: output.quality) }
        pictures.append(
            Listed(
                name: source.path ?? input, byteCount: source.byteCount, extraPaths: extras.paths(for: ownName),
                item: item({ () throws(ImageError) in source }, to: destination, as: encoding, named: ownName)))
    }

    private func item(
        _ source: @escaping @Sendable () throws(ImageError) -> PictureSource, to destination: PictureDestination,
        as encoding: PictureEncoding?, named name: FilePath?
    ) -> PictureBatch.Item {
        PictureBatch.Item(source, to: destination, as: encoding) { [extras] () throws(ImageError) in
            try extras.values(for: name)
        }
    }

    // MARK: Pictures into a folder

    private func checkFolder(for inputs: [FilePath]) throws {
        guard output.path != "-" else { throw CommandError("-: several pictures do not go into one stream; name a folder by -o") }
        let kind = FileStatus(output.path)?.kind
        let looksLikePicture = PictureFormat(ending: output.path.extension ?? "") != nil
        let folder = FileStatus(output.path)?.identity
        if folder != nil, let same = inputs.first(where: { FileStatus($0)?.identity == folder }) {
            throw CommandError("\(same): is read and cannot be written to as well; name another folder by -o")
        }
        guard kind.map({ $0 == .folder }) ?? (!looksLikePicture || output.namesFolder) else {
            throw CommandError("\(output.path): is no folder; several pictures need one")
        }
    }

    private struct Found {
        let path: FilePath
        /// Below the folder that was named, or by itself.
        let name: FilePath
        /// Whether the user named it, so that it is not passed over.
        let isNamed: Bool
    }

    private mutating func add(_ found: [Found], keeping otherInputs: [FilePath]) throws {
        var targets = try targets(of: found, keeping: otherInputs)
        if isCostliestFirst { targets.sort { $0.pixelCount > $1.pixelCount } }
        // What was finished before counts, too, so that all processes divide the same.
        let own = share.count == 1 ? Array(targets.indices) : share.indices(ofCosts: targets.map(\.pixelCount))
        for target in own.map({ targets[$0] }) {
            if !output.overwrites, FileStatus(target.path)?.kind == .file {
                finishedCount += 1
                continue
            }
            pictures.append(
                Listed(
                    name: target.source, byteCount: FileStatus(target.source)?.byteCount ?? 0,
                    extraPaths: extras.paths(for: target.name),
                    item: item(
                        { () throws(ImageError) in
                            if let kept = target.kept { return kept }
                            return try PictureSource(path: target.source)
                        }, to: .file(target.path), as: target.encoding, named: target.name)))
        }
    }

    /// Where the result of a picture goes.
    private struct Target {
        let path: FilePath
        let encoding: PictureEncoding?
        /// The picture.
        let source: FilePath
        /// Below the folder that was named, or by itself.
        let name: FilePath
        /// What a pipe gave, which is gone from it.
        let kept: PictureSource?
        /// Of the picture; 0 where it cannot be read, or nobody asks.
        let pixelCount: Int
    }

    private mutating func targets(of found: [Found], keeping otherInputs: [FilePath]) throws -> [Target] {
        let extraPaths = found.flatMap { extras.paths(for: $0.name) }.filter { FileStatus($0) != nil }
        let inputs = try KnownFiles(found.map(\.path) + extraPaths + otherInputs)
        var targets: [Target] = []
        var sources: [FilePath: FilePath] = [:]
        var folders: Set<FilePath> = []
        for file in found {
            let path = file.path
            let (source, isUnread) = Self.opened(path)
            let kept = FileStatus(path)?.kind == .other ? source : nil
            let format = source?.format
            guard file.isNamed || isUnread || format != nil || PictureFormat.isNameOfPicture(path) else {
                passedOverCount += 1
                continue
            }
            let encoding = (output.format ?? format).map { PictureEncoding($0, quality: output.quality) }
            let target = output.path.appending(file.name.named(for: encoding?.format).components)
            if let other = sources[target] {
                // What is named twice is one picture.
                let identity = FileStatus(path)?.identity
                if other != path, identity == nil || identity != FileStatus(other)?.identity {
                    failures.append(
                        "graphrun: \(path): would go to \(target), as \(other) does; rename one of them, or enlarge it by itself")
                }
                continue
            }
            sources[target] = path
            if folders.isEmpty {
                try Folder.checkWritable(output.path)
                try Folder.make(output.path)
            }
            let folder = target.removingLastComponent()
            do {
                if !folders.contains(folder) { try Folder.make(folder) }
                folders.insert(folder)
                try inputs.check(target)
            } catch {
                failures.append(errorMessage(error, command: "graphrun"))
                continue
            }
            let size = share.count == 1 && !isCostliestFirst ? nil : try? source?.uprightSize()
            targets.append(
                Target(
                    path: target, encoding: encoding, source: path, name: file.name, kept: kept,
                    pixelCount: size.map { $0.width * $0.height } ?? 0))
        }
        return targets
    }

    /// A file of a folder, and whether the system fails to read it, so that it may be a picture: its turn says why.
    private static func opened(_ path: FilePath) -> (source: PictureSource?, isUnread: Bool) {
        do { return (try PictureSource(path: path), false) } catch {
            guard case .file(.unreadable(_, .system(let cause))) = error else { return (nil, false) }
            return (nil, cause != .permissionDenied)
        }
    }

    /// What a pattern stands for; the name itself where a file has it, or nothing fits.
    private static func expanded(_ input: FilePath) -> [FilePath] {
        guard input != "-", FileStatus(input) == nil, input.bytes.contains(where: "*?[".utf8.contains) else { return [input] }
        var found = glob_t()
        defer { globfree(&found) }
        guard input.withPlatformString({ glob($0, GLOB_MARK, nil, &found) }) == 0 else { return [input] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { FilePath(platformString: $0) } }
    }
}

extension PictureFormat {
    /// Whether a file's name says that it is a picture, be it one that can be read or not.
    fileprivate static func isNameOfPicture(_ path: FilePath) -> Bool {
        let ending = path.extension?.lowercased() ?? ""
        return PictureFormat(ending: ending) != nil
            || ["gif", "bmp", "jp2"].contains(ending)
    }
}

extension FilePath {
    /// The name with the ending of a format, which takes the place of another format's and follows any other one.
    fileprivate func named(for format: PictureFormat?) -> FilePath {
        let known = PictureFormat(ending: self.extension ?? "")
        guard let format, known != format else { return self }
        guard known != nil else { return extended(by: ".\(format.ending)") }
        var name = self
        name.extension = format.ending
        return name
    }
}
