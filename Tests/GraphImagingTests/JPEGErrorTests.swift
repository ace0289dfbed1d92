import GraphTestSupport
import SystemPackage
import Testing
@testable import GraphImaging

/// What is wrong with a JPEG is said in one line, and nothing in one stops the program.
@Suite struct JPEGErrorTests {
    private func problem(of bytes: [UInt8]) -> String? {
        GraphImagingTests.problem { () throws(ImageError) in try JPEGReader(bytes) }
    }

    /// Where a marker of this code begins, in a file whose pixels hold none of its kind.
    private func place(of code: UInt8, in bytes: [UInt8]) throws -> Int {
        try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == code })
    }

    /// A sample whose header declares another size.
    private func declaring(_ width: Int, _ height: Int, _ sample: SampleJPEG) throws -> [UInt8] {
        var bytes = sample.bytes
        let frame = try place(of: sample.name.hasPrefix("progressive") ? 0xC2 : 0xC0, in: bytes)
        bytes.replaceSubrange(
            frame + 5..<frame + 9, with: [height >> 8, height & 255, width >> 8, width & 255].map { UInt8($0) })
        return bytes
    }

    @Test func otherFiles() {
        let folder = TemporaryFolder()
        func problem(_ path: FilePath) -> String? {
            GraphImagingTests.problem { () throws(ImageError) in try JPEGReader(path: path) }
        }
        #expect(problem(folder.file("missing.jpg")) == "no such file; is the name right?")
        #expect(problem(folder.path) == "is a folder; name a picture in it")
        #expect(problem(folder.file("empty.jpg", holding: [])) == "the file is empty")
        #expect(self.problem(of: []) == "the file is empty")
        #expect(self.problem(of: [0xFF, 0xD8]) == "the file is cut short in its signature")
        #expect(self.problem(of: Array("GIF89a..........".utf8)) == "is a GIF file; convert it to JPEG")
        #expect(self.problem(of: Array("RIFF1234WEBP".utf8)) == "is a WebP file; convert it to JPEG")
        #expect(self.problem(of: Array("RIFF1234WAVE".utf8)) == "is a sound, not a JPEG file")
        #expect(self.problem(of: [0xFF, 0x0A, 1, 2, 3, 4]) == "is a JPEG XL file; convert it to JPEG")
    }

    @Test("No prefix of a file is read as a picture", arguments: SampleJPEG.all)
    func everyPrefix(sample: SampleJPEG) {
        for count in sample.bytes.indices {
            let problem = problem(of: Array(sample.bytes.prefix(count)))
            #expect(count == 0 || problem?.hasPrefix("the file is cut short ") == true, "\(count) bytes: \(problem ?? "read")")
        }
    }

    @Test func placesOfACut() {
        let size = 200
        let picture = Picture(syntheticWidth: size, height: size, seed: 1)
        func cut(_ bytes: [UInt8]) -> String? { problem(of: Array(bytes.prefix(bytes.count / 2))) }
        let writer = try? JPEGWriter(to: .memory, width: size, height: size)
        try? writer?.write(picture.pixels)
        #expect(cut(writer?.bytes ?? [])?.wholeMatch(of: /the file is cut short after row [0-9]+ of 200/) != nil)
        #expect(cut(SampleJPEG.progressive420.bytes)?.wholeMatch(of: /the file is cut short in scan [0-9]+/) != nil)
        // The decoder reads ahead.
        #expect(problem(of: SampleJPEG.grey.bytes.dropLast(2)) == "the file is cut short after row 16 of 18")
        #expect(problem(of: Array(SampleJPEG.grey.bytes.prefix(40))) == "the file is cut short in its header")
    }

    @Test("No changed byte stops the program", arguments: SampleJPEG.all)
    func everyByte(sample: SampleJPEG) {
        for place in sample.bytes.indices {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var bytes = sample.bytes
                bytes[place] ^= change
                #expect(problem(of: bytes)?.hasPrefix("unclear") != true, "byte \(place)")
            }
        }
    }

    @Test(
        "After a failed row every further call fails the same way",
        arguments: [
            Array(SampleJPEG.baseline420.bytes.prefix(420)), Array(SampleJPEG.progressive420.bytes.prefix(700)),
            // The end is checked with the last row.
            Array(SampleJPEG.baseline420.bytes.dropLast(2)) + [UInt8](repeating: 0, count: 100) + [0xFF, 0xD9],
        ])
    func failsOnce(bytes: [UInt8]) throws {
        let reader = try JPEGReader(bytes)
        var row = [UInt8](repeating: 0, count: 3 * reader.width)
        var errors: [ImageError] = []
        while errors.count < 3 {
            do throws(ImageError) {
                try reader.readRow(into: &row)
            } catch {
                errors.append(error)
            }
        }
        #expect(Set(errors).count == 1)
    }

    @Test("A header alone claims no memory")
    func declaredSize() throws {
        #expect(
            try problem(of: declaring(65500, 65500, .baseline420))
                == "576 bytes cannot hold the 65500×65500 pixels that its header declares")
        #expect(
            try problem(of: declaring(65500, 65500, .progressive420))
                == "65500×65500 pixels are too many for a progressive file; save it without progression")
        #expect(
            try problem(of: declaring(10000, 10000, .progressive420))
                == "821 bytes cannot hold the 10000×10000 pixels that its header declares")
        #expect(try problem(of: declaring(65535, 65535, .baseline420))?.contains("65500") == true)
        #expect(try problem(of: declaring(21, 0, .baseline420))?.contains("of a kind that is not read") == true)
        #expect(try problem(of: declaring(0, 18, .baseline420))?.contains("of a kind that is not read") == true)
    }

    @Test func kindsThatAreNotRead() throws {
        #expect(
            problem(of: SampleJPEG.twoColours.bytes) == "is a JPEG file of a kind that is not read (2 colours); convert it to PNG"
        )
        var bytes = SampleJPEG.baseline420.bytes
        let frame = try place(of: 0xC0, in: bytes)
        bytes[frame + 4] = 12
        #expect(problem(of: bytes)?.hasPrefix("is a JPEG file of a kind that is not read (") == true)
        bytes = SampleJPEG.baseline420.bytes
        // Lossless.
        bytes[frame + 1] = 0xC3
        #expect(problem(of: bytes)?.hasPrefix("is a JPEG file of a kind that is not read (") == true)
    }

    @Test("A file of endless scans is refused")
    func scans() {
        #expect(problem(of: block(scanCount: 100)) == nil)
        #expect(
            problem(of: block(scanCount: 101))
                == "is a JPEG file of a kind that is not read (more than 100 scans); convert it to PNG")
    }

    /// A progressive picture of one grey block of 8 × 8 pixels, which is known a bit of a coefficient after the other.
    private func block(scanCount: Int) -> [UInt8] {
        func segment(_ code: UInt8, _ content: [UInt8]) -> [UInt8] { [0xFF, code, 0, UInt8(content.count + 2)] + content }
        /// Huffman's table of one code, the bit 0.
        func table(_ index: UInt8, _ symbol: UInt8) -> [UInt8] {
            segment(0xC4, [index, 1] + [UInt8](repeating: 0, count: 15) + [symbol])
        }
        func scan(_ coefficient: UInt8, bits: UInt8) -> [UInt8] {
            // The code, of no difference or of the end of the block, and ones that fill up the byte.
            segment(0xDA, [1, 1, 0, coefficient, coefficient, bits]) + [0x7F]
        }
        var scans = scan(0, bits: 0x00)
        for number in 0..<scanCount - 1 {
            let bit = UInt8(13 - number / 63)
            scans += scan(UInt8(number % 63 + 1), bits: (bit == 13 ? 0 : bit + 1) << 4 | bit)
        }
        return [0xFF, 0xD8] + segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
            + segment(0xC2, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]) + table(0x00, 0) + table(0x10, 0) + scans + [0xFF, 0xD9]
    }
}
