import GraphEnlarging
import GraphImaging
import SystemPackage

/// The file of a picture that a model takes beside a pair.
public struct ExtraFile: Hashable, Sendable {
    /// What takes it.
    var input: ExtraInput
    var path: FilePath

    /// - Throws: where the picture's size is not so many times that of the reduced picture.
    func check(_ size: PictureSize, reduced: PictureSize) throws(TrainingError) {
        let scale = input.pictureScale ?? 1
        // Where sides are no multiple of the scale the rest is cut off, of a low-resolution picture that was rounded up, too.
        guard 0...1 ~= size.width / scale - reduced.width, 0...1 ~= size.height / scale - reduced.height else {
            throw .otherExtraSize(
                path: path, size, expected: PictureSize(width: scale * reduced.width, height: scale * reduced.height), input)
        }
    }
}

/// A picture that a model takes beside a pair.
struct ExtraPicture: Hashable, Sendable {
    var input: ExtraInput
    var picture: Picture

    /// How many times larger it is than the pair's reduced picture.
    var scale: Int { input.pictureScale ?? 1 }
    /// Whether the input has one channel.
    var isGrey: Bool { if case .picture(_, channelCount: 1) = input.kind { true } else { false } }
}

extension ExtraInput {
    /// Of inputs that take a picture, how many times larger it is than the one that is enlarged.
    var pictureScale: Int? {
        if case .picture(let scale, _) = kind { scale } else { nil }
    }
}
