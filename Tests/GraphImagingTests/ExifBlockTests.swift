import GraphImaging
import Testing

@Suite struct ExifBlockTests {
    let size = PictureSize(width: 900, height: 1200)

    @Test(arguments: [false, true])
    func aCamerasBlock(isBigEndian: Bool) throws {
        let bytes = SampleExif.camera(isBigEndian: isBigEndian).encoded()
        let block = try #require(ExifBlock(bytes))
        #expect(block.bytes == bytes)
        #expect(block.orientation == .rightTop)
        let enlarged = block.enlarged(to: size, scale: 3)
        #expect(enlarged.bytes == SampleExif.enlargedCamera(isBigEndian: isBigEndian).encoded())
        #expect(enlarged.orientation == .topLeft)
    }

    @Test("A thumbnail before other bytes becomes zeros, and these stay where they are", arguments: [false, true])
    func thumbnailInTheMiddle(isBigEndian: Bool) throws {
        var sample = SampleExif.camera(isBigEndian: isBigEndian)
        let whole = sample.encoded().count
        sample.tail = [1, 2, 3, 4, 5]
        let expected = SampleExif.enlargedCamera(isBigEndian: isBigEndian).encoded()
        let enlarged = try #require(ExifBlock(sample.encoded())).enlarged(to: size, scale: 3)
        #expect(enlarged.bytes == expected + [UInt8](repeating: 0, count: whole - expected.count) + [1, 2, 3, 4, 5])
    }

    @Test("A byte that makes the length even goes with the thumbnail before it")
    func paddedThumbnail() throws {
        var sample = SampleExif.camera(isBigEndian: false)
        if sample.encoded().count.isMultiple(of: 2) { sample.thumbnailPixels.append(0xD9) }
        sample.tail = [0]
        let block = try #require(ExifBlock(sample.encoded()))
        #expect(block.enlarged(to: size, scale: 3).bytes == SampleExif.enlargedCamera(isBigEndian: false).encoded())
    }

    @Test func orientations() {
        func orientation(_ value: SampleExif.Value) -> Orientation? {
            ExifBlock(SampleExif(isBigEndian: true, main: [.init(0x0112, value)]).encoded())?.orientation
        }
        for number in 0...10 {
            #expect(orientation(.short(number)) == Orientation(rawValue: number))
            #expect(orientation(.long(number)) == Orientation(rawValue: number))
        }
        #expect(orientation(.short(0xFFFF)) == nil)
        #expect(orientation(.long(0x0001_0001)) == nil)
        #expect(orientation(.text("6")) == nil)
        #expect(ExifBlock(SampleExif(main: [.init(0x0128, .short(2))]).encoded())?.orientation == nil)
    }

    @Test("A field of 16 bits becomes one of 32 where the size needs it", arguments: [false, true])
    func largeSizes(isBigEndian: Bool) throws {
        let sample = SampleExif(
            isBigEndian: isBigEndian, main: [.init(0x0112, .long(3))], exif: [.init(0xA002, .short(1)), .init(0xA003, .short(2))])
        let expected = SampleExif(
            isBigEndian: isBigEndian, main: [.init(0x0112, .long(1))],
            exif: [.init(0xA002, .long(65536)), .init(0xA003, .short(65535))])
        let size = PictureSize(width: 65536, height: 65535)
        #expect(try #require(ExifBlock(sample.encoded())).enlarged(to: size, scale: 2).bytes == expected.encoded())
    }

    @Test("Resolutions stay fractions of 32 bits")
    func resolutions() throws {
        func scaled(_ numerator: Int, _ denominator: Int, by scale: Double) throws -> [Int] {
            let sample = SampleExif(isBigEndian: true, main: [.init(0x011A, .rational(numerator, denominator))])
            let block = try #require(ExifBlock(sample.encoded()))
            let bytes = block.enlarged(to: size, scale: scale).bytes.suffix(8)
            return [bytes.prefix(4), bytes.suffix(4)].map { $0.reduce(0) { $0 << 8 | Int($1) } }
        }
        let greatest = Int(UInt32.max)
        #expect(try scaled(72, 1, by: 4) == [288, 1])
        #expect(try scaled(3_000_000, 10_000, by: 1.5) == [4_500_000, 10_000])
        #expect(try scaled(1, 1, by: 1.3) == [1_300_000_000, 1_000_000_000])
        #expect(try scaled(3_000_000_000, 10_000_000, by: 4) == [1_200_000_000, 1_000_000])
        #expect(try scaled(greatest, 1, by: 4) == [greatest, 1])
        #expect(try scaled(greatest, greatest, by: 4) == [4_000_000_000, 1_000_000_000])
        #expect(try scaled(1, greatest, by: 0.1) == [1, 1_000_000_000])
        #expect(try scaled(0, 1, by: 4) == [0, 1])
        #expect(try scaled(72, 0, by: 4) == [72, 0])
    }

    @Test("Two fields that share one fraction scale it once")
    func sharedResolution() throws {
        var bytes = SampleExif(main: [.init(0x011A, .rational(72, 1)), .init(0x011B, .rational(5, 1))]).encoded()
        bytes.replaceSubrange(30..<34, with: bytes[18..<22])
        let enlarged = try #require(ExifBlock(bytes)).enlarged(to: size, scale: 2)
        #expect(enlarged.bytes.suffix(16) == [144, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0])
    }

    @Test func damagedBlocks() {
        let sample = SampleExif(main: [.init(0x0112, .short(6))], exif: [.init(0xA002, .short(1))]).encoded()
        func isRead(_ change: (inout [UInt8]) -> Void) -> Bool {
            var bytes = sample
            change(&bytes)
            return ExifBlock(bytes) != nil
        }
        #expect(isRead { _ in })
        #expect(!isRead { $0 = [] })
        #expect(!isRead { $0[1] = 0x4D })
        #expect(!isRead { $0[2] = 43 })
        #expect(!isRead { $0[4] = 7 })
        #expect(!isRead { $0[4] = 200 })
        #expect(!isRead { $0[9] = 1 })
        #expect(!isRead { $0[30] = 255 }, "Exif's directory lies behind the end")
        #expect(!isRead { $0[30] = 8 }, "Exif's directory is that of the picture")
        #expect(ExifBlock(Array("Exif\0\0".utf8) + sample) == nil)
    }

    @Test("A directory that follows itself is no thumbnail")
    func cyclicDirectories() throws {
        var sample = SampleExif.camera(isBigEndian: false)
        sample.thumbnail = nil
        sample.thumbnailPixels = []
        var bytes = sample.encoded()
        let next = 8 + 2 + 12 * 9
        bytes[next] = 8
        let enlarged = try #require(ExifBlock(bytes)).enlarged(to: size, scale: 3)
        #expect(enlarged.bytes == SampleExif.enlargedCamera(isBigEndian: false).encoded())
    }

    @Test("A thumbnail that claims bytes of others takes none of them")
    func greedyThumbnail() throws {
        var sample = SampleExif.camera(isBigEndian: false)
        sample.thumbnail?.append(.init(0x0111, .long(0)))
        sample.thumbnail?.append(.init(0x0117, .long(0x7FFF_FFFF)))
        let enlarged = try #require(ExifBlock(sample.encoded())).enlarged(to: size, scale: 3)
        #expect(enlarged.bytes == SampleExif.enlargedCamera(isBigEndian: false).encoded())
    }

    /// Reads and enlarges bytes that may be anything, and checks what must hold then.
    func survives(_ bytes: [UInt8]) -> Bool {
        guard let block = ExifBlock(bytes) else { return true }
        let enlarged = block.enlarged(to: size, scale: 3)
        let again = ExifBlock(enlarged.bytes)
        return enlarged.bytes.count <= bytes.count && again?.bytes == enlarged.bytes
            && (again?.orientation ?? .topLeft) == .topLeft
            && (again.map { $0.enlarged(to: size, scale: 1).bytes == enlarged.bytes } ?? false)
    }

    @Test("No changed byte and no end stops the program", arguments: [false, true])
    func everyByte(isBigEndian: Bool) {
        var withTail = SampleExif.camera(isBigEndian: isBigEndian)
        withTail.tail = [9, 9, 9]
        for sample in [SampleExif.camera(isBigEndian: isBigEndian), withTail] {
            let bytes = sample.encoded()
            var failures: [String] = []
            for count in 0...bytes.count where !survives(Array(bytes.prefix(count))) { failures.append("\(count) bytes") }
            for place in bytes.indices {
                for change in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF, bytes[place]] as [UInt8] {
                    var changed = bytes
                    changed[place] ^= change
                    if !survives(changed) { failures.append("byte \(place) changed by \(change)") }
                }
            }
            #expect(failures == [])
        }
    }

    @Test("Large tables take no long time", .timeLimit(.minutes(1)))
    func largeTables() throws {
        let fields = (0..<20_000).map { SampleExif.Field(0x0111, .text("text \($0)")) }
        var sample = SampleExif(main: fields, exif: [.init(0xA002, .short(1))])
        sample.thumbnail = Array(fields.prefix(19_000))
        let enlarged = try #require(ExifBlock(sample.encoded())).enlarged(to: size, scale: 3)
        sample.exif?[0].value = .short(900)
        sample.thumbnail = nil
        #expect(enlarged.bytes == sample.encoded())
    }
}
