import GraphIR
import GraphKernelInterface

/// Some channels of an image, which a convolution reads where they lie.
struct ChannelPiece {
    var image: ValueID
    var channels: Range<Int>

    /// What a group's concatenation and slices make of images from outside; nil where that is no run of channels each.
    static func pieces(of value: ValueID, _ analysis: GroupAnalysis) -> [ChannelPiece]? {
        guard analysis.gather.contains(value), let operation = analysis.graph[value].operation else {
            guard analysis.graph[value].type.element == .f32, analysis.graph.constant(value) == nil,
                let channels = analysis.shape(value).last
            else { return nil }
            return [ChannelPiece(image: value, channels: 0..<channels)]
        }
        guard analysis.shape(value).count == 4, operation.attributes.integer("axis") == 3 else { return nil }
        if operation.op == .concat {
            var pieces: [ChannelPiece] = []
            for operand in operation.operands {
                guard let some = Self.pieces(of: operand, analysis) else { return nil }
                pieces += some
            }
            return pieces
        }
        guard let whole = Self.pieces(of: operation.operands[0], analysis), whole.count == 1 else { return nil }
        let start = whole[0].channels.lowerBound + operation.attributes.integer("start")
        return [ChannelPiece(image: whole[0].image, channels: start..<start + operation.attributes.integer("length"))]
    }
}

extension ChannelPieces {
    /// nil when there are more than a kernel takes.
    init?(_ pieces: [ChannelPiece], _ analysis: GroupAnalysis, firstInput: Int) {
        guard let channels = PartSizes(pieces.map(\.channels.count)),
            let firstChannels = PartSizes(pieces.map(\.channels.lowerBound)),
            let imageChannels = PartSizes(pieces.map { analysis.shape($0.image).last ?? 0 })
        else { return nil }
        self.init(channels: channels, firstChannels: firstChannels, imageChannels: imageChannels, firstInput: firstInput)
    }

    /// Whether each piece fills vectors of 8.
    var fillVectors: Bool { (0..<channels.count).allSatisfy { channels[$0] % 8 == 0 } }
}
