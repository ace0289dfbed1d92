/// The index arithmetic of one convolution with all sizes bound.
struct ConvolutionIndices {
    let images, height, width, inputChannels: Int
    let filterHeight, filterWidth: Int
    let outputHeight, outputWidth, outputChannels: Int
    let stride, padTop, padLeft, dilation: Int
    /// Channels of each group.
    let groupInputChannels, groupOutputChannels: Int
    /// For each channel of x, where the taps and the channels of y begin that it meets.
    let channels: [(filter: Int, output: Int)]

    init(x: [Int], filter: [Int], output: [Int], _ attributes: Attributes) {
        (images, height, width, inputChannels) = (x[0], x[1], x[2], x[3])
        (filterHeight, filterWidth) = (filter[0], filter[1])
        (outputHeight, outputWidth, outputChannels) = (output[1], output[2], output[3])
        stride = attributes.integer("stride")
        let padding = ConvolutionPadding(attributes, filterHeight: filterHeight, filterWidth: filterWidth)
        (padTop, padLeft) = (padding.top, padding.left)
        dilation = attributes.integer("dilation")
        let groupCount = attributes.integer("groups")
        let (inputs, outputs, rowLength) = (inputChannels / groupCount, outputChannels / groupCount, outputChannels)
        (groupInputChannels, groupOutputChannels) = (inputs, outputs)
        channels = (0..<inputChannels).map { c in
            let (group, ci) = c.quotientAndRemainder(dividingBy: inputs)
            return (filter: ci * rowLength + group * outputs, output: group * outputs)
        }
    }

    /// Where the channels of an x pixel, a filter tap and a y pixel that meet begin.
    struct Meeting {
        var x, filter, output: Int
    }

    /// Every filter tap over every pixel of one row of y, where it meets a pixel of x.
    func meetings(image n: Int, row oh: Int) -> [Meeting] {
        var meetings: [Meeting] = []
        meetings.reserveCapacity(outputWidth * filterHeight * filterWidth)
        for ow in 0..<outputWidth {
            for r in 0..<filterHeight {
                let h = oh * stride - padTop + r * dilation
                guard h >= 0, h < height else { continue }
                for q in 0..<filterWidth {
                    let w = ow * stride - padLeft + q * dilation
                    guard w >= 0, w < width else { continue }
                    meetings.append(
                        Meeting(
                            x: ((n * height + h) * width + w) * inputChannels,
                            filter: (r * filterWidth + q) * groupInputChannels * outputChannels,
                            output: ((n * outputHeight + oh) * outputWidth + ow) * outputChannels))
                }
            }
        }
        return meetings
    }

    /// All images and rows of y.
    var rows: [(image: Int, row: Int)] {
        (0..<images).flatMap { n in (0..<outputHeight).map { oh in (n, oh) } }
    }

    /// A multiplication and an addition for each meeting and pair of a group's channels, the padding's included.
    var operationCount: Int {
        2 * images * outputHeight * outputWidth * filterHeight * filterWidth * groupInputChannels * outputChannels
    }
}
