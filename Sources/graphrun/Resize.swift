import ArgumentParser
import GraphCommandSupport
import GraphImaging
import SystemPackage

/// Reduces or enlarges a picture by bicubic interpolation.
struct Resize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reduce or enlarge by bicubic interpolation.",
        usage: "graphrun resize IN.png -o OUT.png --scale FACTOR",
        discussion: """
            graphrun resize photo.png -o small.png --scale 1/4

            To the bit what MATLAB's imresize makes of 8-bit pictures, by which the
            low-resolution pictures of benchmarks are made: smoothed where it reduces,
            sides rounded up. A width or a height alone keeps the shape.
            """)

    @Argument(help: "A PNG file.")
    var picture: FilePath

    @Option(name: .shortAndLong, help: "The PNG file to write.")
    var output: OutputPath

    @Option(help: ArgumentHelp("As 1/4, 0.25, 2 or 4/3.", valueName: "factor"))
    var scale: ResizeFactor?

    @Option(help: ArgumentHelp("Columns of the result.", valueName: "pixels"))
    var width: Int?

    @Option(help: ArgumentHelp("Rows of the result.", valueName: "pixels"))
    var height: Int?

    func validate() throws {
        guard (scale == nil) != (width == nil && height == nil) else {
            throw ValidationError("Say by how much: either --scale, or --width, --height or both.")
        }
        for (side, option) in [(width, "--width"), (height, "--height")] {
            try check(side ?? 1, 1...PNGReader.longestSide, option)
        }
    }

    func run() throws {
        guard ["", "png"].contains(output.path.extension?.lowercased() ?? "") else {
            throw CommandError("\(output.path): pictures are written as PNG; name a file that ends in .png")
        }
        try checkOutput(output, replacesNoneOf: [picture])
        let read = try Picture(contentsOf: picture)
        let result: Picture
        do {
            result = try scale.map { try read.bicubicResize(by: $0) } ?? read.bicubicResize(width: width, height: height)
        } catch {
            throw CommandError("\(picture): \(error)")
        }
        try result.writePNG(to: output.path)
        print("\(picture) \(read.size) -> \(output.path) \(result.size)")
    }
}

extension ResizeFactor: ExpressibleByArgument {
    /// The value of an option; nil where it has no such value.
    public init?(argument: String) { self.init(argument) }
}
