import GraphFiles
import SystemPackage

/// Takes the weights of one layer after another from an ncnn `.bin` file. Nothing in it says whose they are.
struct NCNNWeights {
    private let file: InputFile
    private var offset = 0

    init(_ file: InputFile) { self.file = file }

    /// The forms of weights that may be compressed begin with one of these marks.
    private enum Mark {
        static let floats: UInt32 = 0
        static let halves: UInt32 = 0x0130_6B47
    }

    /// Numbers that may be f32 or f16, as a mark before them says.
    mutating func marked(_ shape: [Int], of layer: NCNNLayer) throws(InterchangeError) -> ForeignTensor {
        guard file.byteCount - offset >= 4 else { throw fault(.weightsEnd(of: layer.name)) }
        let mark = try inFile { () throws(FileError) in try file.bytes(at: offset, count: 4) }.littleEndian(
            at: 0, as: UInt32.self)
        guard mark == Mark.floats || mark == Mark.halves else { throw fault(.weightForm(of: layer.name, mark: mark)) }
        offset += 4
        let tensor = try take(shape, mark == Mark.halves ? .f16 : .f32, of: layer)
        // What follows lies at a multiple of four bytes.
        offset = min(file.byteCount, (offset + 3) / 4 * 4)
        return tensor
    }

    /// Numbers of f32, as they lie there.
    mutating func plain(_ shape: [Int], of layer: NCNNLayer) throws(InterchangeError) -> ForeignTensor {
        try take(shape, .f32, of: layer)
    }

    /// - Throws: when bytes are left that belong to no layer.
    func checkEnd() throws(InterchangeError) {
        guard offset == file.byteCount else { throw fault(.weightsAreLeft(byteCount: file.byteCount - offset)) }
    }

    private mutating func take(
        _ shape: [Int], _ element: ForeignElement, of layer: NCNNLayer
    ) throws(InterchangeError) -> ForeignTensor {
        var byteCount = element.byteCount
        for size in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow else { throw fault(.argument(0, of: layer.name)) }
            byteCount = product
        }
        guard byteCount <= file.byteCount - offset else { throw fault(.weightsEnd(of: layer.name)) }
        defer { offset += byteCount }
        return ForeignTensor(shape: shape, element: element, file: file, range: offset..<offset + byteCount)
    }

    private func fault(_ problem: FormatFault.Network) -> InterchangeError {
        .damaged(path: file.path, FormatFault(.byte(offset), .network(problem)))
    }
}
