import GraphLanguage

/// Why an operation does not fit its operands. The elaborator adds where.
public enum OpError: Error, Hashable, Sendable {
    /// There are not as many operands as the op's signature names.
    case operandCount(OpName, Int)
    /// An attribute without a default is left out.
    case missingAttribute(OpName, String)
    /// The op's signature has no attribute of this name.
    case unknownAttribute(OpName, String)
    /// The attribute of this name cannot have its value.
    case attribute(OpName, String, AttributeFault)
    /// `min` is above `max`.
    case reversedBounds(OpName, min: Double, max: Double)
    /// `pad_zero` would take away.
    case negativePadding(Int)
    /// A side of `pad` would take away.
    case negativeSide(OpName, Int)
    /// A side that mirrors more pixels than the image has beside its outermost.
    case reflectsTooMuch(TensorType, Size)
    /// `order` is not a list of all axes.
    case order([Size], of: TensorType)

    /// The operand has no such axis.
    case axis(OpName, Int, of: TensorType)
    /// One of `axes` is not known, not there or there twice.
    case reducedAxis(OpName, Size, rank: Int)
    /// A slice begins before an axis, ends behind it or holds nothing.
    case sliceOutside(TensorType, axis: Int, start: Size, length: Size)

    /// An operand is u8.
    case notF32(OpName, TensorType)
    /// An operand has not as many dimensions as the layout.
    case rank(OpName, Layout, found: TensorType)
    /// Operands differ from the first in their number of dimensions.
    case unequalRanks(OpName, first: TensorType, found: TensorType)
    /// - Parameter operand: its name; nil where the op takes any number of operands that are alike.
    case operandElement(OpName, operand: String?, expected: TensorType, found: TensorType)
    /// - Parameter operand: its name; nil where the op takes any number of operands that are alike.
    case operandShape(OpName, operand: String?, expected: TensorType, found: TensorType)

    /// No shape is one that all operands broadcast to.
    case noCommonShape(OpName, first: TensorType, found: TensorType)
    /// `broadcast` cannot repeat its operand to the shape.
    case broadcast(TensorType, to: TensorType)
    /// `reshape` to a shape of more or fewer elements.
    case reshape(TensorType, to: TensorType)
    /// An operand of `matmul` with fewer than two dimensions.
    case matrices(TensorType)
    /// The matrices of two operands, as they are read, do not meet, or those before them do not broadcast.
    case matrixShapes(TensorType, TensorType, columns: Size, rows: Size)
    /// `sum_to` cannot sum its operand to the shape.
    case sumTo(TensorType, from: TensorType)
    /// The slope of `prelu` has an element for something else than the elements of x.
    case slope(TensorType, x: TensorType)

    /// A filter's height or width depends on a symbol.
    case symbolicFilter(TensorType)
    /// A filter's height or width is even or too large.
    case filterSize(TensorType)
    /// - Parameter expected: the filter with as many input channels as each group of x has.
    case filterChannels(expected: TensorType, found: TensorType, groupCount: Int)
    /// A filter's output channels are no multiple of the number of groups.
    case filterGroups(Int, TensorType)
    /// A filter reaches over more rows or columns than the largest has, since its taps lie apart.
    case filterReach(TensorType, dilation: Int)
    /// A convolution has no result: the image, with its padding, is smaller than the filter.
    case imageBelowFilter(TensorType, leastHeight: Int, leastWidth: Int)
    /// An image with its padding is smaller than a window of a pooling.
    case imageBelowWindow(OpName, TensorType)
    /// A pooling's padding holds a whole window.
    case paddingHoldsWindow(OpName, window: [Int])
    /// The windows of an exact pooling do not end where the image does.
    case windowsLeavePixels(OpName, window: [Int], stride: [Int], TensorType)
    /// `align_corners` with pixels that are not mixed.
    case cornersOfNearest(OpName)
    /// The op is a gradient whose own gradient is not written.
    case noGradient(OpName)
    /// An image's channels are no multiple of what the op makes one channel of.
    case channelsNotMultiple(OpName, of: Int, TensorType)
    /// An image's height or width is no multiple of what the op makes one row or column of.
    case sidesNotMultiple(OpName, of: Int, TensorType)

    /// A size that the model leaves open is bound to 1, and would have to be repeated.
    case repeatedSize(OpName, expected: TensorType, found: TensorType)
    /// Bound sizes give an operation another result than its node has.
    case otherResult(OpName, expected: TensorType, found: TensorType)
    /// More than ``TensorLimits/rank`` dimensions.
    case tooManyDimensions(Int)
    /// A dimension has more than 100 terms and factors.
    case complexDimension
    /// A dimension is 0 or less.
    case emptyTensor(TensorType)
    /// More elements than ``TensorLimits`` allows.
    case tooManyElements(TensorType, isResult: Bool)
    /// A convolution over images of this type passes ``TensorLimits/convolutionOperationCount``.
    case tooMuchWork(OpName, TensorType)

    /// What the dimensions of an operand are.
    public enum Layout: Hashable, Sendable {
        case image
        case filter
    }

    /// Why an attribute cannot have its value.
    public enum AttributeFault: Error, Hashable, Sendable {
        /// The value is of another kind.
        case otherKind(AttributeDeclaration.Kind)
        /// A list that is longer or shorter than those of the kind.
        case listLength(Int, AttributeDeclaration.Kind)
        /// A number that depends on a symbol.
        case symbolic(Size)
        /// A number outside the attribute's range.
        case outOfRange(ClosedRange<Int>, Int)
        /// A number that is below 0 or not finite.
        case negative(Double)
        /// A number that is not above 0 or not finite.
        case notPositive(Double)
    }
}

extension OpError: CustomStringConvertible {
    /// What a diagnostic says of it.
    public var wording: Wording {
        switch self {
        case .operandCount(let op, let count):
            Wording(
                .wrongOperandCount, "\(op) takes \(op.definition.signature.operandCount)",
                expected: op.definition.signature.written(as: op), found: "\(count) operand\(count == 1 ? "" : "s")")
        case .missingAttribute(let op, let name): Wording(.missingAttribute, "\(op) needs '\(name) = …'")
        case .unknownAttribute(let op, let name):
            Wording(.unknownAttribute, "\(op) has no attribute '\(name)'; it has \(op.definition.signature.attributeNames)")
        case .attribute(let op, let name, let fault): fault.wording(of: "'\(name)' of \(op)")
        case .reversedBounds(let op, let lower, let upper):
            Wording(
                .badAttribute, "'min' of \(op) must be at most 'max'", expected: "min ≤ \(upper)", found: "min = \(lower)")
        case .negativePadding(let count):
            Wording(.badAttribute, "pad_zero adds at least 0 zeros; slice cuts", found: count)
        case .negativeSide(let op, let count):
            Wording(.badAttribute, "\(op) adds at least 0 rows and columns; slice cuts", found: count)
        case .reflectsTooMuch(let type, let side):
            Wording(
                .shapeMismatch, "pad mirrors more pixels than there are beside the outermost",
                expected: "sides below the height and width of \(type)", found: side)
        case .order(let order, let type):
            Wording(
                .badAxis, "'order' of transpose must name each axis once",
                expected: "\(type.shape.rank) distinct numbers below \(type.shape.rank)", found: "\(order)")

        case .axis(let op, let axis, let type):
            Wording(
                .badAxis, "\(op) along axis \(axis) of a tensor with \(type.shape.rank) dimensions",
                expected: "an axis below \(type.shape.rank)", found: type)
        case .reducedAxis(let op, let axis, let rank):
            Wording(
                .badAxis, "'axes' of \(op) must be distinct axes of the operand",
                expected: "numbers from 0 to \(rank - 1)", found: axis)
        case .sliceOutside(let type, let axis, let start, let length):
            Wording(
                .outOfRange, "slice reaches outside axis \(axis)",
                expected: "indices 0..<\(type.shape.dimensions[axis])", found: "\(start)..<\(start + length) of \(type)")

        case .notF32(let op, let type):
            Wording(
                .elementMismatch, "\(op.spelling) takes f32; write f32(…) around a u8 operand",
                expected: TensorType(.f32, type.shape), found: type)
        case .rank(let op, let layout, let found):
            Wording(
                .rankMismatch, "\(op) takes \(layout.names.count) dimensions",
                expected: "\(found.element.rawValue)[\(layout.names.joined(separator: ", "))]", found: found)
        case .unequalRanks(let op, let first, let found):
            Wording(
                .rankMismatch, "the operands of \(op) differ in their number of dimensions", expected: first, found: found)
        case .operandElement(let op, let operand, let expected, let found):
            Wording(
                .elementMismatch, "\(operand ?? "an operand") of \(op) has the wrong element type", expected: expected,
                found: found)
        case .operandShape(let op, let operand, let expected, let found):
            Wording(
                .shapeMismatch, "\(operand ?? "an operand") of \(op) has the wrong shape", expected: expected, found: found)

        case .noCommonShape(let op, let first, let found):
            Wording(
                .shapeMismatch, "the operands of \(op.spelling) do not broadcast to one shape",
                expected: "\(first), or 1 in place of a dimension", found: found)
        case .broadcast(let x, let target):
            Wording(.shapeMismatch, "x does not broadcast to the shape that is asked for", expected: target, found: x)
        case .reshape(let x, let target):
            Wording(
                .shapeMismatch, "the shape that is asked for has another number of elements",
                expected: "\(x.shape.elementCount) elements", found: target)
        case .matrices(let found):
            Wording(
                .rankMismatch, "matmul takes matrices in the last two dimensions", expected: "at least 2 dimensions",
                found: found)
        case .matrixShapes(let a, let b, let columns, let rows):
            Wording(
                .shapeMismatch, "matmul needs as many columns in a as rows in b, and batches that broadcast",
                expected: "\(columns) rows in b", found: "\(a) and \(b), \(rows) rows")
        case .sumTo(let target, let x):
            Wording(
                .shapeMismatch, "the shape that is asked for does not broadcast to x",
                expected: "a shape that \(target) broadcasts to", found: x)
        case .slope(let slope, let x):
            Wording(
                .shapeMismatch, "the slope of prelu does not broadcast to x", expected: "a shape that broadcasts to \(x)",
                found: slope)

        case .symbolicFilter(let filter):
            Wording(.badFilter, "a filter's height and width must be known when compiling", found: filter)
        case .filterSize(let filter):
            Wording(
                .badFilter, "a filter's height and width must be odd and at most \(Convolution.largestFilter)",
                expected: "f32[3, 3, in, out]", found: filter)
        case .filterChannels(let expected, let found, let groupCount):
            Wording(
                .shapeMismatch,
                groupCount == 1
                    ? "the filter's input channels are not those of x"
                    : "the filter's input channels are not those of a group of x",
                expected: expected, found: found)
        case .filterGroups(let groupCount, let filter):
            Wording(
                .shapeMismatch, "\(groupCount) groups need a filter with a multiple of \(groupCount) output channels",
                expected: "f32[3, 3, in, \(groupCount)*C]", found: filter)
        case .filterReach(let filter, let dilation):
            Wording(
                .badFilter,
                "with dilation = \(dilation) the filter reaches over more than \(Convolution.largestFilter) rows or columns",
                expected: "at most \((Convolution.largestFilter - 1) / dilation + 1) taps in each direction", found: filter)
        case .imageBelowFilter(let image, let height, let width):
            Wording(
                .shapeMismatch, "the image is smaller than the filter",
                expected: "at least \(height) rows and \(width) columns, or pad = same", found: image)
        case .imageBelowWindow(let op, let image):
            Wording(.shapeMismatch, "the image is smaller than the window of \(op)", found: image)
        case .paddingHoldsWindow(let op, let window):
            Wording(
                .badAttribute, "'pad' of \(op) must be below its 'size'",
                expected: "below \(window[0]) above and below, and \(window[1]) on the left and right")
        case .windowsLeavePixels(let op, let window, let stride, let image):
            Wording(
                .shapeMismatch, "the windows of \(op) leave rows or columns over",
                expected:
                    "\(window[0]) + \(stride[0])*k rows and \(window[1]) + \(stride[1])*k columns with the padding, or exact = false",
                found: image)
        case .cornersOfNearest(let op): Wording(.badAttribute, "'align_corners' of \(op) is for mode = bilinear")
        case .noGradient(let op): Wording(.noGradient, "\(op) has no gradient")
        case .channelsNotMultiple(let op, let factor, let found):
            Wording(
                .shapeMismatch, "\(op) needs a multiple of \(factor) channels",
                expected: "\(found.element.rawValue)[N, H, W, \(factor)*C]", found: found)
        case .sidesNotMultiple(let op, let factor, let found):
            Wording(
                .shapeMismatch, "\(op) needs a height and width that are multiples of \(factor)",
                expected: "\(found.element.rawValue)[N, \(factor)*H, \(factor)*W, C]", found: found)

        case .repeatedSize(let op, let expected, let found):
            Wording(
                .shapeMismatch, "\(op.spelling) repeats what is 1 for all sizes, and not what is bound to 1",
                expected: expected, found: found)
        case .otherResult(let op, let expected, let found):
            Wording(.shapeMismatch, "with these sizes \(op) has another result", expected: expected, found: found)
        case .tooManyDimensions(let rank):
            Wording(.tooLarge, "a tensor has at most \(TensorLimits.rank) dimensions, this one \(rank)")
        case .complexDimension:
            Wording(.tooLarge, "a dimension has at most \(Size.complexityLimit) terms and factors")
        case .emptyTensor(let type): Wording(.emptyTensor, "every dimension must be at least 1", found: type)
        case .tooMuchWork(let op, let type):
            Wording(
                .tooLarge,
                "\(op) multiplies and adds at most 2^\(TensorLimits.convolutionOperationCount.trailingZeroBitCount) times",
                found: type)
        case .tooManyElements(let type, let isResult):
            Wording(
                .tooLarge,
                "\(isResult ? "a result" : "a weight or input") holds at most "
                    + "2^\(TensorLimits.mostElements(isResult: isResult).trailingZeroBitCount) elements",
                found: type)
        }
    }

    public var description: String { wording.inOneLine() }
}

extension OpError.AttributeFault {
    /// - Parameter subject: the attribute, as `'stride' of conv2d`.
    fileprivate func wording(of subject: String) -> Wording {
        let code = Diagnostic.Code.badAttribute
        return switch self {
        case .otherKind(let kind): Wording(code, "\(subject) \(kind.wanted)")
        case .listLength(let count, let kind): Wording(code, "\(subject) \(kind.wanted)", found: "a list of \(count)")
        case .symbolic(let size): Wording(code, "\(subject) must be known when compiling", found: size)
        case .outOfRange(let range, let number):
            Wording(
                code, "\(subject) is out of range", expected: "\(range.lowerBound)…\(range.upperBound)", found: number)
        case .negative(let number): Wording(code, "\(subject) must be at least 0", found: number)
        case .notPositive(let number): Wording(code, "\(subject) must be above 0", found: number)
        }
    }
}

extension OpError.Layout {
    /// The dimensions' names, outermost first.
    var names: [String] {
        switch self {
        case .image: ["N", "H", "W", "C"]
        case .filter: ["height", "width", "in", "out"]
        }
    }
}

extension Signature {
    /// How many operands the op takes: `1 operand`, `at least 2 operands`.
    fileprivate var operandCount: String {
        "\(isVariadic ? "at least " : "")\(operands.count) operand\(operands.count == 1 ? "" : "s")"
    }

    fileprivate var attributeNames: String {
        attributes.isEmpty ? "none" : attributes.map { "'\($0.name)'" }.joined(separator: ", ")
    }
}
