import Glibc
import GraphImaging
import GraphModel
import GraphRuntime
import GraphTestSupport
import SystemPackage
import Testing
import ThreadRanks

@testable import GraphEnlarging

/// Ranks that share out the rows of one picture write the bytes of one process.
struct RowSharesTests {
    /// What each rank says of a picture: its report on the first, or the error.
    private static func enlarge(
        _ input: FilePath, to output: FilePath, on count: Int, source: SourceText = SmallModels.sharp,
        form: ResultForm = ResultForm(), memoryLimit: Int? = nil, border: Border = .mirror
    ) -> [Result<String, EnlargingError>] {
        ThreadRanks.run(on: count) { ranks in
            Result { () throws(EnlargingError) in
                let model: Model
                do { model = try Model(source: source) } catch { throw EnlargingError(error) }
                let enlarger = try PictureEnlarger(
                    model, threadCount: 1 + ranks.rank % 2, memoryLimit: memoryLimit, border: border, ranks: ranks)
                return try "\(enlarger.enlarge(input, to: output, form: form).plan)"
            }
        }
    }

    private func check(
        _ folder: TemporaryFolder, _ input: FilePath, ending: String = "png", source: SourceText = SmallModels.sharp,
        form: ResultForm = ResultForm(), memoryLimit: Int? = nil, border: Border = .mirror
    ) throws {
        var expected: [UInt8]?
        for count in 1...4 {
            let output = folder.path.appending("\(count).\(ending)")
            let said = Self.enlarge(
                input, to: output, on: count, source: source, form: form, memoryLimit: memoryLimit, border: border)
            for rank in said {
                let text = try rank.get()
                #expect(text.contains("rows shared out among") == (count > 1), "\(text)")
            }
            let bytes = fileBytes(output)
            #expect(bytes == expected ?? bytes, "\(count) ranks")
            expected = bytes
        }
    }

    @Test(arguments: [(7, 61), (33, 64), (16, 203)], [Border.mirror, .zero])
    func ranksChangeNoByte(_ size: (width: Int, height: Int), _ border: Border) throws {
        let folder = TemporaryFolder()
        let picture = SmallModels.picture(size.width, size.height)
        try check(folder, folder.file("small.png", holding: picture.pngBytes()), border: border)
    }

    @Test func jpegsAreReadAndWritten() throws {
        let folder = TemporaryFolder()
        let input = folder.path.appending("small.jpg")
        let writer = try JPEGWriter(to: .file(input), width: 41, height: 77)
        for y in 0..<77 { try (0..<3 * 41).map { UInt8(($0 + 2 * y) % 250) }.withUnsafeBytes { try writer.writeRow($0) } }
        try writer.finish()
        try check(folder, input, ending: "jpg")
    }

    /// Columns in strips within rows that are shared out; opacity, which goes through the network by itself; sizes and forms
    /// that work on what the network makes.
    @Test func whatTakesSeveralWaysThroughTheNetworkIsTheSame() throws {
        let folder = TemporaryFolder()
        let input = try folder.file("small.png", holding: SmallModels.picture(30, 47).pngBytes())
        for form in [
            ResultForm(size: .width(77)), ResultForm(isEnsemble: true), ResultForm(size: .scale(ResizeFactor("1.5")!)),
            ResultForm(isComparison: true),
        ] {
            try check(folder, input, form: form)
        }
        let wide = try folder.file("wide.png", holding: SmallModels.picture(2000, 80).pngBytes())
        try check(folder, wide, memoryLimit: 34 << 20)
        let clear = folder.path.appending("clear.png")
        let writer = try PNGWriter(to: .file(clear), width: 20, height: 50, layout: PixelLayout(hasAlpha: true))
        for y in 0..<50 {
            try (0..<80).map { UInt8(($0 * 5 + 3 * y) % 251) }.withUnsafeBytes { try writer.writeRow($0) }
        }
        try writer.finish()
        try check(folder, clear)
    }

    /// Where a network looks at the whole picture, or there are too few rows, the first rank does all, and says why.
    @Test func whatCannotBeSharedOutIsDoneByTheFirst() throws {
        let folder = TemporaryFolder()
        let input = try folder.file("small.png", holding: SmallModels.picture(30, 47).pngBytes())
        let flat = try folder.file("flat.png", holding: SmallModels.picture(30, 1).pngBytes())
        let balanced = SourceText(
            """
            graph balanced(lr: u8[N, H, W, 3]) -> (image: u8[N, H, W, 3]) {
              x = f32(lr)
              image = u8(round(clip(x - mean(x, axes = [1, 2], keep_dims = true) + 128, 0, 255)))
            }
            """, name: "balanced.graph")
        for (picture, source, reason) in [
            (input, balanced, "needs the whole height, so that it cannot be cut into strips"),
            (flat, SmallModels.sharp, "there are too few rows to share out"),
        ] {
            var files: [[UInt8]] = []
            for count in [1, 3] {
                let output = folder.path.appending("\(count).png")
                let said = Self.enlarge(picture, to: output, on: count, source: source, border: .zero)
                for rank in said {
                    #expect(try rank.get().contains("by the first of 3 ranks alone: ") == (count == 3))
                    #expect(try rank.get().contains(reason) == (count == 3))
                }
                files.append(fileBytes(output))
            }
            #expect(files[0] == files[1])
        }
    }

    /// What one rank finds wrong ends all, and leaves no file.
    @Test func aRankThatFailsEndsAll() throws {
        let folder = TemporaryFolder()
        let bytes = try SmallModels.picture(40, 90).pngBytes()
        let cut = folder.file("cut.png", holding: Array(bytes.prefix(bytes.count * 3 / 4)))
        let missing = folder.path.appending("nowhere/out.png")
        let whole = folder.file("whole.png", holding: bytes)
        for (input, output) in [(cut, folder.path.appending("out.png")), (whole, missing)] {
            let errors = Self.enlarge(input, to: output, on: 3).map { result in
                if case .failure(let error) = result { "\(error)" } else { "no error" }
            }
            #expect(errors.contains { !$0.contains("rank ") } && !errors.contains("no error"), "\(errors)")
            #expect(errors.contains { $0.contains(": rank ") }, "\(errors)")
            #expect(fileBytes(output).isEmpty)
        }
    }

    /// A rank that works for hours yet learns that another has failed.
    @Test func aFailureEndsTheWorkOfOthers() throws {
        /// Rows of black; before the second one the other rank has failed.
        final class Source: RowSource {
            let ranks: ThreadRanks
            var rowCount = 0
            init(_ ranks: ThreadRanks) { self.ranks = ranks }

            func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) {
                while !ranks.isFirst, rowCount == 1, !ranks.isFailureAnnounced { sched_yield() }
                rowCount += 1
                bytes.initializeMemory(as: UInt8.self, repeating: 0)
            }
        }
        struct Full: Error {}
        final class Sink: RowSink {
            func take(row: Int, from bytes: UnsafeRawBufferPointer) throws { throw Full() }
        }
        let ended = ThreadRanks.run(on: 2) { ranks in
            let source = Source(ranks)
            let error = errorText {
                let enlarger = try PictureEnlarger(
                    Model(source: SmallModels.sharp), threadCount: 1, bands: .rows(1), ranks: ranks)
                try enlarger.enlarge(width: 4, height: 400, from: source, to: Sink())
            }
            return (error, source.rowCount)
        }
        #expect(ended[0].0.contains("Full"))
        #expect(ended[1].0.hasPrefix("rank 0: "), "\(ended[1])")
        #expect(ended[1].1 < 300, "\(ended[1])")
    }
}
