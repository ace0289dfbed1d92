/// What a fuzzer gives bytes to: `Tools/fuzz` lets libFuzzer make them, `FuzzCorpusTests` reads those that are kept.
///
/// Whatever the bytes are, nothing traps, hangs or takes much memory, and what is read keeps what it promises.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// The text of a graph: read, printed, read again, compiled, planned.
    case graph
    /// A pack: read, verified, written again. Its graph is the target above.
    case pack
    /// Weights of other programs, of any format.
    case weights
    /// Networks of other programs, and the text that is made of them.
    case network
    case png, jpeg, webp
    /// Raw video.
    case video
    /// Tensors for an entry that runs.
    case run
    /// A data folder: names and contents of its files.
    case data

    /// Does all that is done with bytes of strangers; traps where a promise is broken.
    public func take(_ bytes: [UInt8]) {
        switch self {
        case .graph: takeGraph(bytes)
        case .pack: takePack(bytes)
        case .weights: takeWeights(bytes)
        case .network: takeNetwork(bytes)
        case .png: takePicture(bytes)
        case .jpeg: takePicture(bytes)
        case .webp: takePicture(bytes)
        case .video: takeVideo(bytes)
        case .run: takeTensors(bytes)
        case .data: takeFolder(bytes)
        }
    }

    /// Makes checksums and lengths right after a mutation, so that it is not refused for them alone.
    ///
    /// - Parameter seed: decides what is left as it is.
    public func repair(_ bytes: UnsafeMutableRawBufferPointer, seed: UInt32) {
        guard seed % 16 != 0 else { return }
        switch self {
        case .pack: repairPack(bytes, placesSections: seed % 4 != 1)
        case .png: repairChunks(of: bytes)
        case .weights: repairEntries(of: bytes)
        case .graph, .network, .jpeg, .webp, .video, .run, .data: break
        }
    }

    /// Files for a fuzzer to begin with, by their names.
    public func seeds() throws -> [String: [UInt8]] {
        switch self {
        case .graph: graphSeeds()
        case .pack: packSeeds()
        case .weights: try weightSeeds()
        case .network: try networkSeeds()
        case .png: try pictureSeeds(.png)
        case .jpeg: try pictureSeeds(.jpeg)
        case .webp: try pictureSeeds(.webp)
        case .video: videoSeeds()
        case .run: try tensorSeeds()
        case .data: try folderSeeds()
        }
    }
}
