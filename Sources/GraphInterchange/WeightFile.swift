import GraphFiles
import GraphPack
import SystemPackage

/// Named tensors of another program's file: `.safetensors`, `.npz`, PyTorch's `.pth` of both kinds, or a pack's weights.
public struct WeightFile: Hashable, Sendable {
    /// In the order of the paths' bytes.
    public private(set) var tensors: [PackedTensor] = []
    /// What a pack keeps beside its weights: the states of its graph, and of a checkpoint what training keeps.
    public private(set) var states: [PackedTensor] = []
    /// Names of arrays that are there and cannot be weights, as counters in whole numbers.
    public private(set) var leftOut: [String] = []

    init() {}

    /// Reads a file of whichever of these formats it is; its contents decide, not its name.
    ///
    /// Nothing in the file is executed. All tensors are taken as float32.
    ///
    /// - Throws: an ``InterchangeError`` that names the part at fault.
    public init(contentsOf path: FilePath) throws(InterchangeError) {
        try self.init(reading: inFile { () throws(FileError) in try InputFile(path) })
    }

    /// Reads a file that is in memory.
    public init(bytes: [UInt8], name: FilePath) throws(InterchangeError) {
        try self.init(reading: InputFile(bytes, name: name))
    }

    private init(reading file: InputFile) throws(InterchangeError) {
        let start = try inFile { () throws(FileError) in try file.bytes(at: 0, count: min(file.byteCount, 10)) }
        if start.starts(with: SectionTable.signature) {
            let pack: Pack
            do { pack = try Pack(reading: file) } catch { throw .pack(error) }
            (tensors, states) = (pack.weights, pack.states)
        } else if start.starts(with: ZipArchive.signature) {
            let archive = try ZipArchive(file)
            let isCheckpoint = archive.entries.keys.contains { $0.hasSuffix("/data.pkl") }
            self = try isCheckpoint ? PyTorchCheckpoint.tensors(in: archive) : NumPyArchive.tensors(in: archive)
        } else if LegacyCheckpoint.isStart(start) {
            self = try LegacyCheckpoint.tensors(in: file)
        } else {
            tensors = try SafeTensors(reading: file).tensors
        }
        tensors.sort { $0.path.precedesInBytes($1.path) }
    }

    /// - Parameter tensor: nil where the numbers cannot be weights.
    mutating func add(_ name: String, _ tensor: PackedTensor?) throws(FormatFault) {
        guard let tensor else {
            leftOut.append(name)
            return
        }
        guard !name.isEmpty, name.isPrintable, name.utf8.count <= SectionTable.Limit.nameByteCount else {
            throw FormatFault(.names, .holdsUnusableName)
        }
        tensors.append(tensor)
    }
}
