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
    /// Why the first of them is, which is said where nothing else is there.
    private var firstLeftOut: FormatFault?

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
        let startByteCount = min(file.byteCount, OtherFormat.startByteCount)
        let start = try inFile { () throws(FileError) in try file.bytes(at: 0, count: startByteCount) }
        if start.starts(with: SectionTable.signature) {
            let pack: Pack
            do { pack = try Pack(reading: file) } catch { throw .pack(error) }
            (tensors, states) = (pack.weights, pack.states)
        } else if start.starts(with: ZipArchive.signature) {
            let archive = try ZipArchive(file)
            if archive.entries.keys.contains(where: { $0.hasSuffix("/data.pkl") }) {
                self = try PyTorchCheckpoint.tensors(in: archive)
            } else if archive.entries.keys.allSatisfy({ $0.hasSuffix(".npy") }) {
                self = try NumPyArchive.tensors(in: archive)
            } else {
                throw .otherArchive(path: file.path, entry: archive.entries.keys.min { $0.precedesInBytes($1) } ?? "")
            }
        } else if LegacyCheckpoint.isStart(start) {
            self = try LegacyCheckpoint.tensors(in: file)
        } else if let format = OtherFormat(start), format != .safeTensors {
            throw .otherFormat(path: file.path, format, wanted: .weights)
        } else {
            let read = try SafeTensors(reading: file)
            tensors = read.tensors
            do throws(FormatFault) {
                for (name, problem) in read.leftOut.sorted(by: { $0.key.precedesInBytes($1.key) }) { try leaveOut(name, problem) }
            } catch { throw .damaged(path: file.path, error) }
        }
        if tensors.isEmpty, let firstLeftOut { throw .damaged(path: file.path, firstLeftOut) }
        tensors.sort { $0.path.precedesInBytes($1.path) }
        leftOut.sort { $0.precedesInBytes($1) }
    }

    mutating func add(_ tensor: PackedTensor) throws(FormatFault) {
        try Self.check(tensor.path)
        tensors.append(tensor)
    }

    /// - Parameter problem: why it cannot be a weight.
    mutating func leaveOut(_ name: String, _ problem: FormatFault.Problem) throws(FormatFault) {
        try Self.check(name)
        leftOut.append(name)
        firstLeftOut = firstLeftOut ?? FormatFault(.tensor(name), problem)
    }

    private static func check(_ name: String) throws(FormatFault) {
        guard !name.isEmpty, name.isPrintable, name.utf8.count <= SectionTable.Limit.nameByteCount else {
            throw FormatFault(.names, .holdsUnusableName)
        }
    }
}
