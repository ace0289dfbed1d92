import GraphIR
import GraphInterchange

extension NetworkWriter {
    /// Enlarges by Keys' kernel as ONNX can say it: a convolution and a pixel shuffle.
    ///
    /// ONNX's own resize repeats the outermost pixels, where here the image is mirrored. So two rows and columns are put around
    /// it first, as `cba|abc`; each result is the sum of 5 × 5 pixels then, channel by channel. Sides are at least 2 pixels.
    mutating func emitBicubic(_ id: ValueID, _ operation: Operation) {
        let factor = operation.attributes.integer("factor")
        guard let channels = graph[id].type.shape.dimensions[3].constant else { return refuse(operation.op) }
        var image = name(operation.operands[0])
        for axis in [2, 3] { image = mirrored(image, axis: axis, for: id) }
        let taps = Self.bicubicTaps(factor: factor)
        var values: [Float] = []
        for _ in 0..<channels {
            for rows in taps { for columns in taps { for row in rows { for column in columns { values.append(row * column) } } } }
        }
        let filter = ForeignTensor(shape: [channels * factor * factor, 1, 5, 5], floats: values)
        let large = emitInner(
            "Conv", id, [image, keep(filter, "bicubic_\(factor)", form: "\(channels) channels")],
            ["group": .integer(channels), "kernel_shape": .integers([5, 5])])
        emit("DepthToSpace", id, [large], ["blocksize": .integer(factor), "mode": .text("CRD")])
    }

    /// An image with two rows or columns more on each side, as a mirror at its edge shows them.
    private mutating func mirrored(_ image: String, axis: Int, for id: ValueID) -> String {
        func slice(_ start: Int, _ end: Int) -> String {
            emitInner("Slice", id, [image, integers([start]), integers([end]), integers([axis])])
        }
        let parts = [slice(1, 2), slice(0, 1), image, slice(-1, Int(Int32.max)), slice(-2, -1)]
        return emitInner("Concat", id, parts, ["axis": .integer(axis)])
    }

    /// For each place of a result within a pixel, what it takes of the five pixels from two before to two behind.
    static func bicubicTaps(factor: Int) -> [[Float]] {
        // What one white pixel of nine leaves around it, read backwards.
        let column = Tensor<Double>(shape: [1, 9, 1, 1], values: (0..<9).map { $0 == 4 ? 1 : 0 })
        let attributes = Attributes(["factor": .size(Size(factor))])
        let response = OpName.resizeBicubic.definition.evaluate([column], attributes, resultShape: [1, 9 * factor, factor, 1])
        return (0..<factor).map { place in
            (0..<5).map { tap in
                let row = (6 - tap) * factor + place
                return Float(response.values[row * factor])
            }
        }
    }
}
