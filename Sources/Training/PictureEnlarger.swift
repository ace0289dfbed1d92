import GraphRuntime
import Imaging
import Model

/// A model bound to low-resolution pictures of one size.
///
/// It reads the model's weights where they lie, so that it follows them as training changes them.
final class PictureEnlarger {
    let scale: Int
    private let size: PictureSize
    private let session: Session
    private let enlargement: Enlargement
    private let source = TensorSource<UInt8>([])

    /// - Throws: when the model does not enlarge pictures, or memory is short.
    init(_ model: Model, width: Int, height: Int, threadCount: Int) throws(TrainingError) {
        (session, enlargement) = try asTrainingError {
            try model.enlargingSession(height: height, width: width, threadCount: threadCount)
        }
        scale = enlargement.scale
        size = PictureSize(width: width, height: height)
    }

    /// - Precondition: the picture has the size that the enlarger is bound to.
    func enlarged(_ picture: Picture) throws(TrainingError) -> Picture {
        precondition(picture.size == size)
        let sink = TensorSink<UInt8>(count: picture.pixels.count * scale * scale, repeating: 0)
        source.values = picture.pixels
        _ = try asTrainingError {
            try session.run(inputs: [enlargement.input: source], outputs: [enlargement.output: sink])
        }
        return Picture(width: scale * picture.width, height: scale * picture.height, pixels: sink.values)
    }
}
