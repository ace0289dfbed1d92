import GraphPack

/// Rows of pixels, each with its channels.
struct ReferenceImage {
    var height: Int
    var width: Int
    var channels: Int
    var values: [Float]

    subscript(y: Int, x: Int, c: Int) -> Float {
        get { values[(y * width + x) * channels + c] }
        set { values[(y * width + x) * channels + c] = newValue }
    }

    func map(_ transform: (Float) -> Float) -> ReferenceImage {
        ReferenceImage(height: height, width: width, channels: channels, values: values.map(transform))
    }

    static func + (left: ReferenceImage, right: ReferenceImage) -> ReferenceImage {
        var sum = left
        for i in sum.values.indices { sum.values[i] += right.values[i] }
        return sum
    }
}

/// `Graphs/edsr.graph` as it reads, in reference loops.
struct ReferenceEDSR {
    var tensors: [PackedTensor]
    var scale: Int

    func enlarged(_ lr: ReferenceImage) -> ReferenceImage {
        let head = convolved(lr.map { $0 / 255 }, "head")
        var h = head
        var block = 0
        while tensors.contains(where: { $0.path == "body.\(block).0.filter" }) {
            h = h + convolved(convolved(h, "body.\(block).0").map { max(0, $0) }, "body.\(block).1")
            block += 1
        }
        var u = head + convolved(h, "body.last")
        for k in 0..<(scale == 4 ? 2 : 1) { u = depthToSpace(convolved(u, "up.\(k)"), block: scale == 3 ? 3 : 2) }
        return convolved(u, "tail").map { 255 * $0 }
    }

    private func convolved(_ x: ReferenceImage, _ path: String) -> ReferenceImage {
        let filter = tensors.first { $0.path == "\(path).filter" }!
        let bias = tensors.first { $0.path == "\(path).bias" }!.values
        let outputs = bias.count
        var y = ReferenceImage(
            height: x.height, width: x.width, channels: outputs,
            values: Array(repeating: 0, count: x.height * x.width * outputs))
        for row in 0..<x.height {
            for column in 0..<x.width {
                for o in 0..<outputs {
                    var sum = bias[o]
                    for i in 0..<3 where x.height > row + i - 1 && row + i >= 1 {
                        for j in 0..<3 where x.width > column + j - 1 && column + j >= 1 {
                            for c in 0..<x.channels {
                                let weight = filter.values[((i * 3 + j) * x.channels + c) * outputs + o]
                                sum += weight * x[row + i - 1, column + j - 1, c]
                            }
                        }
                    }
                    y[row, column, o] = sum
                }
            }
        }
        return y
    }

    private func depthToSpace(_ x: ReferenceImage, block: Int) -> ReferenceImage {
        let channels = x.channels / block / block
        var y = ReferenceImage(height: x.height * block, width: x.width * block, channels: channels, values: x.values)
        for row in 0..<y.height {
            for column in 0..<y.width {
                for c in 0..<channels {
                    let place = (row % block * block + column % block) * channels + c
                    y[row, column, c] = x[row / block, column / block, place]
                }
            }
        }
        return y
    }
}
