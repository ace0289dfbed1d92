import ArgumentParser
import GraphCommandSupport
import GraphEnlarging
import GraphImaging

/// What is made of pictures: how large they become, and in what form.
struct ResultOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("As 2, 1.5 or 4/3. (default: the model's own)", valueName: "factor"))
    var scale: ResizeFactor?

    @Option(help: ArgumentHelp("Columns of the result; the height follows.", valueName: "pixels"))
    var width: Int?

    @Option(help: ArgumentHelp("Rows of the result; the width follows.", valueName: "pixels"))
    var height: Int?

    @Flag(name: [.long, .customShort("x")], help: "The mean of 8 flips and turns, for 8 times the work.")
    var ensemble = false

    @Flag(help: "Show bicubic enlargement at the left of the result.")
    var compare = false

    func validate() throws {
        guard scale == nil || width == nil && height == nil else {
            throw ValidationError("Say by how much once: either --scale, or --width, --height or both.")
        }
        for (side, option) in [(width, "--width"), (height, "--height")] {
            try check(side ?? 1, 1...PNGReader.longestSide, option)
        }
    }

    var form: ResultForm { ResultForm(size: size, isEnsemble: ensemble, isComparison: compare) }

    private var size: ResultSize {
        switch (scale, width, height) {
        case (let scale?, _, _): .scale(scale)
        case (nil, let width?, let height?): .sides(PictureSize(width: width, height: height))
        case (nil, let width?, nil): .width(width)
        case (nil, nil, let height?): .height(height)
        case (nil, nil, nil): .network
        }
    }
}
