import GraphFiles
import SystemPackage

/// Networks in the files of other programs.
public enum NetworkFile {
    /// Reads an `.onnx` file, or the two files of an ncnn network by the name of either.
    ///
    /// Numbers stay in the file until they are asked for. Those of ncnn, and what an `.onnx` file says to lie beside it, are
    /// looked for in its folder.
    ///
    /// - Throws: an ``InterchangeError`` that names the part at fault.
    public static func read(_ path: FilePath) throws(InterchangeError) -> ForeignModel {
        var text = path
        if path.extension == "bin" { text.extension = "param" }
        let file = try inFile { () throws(FileError) in try InputFile(text) }
        let start = try inFile { () throws(FileError) in
            try file.bytes(at: 0, count: min(file.byteCount, OtherFormat.startByteCount))
        }
        let format = OtherFormat(start)
        guard format == .ncnn else {
            if let format, format != .onnx { throw .otherFormat(path: file.path, format, wanted: .network) }
            guard path.extension != "param", path.extension != "bin" else { throw .notNetwork(path: path) }
            return try ONNXFile(file).model
        }
        var weights = text
        weights.extension = "bin"
        return try NCNNFile(file, weights: inFile { () throws(FileError) in try InputFile(weights) }).model
    }

    /// Whether a file's name is that of a network.
    public static func isName(_ path: FilePath) -> Bool { ["onnx", "param"].contains(path.extension) }
}
