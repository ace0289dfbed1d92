/// What the poolings and their gradients share: windows that go over an image as the taps of a convolution do.
///
/// `size`, `stride` and `pad` are a number or `[vertical, horizontal]`, and `pad` what it is to `conv2d`. Each window holds
/// a pixel of the image at least. Result row oh is of rows oh·stride − top to oh·stride − top + size − 1, those that exist.
/// `exact` refuses images and padding of which the last windows leave rows or columns over.
struct Pooling {
    let window: [Int]
    let stride: [Int]
    let padding: ConvolutionPadding

    static let attributes = [
        AttributeDeclaration("size", .pair(1...Convolution.largestFilter)), AttributeDeclaration("stride", .pair(1...64)),
        AttributeDeclaration("pad", .padding(0...Convolution.largestFilter), default: .padding(.valid)),
        AttributeDeclaration("exact", .truth, default: .truth(false)),
    ]

    init(_ attributes: Attributes) {
        window = attributes.integers("size")
        stride = attributes.integers("stride")
        padding = ConvolutionPadding(attributes, filterHeight: window[0], filterWidth: window[1])
    }

    /// The attributes of one use, for passing on to another face of it.
    static func passed(_ attributes: Attributes) -> Attributes {
        Attributes([
            "size": .sizes(attributes.sizes("size")), "stride": .sizes(attributes.sizes("stride")),
            "pad": attributes.padding("pad"), "exact": .truth(attributes.truth("exact")),
        ])
    }

    static func outputType(of x: TensorType, _ attributes: Attributes, in op: OpName) throws(OpError) -> TensorType {
        try x.requireF32(in: op)
        try x.requireImages(in: op)
        let pooling = Pooling(attributes), padding = pooling.padding
        guard max(padding.top, padding.bottom) < pooling.window[0], max(padding.left, padding.right) < pooling.window[1] else {
            throw .paddingHoldsWindow(op, window: pooling.window)
        }
        var result = x
        for (axis, added) in [(1, padding.vertical), (2, padding.horizontal)] {
            let place = axis - 1
            let stride = pooling.stride[place], last = x.shape.dimensions[axis] + added - pooling.window[place]
            let count = last.floorDivided(by: stride) + 1
            if let number = count.constant, number < 1 { throw .imageBelowWindow(op, x) }
            if attributes.truth("exact"), (stride * (count - 1)).compared(to: last) == .different {
                throw .windowsLeavePixels(op, window: pooling.window, stride: pooling.stride, x)
            }
            result.shape.dimensions[axis] = count
        }
        return result
    }

    /// Rows (axis 1) or columns (axis 2) of the image that those of the pooled image need.
    func map(alongAxis axis: Int) -> RowMap {
        let first = axis == 1 ? padding.top : padding.left
        return .window(stride: stride[axis - 1], scale: 1, first: -first, last: window[axis - 1] - 1 - first)
    }

    /// Rows of the pooled image that those of the image go into.
    func gradientMap(alongAxis axis: Int) -> RowMap {
        let first = axis == 1 ? padding.top : padding.left
        let (stride, window) = (stride[axis - 1], window[axis - 1])
        return .window(stride: 1, scale: stride, first: first - window + stride, last: first)
    }

    /// Rows of the image in windows with those of the image.
    func neighbourMap(alongAxis axis: Int) -> RowMap {
        .window(stride: 1, scale: 1, first: 1 - window[axis - 1], last: window[axis - 1] - 1)
    }

    /// The indices along an axis of `count` that the window at `index` holds.
    private func span(_ index: Int, axis: Int, count: Int) -> Range<Int> {
        let start = index * stride[axis - 1] - (axis == 1 ? padding.top : padding.left)
        return max(0, start)..<min(count, start + window[axis - 1])
    }

    /// Where each pixel of the pooled image begins, and where the pixels of its window do, row after row.
    @inline(__always)
    func forEachWindow(_ image: [Int], _ pooled: [Int], _ body: (_ pooled: Int, _ pixels: [Int]) -> Void) {
        for n in 0..<pooled[0] {
            for oh in 0..<pooled[1] {
                let rows = span(oh, axis: 1, count: image[1])
                for ow in 0..<pooled[2] {
                    let columns = span(ow, axis: 2, count: image[2])
                    let pixels = rows.flatMap { h in columns.map { ((n * image[1] + h) * image[2] + $0) * image[3] } }
                    body(((n * pooled[1] + oh) * pooled[2] + ow) * pooled[3], pixels)
                }
            }
        }
    }
}
