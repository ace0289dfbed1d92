import GraphImaging
import Testing

@Suite struct MetadataEnlargementTests {
    let size = PictureSize(width: 900, height: 1200)

    /// A packet with attributes and elements, and with the same names where they mean something else.
    static func packet(
        orientation: String = "6", width: String = "400", height: String = "300", x: String = "72/1", y: String = "300/7"
    ) -> String {
        """
        <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk='the "core" > 5'>
        <!-- tiff:Orientation="6" -->
         <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
          <rdf:Description rdf:about="" xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:e="http://ns.adobe.com/exif/1.0/"
            tiff:Orientation="\(orientation)" tiff:ImageWidth = '\(width)' e:PixelYDimension="\(height)"
            xmlns:dc="http://purl.org/dc/elements/1.1/" dc:Orientation="6" Orientation="6">
           <tiff:ImageLength>
             \(height)
           </tiff:ImageLength><e:PixelXDimension>\(width)</e:PixelXDimension>
           <tiff:XResolution>\(x)</tiff:XResolution><tiff:YResolution>\(y)</tiff:YResolution>
           <tiff:Make>6 &gt; 5 ✓</tiff:Make><tiff:Empty/>
           <dc:title><rdf:Alt><rdf:li xml:lang="x-default">400<![CDATA[<tiff:Orientation>6</tiff:Orientation>]]></rdf:li></rdf:Alt></dc:title>
           <tiff:Ingredients rdf:parseType="Resource"><tiff:Orientation>6</tiff:Orientation></tiff:Ingredients>
           <dc:source><rdf:Description tiff:Orientation="6"/></dc:source>
          </rdf:Description>
          <rdf:Description rdf:about="" xmlns:tiff="urn:another" tiff:Orientation="6"/>
         </rdf:RDF>
        </x:xmpmeta>
        <?xpacket end="w"?>
        """
    }

    @Test("In an XMP packet the picture's own size and orientation change, and no other byte")
    func xmp() throws {
        let exif = SampleExif.camera(isBigEndian: true).encoded()
        let metadata = PictureMetadata(exif: exif, xmp: Array(Self.packet().utf8))
        #expect(metadata.orientation == .rightTop)
        let carried = metadata.enlarged(to: size, scale: 3)
        #expect(carried.losses == [])
        let expected = Self.packet(orientation: "1", width: "900", height: "1200", x: "900/7", y: "216/1")
        #expect(String(decoding: try #require(carried.metadata.xmp), as: UTF8.self) == expected)
        #expect(carried.metadata.exif == SampleExif.enlargedCamera(isBigEndian: true).encoded())
        #expect(carried.metadata.orientation == .topLeft)
    }

    @Test("Values of a form that is not known stay as they are; whole numbers are resolutions, too")
    func unknownForms() {
        let carried = PictureMetadata(xmp: Array(Self.packet(x: "72 dpi", y: "150").utf8)).enlarged(to: size, scale: 2)
        let expected = Self.packet(orientation: "1", width: "900", height: "1200", x: "72 dpi", y: "300/1")
        #expect(carried.metadata.xmp == Array(expected.utf8))
    }

    @Test func damagedParts() {
        func losses(exif: [UInt8]? = nil, xmp: [UInt8]? = nil) -> [String] {
            let carried = PictureMetadata(exif: exif, xmp: xmp).enlarged(to: size, scale: 2)
            #expect(carried.metadata == PictureMetadata())
            return carried.losses
        }
        #expect(losses(exif: [1, 2, 3]) == ["the Exif block is damaged and left out"])
        let packet = Self.packet()
        for xmp in ["", "no packet", "<a/>", String(packet.dropLast(60)), "</a>" + packet, "<!DOCTYPE a>" + packet] {
            #expect(losses(xmp: Array(xmp.utf8)) == ["the XMP packet is damaged and left out"], "\(xmp)")
        }
        let wide = packet.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        for xmp in [wide, [0xFF, 0xFE] + wide, Array(packet.utf8) + [0xFF]] {
            #expect(losses(xmp: xmp) == ["the XMP packet is not in UTF-8 and left out"])
        }
    }

    @Test("No changed byte and no end of an XMP packet stops the program")
    func everyByteOfXMP() {
        let bytes = Array(Self.packet().utf8)
        for count in bytes.indices { _ = PictureMetadata(xmp: Array(bytes.prefix(count))).enlarged(to: size, scale: 2) }
        for place in bytes.indices {
            for letter in [0x00, 0x20, 0x22, 0x2F, 0x3C, 0x3E, 0x3F, 0xFF] as [UInt8] {
                var changed = bytes
                changed[place] = letter
                _ = PictureMetadata(xmp: changed).enlarged(to: size, scale: 2)
            }
        }
    }

    @Test func resolutions() {
        let resolution = PictureMetadata.Resolution(x: 72, y: 100, unit: .inch)
        let shape = PictureMetadata.Resolution(x: 1, y: 2, unit: .none)
        let turned = SampleExif(main: [.init(0x0112, .short(8))]).encoded()
        func enlarged(_ resolution: PictureMetadata.Resolution, exif: [UInt8]? = nil) -> PictureMetadata.Resolution? {
            PictureMetadata(exif: exif, resolution: resolution).enlarged(to: size, scale: 3).metadata.resolution
        }
        #expect(enlarged(resolution) == .init(x: 216, y: 300, unit: .inch))
        #expect(enlarged(resolution, exif: turned) == .init(x: 300, y: 216, unit: .inch))
        #expect(enlarged(shape) == shape)
        #expect(enlarged(shape, exif: turned) == .init(x: 2, y: 1, unit: .none))
        #expect(shape.converted(to: .inch) == nil && resolution.converted(to: .none) == nil)
        let metric = PictureMetadata.Resolution(x: 254, y: 508, unit: .inch).converted(to: .centimetre)
        #expect(metric.map { abs($0.x - 100) < 1e-9 && abs($0.y - 200) < 1e-9 && $0.unit == .centimetre } == true)
    }

    @Test("Colours and texts stay as they are")
    func otherParts() {
        var metadata = PictureMetadata(iccProfile: [1, 2], texts: [PNGChunk(type: "tEXt", data: [65, 0, 66])])
        metadata.colour.gamma = [0, 0, 1, 2]
        #expect(metadata.enlarged(to: size, scale: 4) == CarriedMetadata(metadata: metadata))
        #expect(metadata.orientation == .topLeft)
    }
}
