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
            sides rounded up. A width or a height alone keeps the shape. The result has
            8 bits of red, green and blue; - is standard input and output.
            """)

    @Argument(help: "A picture.")
    var picture: FilePath

    @Option(name: .shortAndLong, help: "The PNG file to write.")
    var output: OutputPath

    @Option(name: .shortAndLong, help: ArgumentHelp("As 1/4, 0.25, 2 or 4/3.", valueName: "factor"))
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
        let isStream = output.path == "-"
        if !isStream { try checkOutput(output, replacesNoneOf: [picture]) }
        let source = try PictureSource(operand: picture)
        let (read, metadata, losses) = try Self.read(source)
        let result: Picture
        do {
            result = try scale.map { try read.bicubicResize(by: $0) } ?? read.bicubicResize(width: width, height: height)
        } catch {
            throw CommandError("\(picture): \(error)")
        }
        let told = metadata.enlarged(
            to: result.size, scale: Double(result.width) / Double(read.width),
            verticalScale: Double(result.height) / Double(read.height))
        let destination: PictureDestination = isStream ? .stream(.standardOutput, name: "standard output") : .file(output.path)
        let writer = try PNGWriter(to: destination, width: result.width, height: result.height, metadata: told.metadata)
        try result.write(to: writer)
        for loss in losses + told.losses + writer.losses { StandardError.write("graphrun: \(picture): \(loss)\n") }
        let line = "\(picture) \(read.size) -> \(output.path) \(result.size)\n"
        if isStream { StandardError.write(line) } else { StandardOutput.write(line) }
    }

    /// A picture as it is computed with, what is told of it, and what is lost of it.
    private static func read(
        _ source: PictureSource
    ) throws(ImageError) -> (picture: Picture, metadata: PictureMetadata, losses: [String]) {
        let reader = try source.reader().upright()
        var losses = reader.losses
        if reader.layout.bitDepth > 8 { losses.append("\(reader.layout.bitDepth) bits become 8") }
        if reader.layout.hasAlpha { losses.append("the picture is laid on white where it is transparent") }
        return (try Picture(source), reader.metadata, losses)
    }
}

extension PictureSource {
    /// A file, or for `-` what standard input holds.
    fileprivate convenience init(operand path: FilePath) throws(ImageError) {
        if path == "-" {
            try self.init(copying: .standardInput, name: "standard input")
        } else {
            try self.init(path: path)
        }
    }
}

extension ResizeFactor: ExpressibleByArgument {
    /// The value of an option; nil where it has no such value.
    public init?(argument: String) { self.init(argument) }
}
