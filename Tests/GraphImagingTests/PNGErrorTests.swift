import GraphImaging
import GraphTestSupport
import SystemPackage
import Testing

/// What is wrong with a file is said in one line that starts with its path.
@Suite struct PNGErrorTests {
    let folder: TemporaryFolder
    let whole: [UInt8]

    init() throws {
        folder = TemporaryFolder()
        let samples = (0..<40 * 300 * 3).map { $0 * 7 % 256 }
        whole = SamplePNG(width: 40, height: 300, bitDepth: 8, colorType: 2, samples: samples).encoded()
    }

    func problem(_ path: FilePath) -> String? {
        do throws(ImageError) {
            _ = try Picture(contentsOf: path)
            return nil
        } catch {
            if error.path != path || error.description.contains("\n") { return "unclear: \(error)" }
            return error.problem
        }
    }

    /// Of a file with these bytes, which is what is wrong with them in memory, too.
    func problem(of bytes: [UInt8]) -> String? {
        let problem = problem(folder.file("photo.png", holding: bytes))
        do throws(ImageError) {
            _ = try Picture(file: bytes)
            #expect(problem == nil)
        } catch {
            #expect(error.path == nil && error.problem == problem)
        }
        return problem
    }

    @Test func noFile() {
        #expect(problem(folder.file("missing.png")) == "no such file; is the name right?")
        #expect(problem(folder.path) == "is a folder; name a picture in it")
        #expect(problem("") == "no such file; is the name right?")
    }

    private let readable = PictureFormat.list(PictureFormat.builtIn, "or")

    @Test func otherFormats() {
        let rest = [UInt8](repeating: 0, count: 100)
        func expectAdvice(_ format: String, _ start: [UInt8]) {
            #expect(problem(of: start + rest) == "is a \(format) file; convert it to \(readable)")
        }
        expectAdvice("GIF", Array("GIF89a".utf8))
        expectAdvice("BMP", Array("BM".utf8))
        expectAdvice("QuickTime or MPEG-4", [0, 0, 0, 24] + Array("ftypisom".utf8))
        expectAdvice("Canon raw", Array("II*\0".utf8) + [16, 0, 0, 0] + Array("CR".utf8))
        expectAdvice("Canon raw", [0, 0, 0, 24] + Array("ftypcrx ".utf8))
        expectAdvice("JPEG-LS", [0xFF, 0xD8, 0xFF, 0xF7])
        expectAdvice("QOI", Array("qoif".utf8))
        expectAdvice("PBM, PGM or PPM", Array("P6\n3 4\n255\n".utf8))
        #expect(problem(of: [1, 2, 3, 4] + rest) == "is not a \(readable) file")
        #expect(problem(of: []) == "the file is empty")
        let asText = whole.filter { $0 != 0x0D }
        #expect(problem(of: asText)?.contains("text mode") == true)
        // As a program writes it that takes its bytes for Latin letters.
        let asUTF8 = whole.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] }
        #expect(problem(of: asUTF8)?.contains("text mode") == true)
        #expect(problem(of: Array("\r\n".utf8) + whole)?.hasPrefix("is a PNG behind 2 other bytes") == true)
        #expect(problem(of: [UInt8](repeating: 0, count: 1000))?.hasPrefix("is nothing but zeros") == true)
    }

    private static let otherFiles: [(start: String, kind: String)] = [
        ("  <!DOCTYPE html><html>", "an HTML page"), ("\u{FEFF}<html lang='de'>", "an HTML page"),
        ("<?xml version='1.0'?>\n<!-- x --><svg xmlns='http://www.w3.org/2000/svg'>", "an SVG drawing"),
        ("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML text"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00", "a Git LFS pointer"),
        ("../.git/annex/objects/xK/SHA256E-s1--00.png", "a git-annex pointer"), ("{\"error\": 404}", "a JSON text"),
        ("data:image/png;base64,iVBORw0KGgo", "a picture as base64 text"), ("hello, world", "a text"),
        ("PK\u{3}\u{4}", "a ZIP archive"), ("7z\u{BC}\u{AF}'\u{1C}", "a 7-Zip archive"),
    ]

    @Test(arguments: otherFiles)
    func filesThatAreNoPicturesAreNamed(_ start: String, _ kind: String) {
        let isText = start.unicodeScalars.allSatisfy { $0.isASCII || $0 == "\u{FEFF}" } && !start.contains("\u{3}")
        let bytes = isText ? Array(start.utf8) : start.unicodeScalars.map { UInt8($0.value) } + [UInt8](repeating: 0, count: 99)
        #expect(problem(of: bytes)?.hasPrefix("is \(kind), not a \(readable) file") == true, "\(problem(of: bytes) ?? "")")
    }

    private static let otherStarts: [(name: String, bytes: [UInt8])] = [
        ("a TIFF", [0x49, 0x49, 42, 0]), ("a TIFF", [0x4D, 0x4D, 0, 43]),
        ("a HEIC", [0, 0, 0, 24] + Array("ftypheic".utf8)), ("a HEIC", [0, 0, 0, 24] + Array("ftypmif1\0\0\0\0mif1heic".utf8)),
        ("an AVIF", [0, 0, 0, 24] + Array("ftypmif1\0\0\0\0mif1avif".utf8)), ("an AVIF", [0, 0, 0, 32] + Array("ftypavif".utf8)),
        ("a JPEG XL", [0xFF, 0x0A]), ("a JPEG XL", [0, 0, 0, 12] + Array("JXL ".utf8)),
    ]

    @Test(arguments: otherStarts)
    func formatsThatAreNotBuiltIn(_ name: String, _ start: [UInt8]) {
        guard !PictureFormat.tiff.isBuiltIn else { return }
        let advice =
            "which graphc reads if it is built with its package trait Vips; or convert it to PNG, JPEG or WebP"
        #expect(problem(of: start + [UInt8](repeating: 0, count: 100)) == "is \(name) file, \(advice)")
    }

    @Test func cutShort() {
        #expect(problem(of: Array(whole.prefix(5))) == "the file is cut short in its signature")
        #expect(problem(of: Array(whole.prefix(20))) == "the file is cut short in its header")
        let middle = problem(of: Array(whole.prefix(20_000)))
        #expect(middle?.wholeMatch(of: /the file is cut short after row 1[0-9][0-9] of 300/) != nil)
        #expect(problem(of: Array(whole.dropLast(12))) == "the file is cut short after its last row")
    }

    @Test("After a failed row every further call fails the same way")
    func failsOnce() throws {
        let reader = try PNGReader(path: folder.file("short.png", holding: Array(whole.prefix(20_000))))
        var row = [UInt8](repeating: 0, count: 3 * reader.width)
        var errors: [ImageError] = []
        while errors.count < 3 {
            do throws(ImageError) {
                try row.withUnsafeMutableBufferPointer { (row) throws(ImageError) in
                    try reader.readRow(into: UnsafeMutableRawBufferPointer(row))
                }
            } catch {
                errors.append(error)
            }
        }
        #expect(Set(errors).count == 1)
    }

    @Test("No prefix of a file is read as a picture, and none stops the program", arguments: [false, true])
    func everyPrefix(interlaced: Bool) {
        let sample = SamplePNG(
            width: 5, height: 6, bitDepth: 8, colorType: 2, interlaced: interlaced,
            samples: (0..<90).map { $0 * 11 % 256 })
        let bytes = sample.encoded()
        #expect(problem(of: bytes) == nil)
        for count in bytes.indices { #expect(problem(of: Array(bytes.prefix(count))) != nil, "\(count) bytes") }
    }

    @Test("No changed bit is read as a picture, and none stops the program")
    func everyBit() {
        let sample = SamplePNG(
            width: 3, height: 3, bitDepth: 8, colorType: 2, samples: (0..<27).map { $0 * 11 % 256 })
        let bytes = sample.encoded()
        let unnoticed = (0..<bytes.count * 8).filter { bit in
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            return problem(of: changed) == nil
        }
        #expect(unnoticed == [])
    }

    /// libpng inflates all that is left with the last row, and a megabyte of a file may become a gigabyte.
    @Test("Data behind the pixels are passed over where they are few", arguments: [false, true])
    func surplus(interlaced: Bool) {
        func problem(surplus: Int) -> String? {
            self.problem(
                of: SamplePNG(
                    width: 8, height: 8, bitDepth: 8, colorType: 2, interlaced: interlaced,
                    samples: [Int](repeating: 64, count: 192), surplusByteCount: surplus
                ).encoded())
        }
        #expect(problem(surplus: 10) == nil && problem(surplus: 50_000) == nil)
        let place = interlaced ? "in pass 7 of 7" : "after row 7 of 8"
        #expect(problem(surplus: 200_000)?.contains("damaged \(place) (more data than pixels)") == true)
    }

    @Test("A header alone claims no memory")
    func declaredSize() {
        func problem(width: Int, height: Int, interlaced: Bool = false) -> String? {
            let bytes = SamplePNG(
                width: width, height: height, bitDepth: 8, colorType: 2, interlaced: interlaced, samples: []
            ).encodedWithoutRows()
            return self.problem(of: bytes)
        }
        #expect(
            problem(width: 60000, height: 60000)
                == "57 bytes cannot hold the 60000×60000 pixels that its header declares")
        #expect(
            problem(width: 2_000_000, height: 1)
                == "2000000×1 pixels are too many: the longest side is 1048576")
        #expect(
            problem(width: 60000, height: 60000, interlaced: true)
                == "60000×60000 pixels are too many for an interlaced file; save it without interlacing")
        #expect(problem(width: 0, height: 5)?.contains("damaged in its header") == true)
        #expect(problem(width: 5, height: 0x7FFF_FFFF)?.contains("too many") == true)
    }

    @Test(
        "PngSuite: files that start with x are refused, all others are read",
        .enabled(if: SharedData.has("pngsuite")))
    func pngSuite() throws {
        let names = try SharedData.pngNames(in: "pngsuite").filter { $0 != "PngSuite.png" }
        #expect(names.count > 150)
        for name in names {
            let problem = problem(SharedData.path("pngsuite/" + name))
            #expect((problem != nil) == name.hasPrefix("x"), "\(name): \(problem ?? "was read")")
        }
    }

    @Test("PngSuite: a picture is the same interlaced or not", .enabled(if: SharedData.has("pngsuite")))
    func pngSuiteInterlaced() throws {
        let pairs = try SharedData.pngNames(in: "pngsuite").filter { $0.hasPrefix("s") && $0.contains("i3p") }
        #expect(pairs.count == 18)
        for name in pairs {
            let plain = name.replacing("i3p", with: "n3p")
            #expect(
                try Picture(contentsOf: SharedData.path("pngsuite/" + name))
                    == Picture(contentsOf: SharedData.path("pngsuite/" + plain)), "\(name)")
        }
    }
}
