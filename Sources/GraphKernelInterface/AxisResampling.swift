/// Along one axis of an image, the pixel or the two pixels that each pixel of a resized image is made of.
///
/// Pixel d of the result lies at (d·stride + offset) / denominator of the image, no less than 0: a whole number of pixels,
/// and a rest that weighs the next one. All is counted in whole numbers.
public struct AxisResampling: Hashable, Sendable {
    /// Where pixels of the result lie.
    public enum Mode: Hashable, Sendable {
        /// At d·in / out, rounded down: each pixel is one of the image.
        case nearest
        /// At (d + ½)·in / out − ½, between the two pixels next to it.
        case centres
        /// At d·(in − 1) / (out − 1), between the two pixels next to it: the outermost pixels stay.
        case corners
    }

    /// Pixels of the image, and of the result.
    public let inputCount: Int, outputCount: Int
    @usableFromInline let stride: Int, offset: Int, denominator: Int
    /// Whether two pixels are mixed.
    public let isLinear: Bool

    /// Both counts are at least 1.
    public init(_ inputCount: Int, to outputCount: Int, _ mode: Mode) {
        self.inputCount = inputCount
        self.outputCount = outputCount
        isLinear = mode != .nearest
        switch mode {
        case .nearest: (stride, offset, denominator) = (inputCount, 0, outputCount)
        case .centres: (stride, offset, denominator) = (2 * inputCount, inputCount - outputCount, 2 * outputCount)
        case .corners: (stride, offset, denominator) = (inputCount - 1, 0, max(1, outputCount - 1))
        }
    }

    /// The first of the pixels that pixel `index` of the result is made of; the second is the next, where there is one.
    @inlinable
    public func first(_ index: Int) -> Int { max(0, index * stride + offset) / denominator }

    /// The second of them: the same where the image ends.
    @inlinable
    public func second(_ index: Int) -> Int { min(first(index) + (isLinear ? 1 : 0), inputCount - 1) }

    /// What the second of them weighs, from 0 to below 1.
    @inlinable
    public func weight(_ index: Int) -> Float {
        isLinear ? Float(Double(max(0, index * stride + offset) % denominator) / Double(denominator)) : 0
    }

    /// The pixels of the result that a pixel of the image may be a part of.
    public func outputs(of index: Int) -> Range<Int> {
        guard stride > 0 else { return 0..<outputCount }
        let first = index == 0 ? 0 : min(outputCount, max(0, quotient((index - 1) * denominator - offset)))
        return first..<max(first, min(outputCount, quotient((index + 1) * denominator - offset)))
    }

    /// The pixels of the image that rows of the result need, as a window: see `RowMap`.
    public var window: (stride: Int, scale: Int, first: Int, last: Int) {
        (stride, denominator, offset, isLinear ? offset + denominator : offset)
    }

    /// The pixels of the result that rows of the image go into, as a window; nil where all of them do.
    public var transposedWindow: (stride: Int, scale: Int, first: Int, last: Int)? {
        stride > 0 ? (denominator, stride, stride - 1 - denominator - offset, denominator - 1 - offset) : nil
    }

    /// A number divided by the stride, rounded up.
    private func quotient(_ number: Int) -> Int { number <= 0 ? -(-number / stride) : (number + stride - 1) / stride }
}
