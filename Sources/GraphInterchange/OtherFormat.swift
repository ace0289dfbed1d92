import GraphPack

/// Kinds of files that are met where weights or a network are expected, and hold none that are read.
public enum OtherFormat: String, Hashable, Sendable, CaseIterable {
    case empty = "an empty file"
    case html = "an HTML page"
    case gitLFSPointer = "a Git LFS pointer"
    case hdf5 = "an HDF5 file"
    case onnx = "an ONNX model"
    case gguf = "a GGUF file"
    case npy = "a single .npy array"
    case gzip = "a gzip file"
    case tar = "a tar archive"
    case ncnn = "an ncnn model"
    case tensorFlowLite = "a TensorFlow Lite model"
    case xml = "an XML file, as OpenVINO's networks are"
    case zip = "a ZIP archive, as PyTorch's checkpoints are"
    case pickle = "a Python pickle, as PyTorch's old checkpoints are"
    case safeTensors = "a safetensors file"
    case pack = "a pack of graphc's"

    /// What was expected.
    public enum Wanted: String, Hashable, Sendable {
        case weights
        case network = "a network"
    }

    /// Bytes of a file's start by which a format is known.
    static let startByteCount = 512

    /// - Parameter start: the first ``startByteCount`` bytes, or all of a shorter file.
    init?(_ start: [UInt8]) {
        let found = Self.allCases.first { $0.begins(start) }
        guard let found else { return nil }
        self = found
    }

    private func begins(_ start: [UInt8]) -> Bool {
        switch self {
        case .empty: start.isEmpty
        case .html:
            // Before the tag may stand spaces.
            start.drop { $0 <= UInt8(ascii: " ") }.starts(with: Array("<!doctype".utf8)) { $0 | 0x20 == $1 | 0x20 }
                || start.drop { $0 <= UInt8(ascii: " ") }.starts(with: Array("<html".utf8)) { $0 | 0x20 == $1 | 0x20 }
        case .gitLFSPointer: start.starts(with: Array("version https://git-lfs".utf8))
        case .hdf5: start.starts(with: [0x89] + Array("HDF\r\n".utf8))
        // Field 1 is the version, a small number; field 2 the name of the program that wrote it.
        case .onnx: start.count > 3 && start[0] == 0x08 && start[1] < 0x20 && start[2] == 0x12 && start[3] > 0
        case .gguf: start.starts(with: Array("GGUF".utf8))
        case .npy: start.starts(with: [0x93] + Array("NUMPY".utf8))
        case .gzip: start.starts(with: [0x1F, 0x8B])
        case .tar: start.count >= 262 && start[257..<262].elementsEqual(Array("ustar".utf8))
        case .ncnn: start.starts(with: NCNNFile.signature)
        case .tensorFlowLite: start.dropFirst(4).starts(with: Array("TFL3".utf8))
        case .xml: start.starts(with: Array("<?xml".utf8)) || start.starts(with: Array("<net ".utf8))
        case .zip: start.starts(with: ZipArchive.signature)
        case .pickle: LegacyCheckpoint.isStart(start)
        // The header's length, of eight bytes, and the header.
        case .safeTensors: start.count > 9 && start[5..<8].allSatisfy { $0 == 0 } && start[8] == UInt8(ascii: "{")
        case .pack: start.starts(with: SectionTable.signature)
        }
    }

    /// What to do with it.
    func advice(_ wanted: Wanted) -> String {
        switch self {
        case .empty: "copy it again"
        case .html: "download the file that the page is about"
        case .gitLFSPointer: "fetch the file that it stands for with 'git lfs pull'"
        case .gzip, .tar: "unpack it first"
        case .npy: "save the arrays by their names with numpy.savez"
        case .onnx, .ncnn: "it is a network, which is imported as a whole under a name that ends in .onnx or .param"
        case .hdf5, .gguf, .tensorFlowLite, .xml:
            wanted == .weights ? "export its weights as .safetensors or .npz" : "export the network as ONNX"
        case .zip, .pickle: "unpack an archive; weights are read under a name that ends in .pth"
        case .safeTensors: "weights are read under a name that ends in .safetensors"
        case .pack: "it is a model already, under a name that ends in .gpack"
        }
    }
}

extension String {
    /// A type's name from a file as messages show it; nil of what they cannot.
    var shownType: String? { isPrintable && utf8.count < 100 ? self : nil }
}
