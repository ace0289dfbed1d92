import GraphKernelInterface

/// A tensor's sizes as an image: what is not one counts as a single row.
struct ImageShape {
    var imageCount: Int, height: Int, width: Int, channels: Int

    init(imageCount: Int, height: Int, width: Int, channels: Int) {
        self.imageCount = imageCount
        self.height = height
        self.width = width
        self.channels = channels
    }

    init(_ shape: [Int]) {
        if shape.count == 4 {
            self.init(imageCount: shape[0], height: shape[1], width: shape[2], channels: shape[3])
        } else {
            let channels = shape.last ?? 1
            self.init(imageCount: 1, height: 1, width: shape.dropLast().reduce(1, *), channels: channels)
        }
    }

    var elementCount: Int { imageCount * height * width * channels }

    func geometry(output: ImageShape) -> RowGeometry {
        RowGeometry(
            inputHeight: height, inputWidth: width, inputChannels: channels, outputHeight: output.height,
            outputWidth: output.width, outputChannels: output.channels, imageCount: imageCount)
    }
}
