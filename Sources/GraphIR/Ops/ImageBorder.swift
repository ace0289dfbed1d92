import GraphKernelInterface

/// What `pad` puts around an image along one axis, and what it shares with its gradient.
struct ImageBorder {
    let mode: BorderMode
    let before, after: Int

    static let attributes = [
        AttributeDeclaration("sides", .sides), AttributeDeclaration("mode", words, default: .word(BorderMode.constant.rawValue)),
        AttributeDeclaration("value", .float, default: .float(0)),
    ]
    private static let words = AttributeDeclaration.Kind.word(BorderMode.allCases.map(\.rawValue))

    /// - Parameter axis: 1 for rows, 2 for columns.
    init(_ attributes: Attributes, axis: Int) {
        let sides = attributes.integers("sides")
        mode = ImageBorder.mode(attributes)
        (before, after) = axis == 1 ? (sides[0], sides[1]) : (sides[2], sides[3])
    }

    private static func mode(_ attributes: Attributes) -> BorderMode {
        BorderMode(rawValue: attributes.word("mode")) ?? .constant
    }

    /// Checks what is known of the sides: nothing is taken away, and no more is mirrored than there is.
    static func check(_ x: TensorType, _ attributes: Attributes, in op: OpName) throws(OpError) {
        for (place, side) in attributes.sizes("sides").enumerated() {
            if let number = side.constant, number < 0 { throw .negativeSide(op, number) }
            let rest = x.shape.dimensions[1 + place / 2] - side
            if mode(attributes) == .reflect, let number = rest.constant, number < 1 { throw .reflectsTooMuch(x, side) }
        }
    }

    /// The index within 0..<size that the larger image shows at `index`; nil where it shows a number.
    private func source(of index: Int, size: Int) -> Int? { mode.source(of: index, before: before, size: size) }

    /// The rows that rows of the result need. Those of a border reach back into the image, and so a few more are named.
    var map: RowMap {
        switch mode {
        case .constant: .window(stride: 1, scale: 1, first: -before, last: -before)
        case .edge: .window(stride: 1, scale: 1, first: -before - after, last: 0)
        case .reflect: .window(stride: 1, scale: 1, first: -before - 2 * after, last: before)
        }
    }

    /// The rows of the larger image that rows of the smaller go to.
    var gradientMap: RowMap {
        switch mode {
        case .constant: .window(stride: 1, scale: 1, first: before, last: before)
        case .edge: .window(stride: 1, scale: 1, first: 0, last: before + after)
        case .reflect: .window(stride: 1, scale: 1, first: -before, last: before + 2 * after)
        }
    }

    /// Where the channels of a pixel of the larger image begin, and those of the pixel that it shows.
    @inline(__always)
    static func forEachPixel(
        _ inner: [Int], _ attributes: Attributes, _ outer: [Int], _ body: (_ outside: Int, _ inside: Int) -> Void
    ) {
        let vertical = ImageBorder(attributes, axis: 1), horizontal = ImageBorder(attributes, axis: 2)
        for n in 0..<inner[0] {
            for row in 0..<outer[1] {
                guard let h = vertical.source(of: row, size: inner[1]) else { continue }
                for column in 0..<outer[2] {
                    guard let w = horizontal.source(of: column, size: inner[2]) else { continue }
                    body(((n * outer[1] + row) * outer[2] + column) * inner[3], ((n * inner[1] + h) * inner[2] + w) * inner[3])
                }
            }
        }
    }
}
