import GraphBasics
import GraphFiles
import GraphPack
import GraphImaging
import SystemPackage

/// What becomes of photographs that a data set is to be made of: which are kept, under what names, and why others are not.
///
/// It is a function of the photographs, their order and the options.
public struct Preparation: Hashable, Sendable {
    /// A photograph of the set.
    public struct Kept: Hashable, Sendable {
        /// The photograph's file.
        public var source: FilePath
        /// What its pictures are called: a number of four digits or more.
        public var name: String
        /// Whether it is validated on, or trained on.
        public var isForValidation: Bool
        /// Of the true picture, which is cut to a multiple of the scales.
        public var size: PictureSize
        /// The hash of the photograph's size and pixels.
        var digest: Digest
    }

    /// A photograph that is left out.
    public struct Dropped: Hashable, Sendable {
        /// The file.
        public var source: FilePath
        /// Why.
        public var reason: DropReason
    }

    /// In the order of their names.
    public private(set) var kept: [Kept] = []
    /// In the order of the photographs.
    public private(set) var dropped: [Dropped] = []
    /// How the set is made.
    public let options: PreparationOptions

    /// Looks at photographs.
    ///
    /// - Parameters:
    ///   - paths: files, and folders that are looked through at any depth but for what is hidden.
    ///   - folder: where the set goes, which is not looked into.
    ///   - progress: called with the number of photographs that were looked at, from any thread, one call at a time.
    /// - Throws: when a path leads nowhere or a folder cannot be read, or too few photographs are good.
    public init(
        _ paths: [FilePath], into folder: FilePath, _ options: PreparationOptions,
        progress: @Sendable (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws(TrainingError) {
        self.options = options
        let sources = try Self.photographs(paths, excluding: folder)
        guard !sources.isEmpty else { throw .noPhotographs(paths: paths) }
        let looks = try parallelMap(
            sources.count, threadCount: options.threadCount, isInterrupted: { false },
            progress: { progress($0, sources.count) }, tool: { () throws(TrainingError) in }
        ) { (_, index) throws(TrainingError) in
            Result { () throws(ImageError) in
                PhotographTraits(try Picture(contentsOf: sources[index], acceptsPipes: false), options)
            }
        }
        let good = judge(zip(sources, looks ?? []))
        let count = options.validation.count(of: good.count)
        guard good.count >= max(2, count + 1) else {
            throw .tooFewKept(good.count, of: sources.count, neededCount: max(2, count + 1))
        }
        let (training, validation) = DataFolder.holdOut(count, of: good)
        for (index, photograph) in (training + validation).enumerated() {
            let digits = "\(index + 1)"
            let unit = options.sideUnit, size = photograph.traits.size
            kept.append(
                Kept(
                    source: photograph.source, name: String(repeating: "0", count: max(0, 4 - digits.count)) + digits,
                    isForValidation: index >= training.count,
                    size: PictureSize(width: size.width / unit * unit, height: size.height / unit * unit),
                    digest: photograph.traits.digest))
        }
    }

    /// Each file once, folder by folder in the order of names.
    private static func photographs(_ paths: [FilePath], excluding folder: FilePath) throws(TrainingError) -> [FilePath] {
        var files: [FilePath] = []
        for path in paths {
            switch FileStatus(path)?.kind {
            case .folder:
                let tree = try asTrainingError { try FileTree(below: path, excluding: folder) }
                if let error = tree.unreadable.first { throw .file(error) }
                files += tree.paths
            case .file, .link, .other: files.append(path)
            case nil: throw .file(.unreadable(path: path, .missing))
            }
        }
        var seen: Set<FilePath> = []
        return files.filter { seen.insert($0).inserted }
    }

    /// The photographs that are good for the set; the others are dropped.
    private mutating func judge(
        _ looks: some Sequence<(FilePath, Result<PhotographTraits, ImageError>)>
    ) -> [(source: FilePath, traits: PhotographTraits)] {
        var good: [(source: FilePath, traits: PhotographTraits)] = []
        for (source, look) in looks {
            switch look {
            case .failure(let error): dropped.append(Dropped(source: source, reason: .unreadable(error)))
            case .success(let traits):
                if let reason = reason(against: traits, among: good) {
                    dropped.append(Dropped(source: source, reason: reason))
                } else {
                    good.append((source, traits))
                }
            }
        }
        return good
    }

    private func reason(
        against traits: PhotographTraits, among good: [(source: FilePath, traits: PhotographTraits)]
    ) -> DropReason? {
        guard let psnr = traits.bicubicPSNR else {
            return .tooSmall(traits.size, smallestSide: PreparationOptions.smallestSide)
        }
        if let other = good.first(where: { $0.traits.digest == traits.digest }) { return .samePixels(as: other.source) }
        if psnr >= PreparationOptions.flatPSNR { return .flat(psnr: psnr, scale: options.scales.max() ?? 1) }
        let near = good.first { $0.traits.hash.distance(to: traits.hash) <= PreparationOptions.nearDistance }
        return near.map { .looksLike($0.source) }
    }
}
