/// The rows and columns of zeros around the image of one convolution.
///
/// `pad = same` is (k − 1)/2 on every side, times the dilation, so that at stride 1 there are as many rows as before; `valid`
/// is none; `2` is two on every side, `[1, 2]` one above and below and two on the left and right, and
/// `[1, 2, 3, 4]` stands for top, bottom, left and right.
public struct ConvolutionPadding: Hashable, Sendable {
    /// Rows and columns of zeros on each side.
    public var top, bottom, left, right: Int

    /// The padding that an attribute stands for with a filter of this size.
    public init(_ attributes: Attributes, filterHeight: Int, filterWidth: Int) {
        let sides: [Int]
        switch attributes.padding("pad") {
        case .padding(.same):
            // Windows that are no filters have none.
            let dilation = attributes["dilation"] == nil ? 1 : attributes.integer("dilation")
            sides = [filterHeight, filterWidth].map { ($0 - 1) * dilation / 2 }
        case .size(let size): sides = Attributes(["pad": .sizes([size, size])]).integers("pad")
        case .sizes: sides = attributes.integers("pad")
        case .padding(.valid), .float, .truth, .word, .table: sides = [0, 0]
        }
        (top, bottom) = sides.count == 4 ? (sides[0], sides[1]) : (sides[0], sides[0])
        (left, right) = sides.count == 4 ? (sides[2], sides[3]) : (sides[1], sides[1])
    }

    var vertical: Int { top + bottom }
    var horizontal: Int { left + right }
}
