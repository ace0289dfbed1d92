import GraphIR
import GraphImaging

/// What a network takes beside the picture that it enlarges: another picture, as one that guides it, or a number, as the
/// strength of a filter.
public struct ExtraInput: Hashable, Sendable {
    /// Its name in the graph.
    public var name: String
    /// What it takes.
    public var kind: Kind

    /// What an extra input takes.
    public enum Kind: Hashable, Sendable {
        /// A picture so many times as large as the one that is enlarged, along each side, with one channel or three; or a
        /// number from 0 to 255, which all its samples are.
        case picture(scale: Int, channelCount: Int)
        /// A number, which all its elements are.
        case number
        /// A whole number from 0 to 255, which all its elements are.
        case byte
    }

    /// - Parameters:
    ///   - node: an input of the graph, or a scalar.
    ///   - picture: the input that is enlarged.
    init(_ node: Node, beside picture: TensorType) {
        name = node.name
        kind = Self.kind(of: node.type, beside: picture)
    }

    private static func kind(of type: TensorType, beside picture: TensorType) -> Kind {
        let from = picture.shape.dimensions, to = type.shape.dimensions
        guard type.element == .u8, to.count == 4, to[0] == from[0], let channelCount = to[3].constant,
            channelCount == 1 || channelCount == 3,
            let scale = (1...Enlargement.greatestScale).first(where: { to[1] == $0 * from[1] && to[2] == $0 * from[2] })
        else { return type.element == .u8 ? .byte : .number }
        return .picture(scale: scale, channelCount: channelCount)
    }
}

extension ExtraInput: CustomStringConvertible {
    /// `'guide', a grey picture 2 times as large`
    public var description: String {
        switch kind {
        case .number: "'\(name)', a number"
        case .byte: "'\(name)', a whole number from 0 to 255"
        case .picture(let scale, let channelCount):
            "'\(name)', a \(channelCount == 1 ? "grey " : "")picture "
                + (scale == 1 ? "of the same size" : "\(scale) times as large")
        }
    }
}

extension ExtraInput {
    /// - Parameter size: of the picture that is enlarged, where it is known.
    /// - Throws: where it takes no such value.
    public func check(_ value: ExtraValue, beside size: PictureSize? = nil) throws(EnlargingError) {
        switch (kind, value) {
        case (.number, .number(let number)):
            guard number.isFinite else { throw .otherExtra(self, found: "\(number)") }
        case (.number, .picture), (.byte, .picture): throw .otherExtra(self, found: "a picture")
        case (.picture, .number(let number)), (.byte, .number(let number)):
            guard (0...255).contains(number), number.rounded() == number else {
                throw .otherExtra(self, found: "\(number)")
            }
        case (.picture(let scale, let channelCount), .picture(let picture)):
            if let size, picture.size != PictureSize(width: scale * size.width, height: scale * size.height) {
                throw .otherExtra(self, found: "one of \(picture.size) pixels beside \(size)")
            }
            guard channelCount == 3 || picture.isGrey else { throw .otherExtra(self, found: "one in colour") }
        }
    }
}

extension Picture {
    /// Whether red, green and blue are the same in all pixels.
    fileprivate var isGrey: Bool {
        for first in stride(from: 0, to: pixels.count, by: 3) {
            let red = pixels[first]
            guard pixels[first + 1] == red, pixels[first + 2] == red else { return false }
        }
        return true
    }
}
