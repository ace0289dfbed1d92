import ArgumentParser
import GraphTraining
import GraphImaging
import SystemPackage

/// Makes pictures to try training with, where there are no photographs.
struct SamplePictures: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make pictures to try training with.",
        usage: "graphrun sample-pictures DIR [options]",
        discussion: "graphrun sample-pictures pictures --count 24 --size 384x288")

    @Argument(help: "Where the pictures go: 0001.png, 0002.png, …")
    var folder: FilePath

    @Option(help: "What they show: scenes as photographs do, or graphics.")
    var kind = SampleKind.scenes

    @Option(help: "How many.")
    var count = 24

    @Option(help: ArgumentHelp("Their size in pixels.", valueName: "WxH"))
    var size = PixelSize(width: 384, height: 288)

    @Option(help: "Other seeds give other pictures.")
    var seed: UInt64 = 0

    func validate() throws {
        try check(count, 1...9999, "--count")
        try check(min(size.width, size.height), 16...8192, "--size")
        try check(max(size.width, size.height), 16...8192, "--size")
    }

    func run() throws {
        try makeSamplePictures(in: folder, of: kind, count: count, width: size.width, height: size.height, seed: seed)
    }
}

extension SampleKind: ExpressibleByArgument {}

/// `WxH`.
struct PixelSize: ExpressibleByArgument, CustomStringConvertible {
    var width: Int
    var height: Int

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    init?(argument: String) {
        let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
        self.init(width: width, height: height)
    }

    var description: String { "\(width)x\(height)" }
    var defaultValueDescription: String { description }
}
