import CGraphJPEGShim

/// The parts of a JPEG's header that tell something of the picture beside its pixels, in the file's order.
///
/// Sources: Exif 2.32, section 4.5; XMP specification part 3, section 1.1.3; ICC.1:2022, annex B.4; CIPA DC-007 (of several
/// pictures), section 5.2.
struct JPEGSegments {
    /// Of each its marker, as 0xE1 for APP1, and what stands behind its length.
    var all: [(code: UInt8, bytes: [UInt8])] = []

    /// None.
    init() {}

    /// Those of a file whose header is read.
    init(of stream: OpaquePointer) {
        var marker = JPEGMarker()
        while jpeg_shim_next_marker(stream, &marker) {
            all.append((marker.code, Array(UnsafeBufferPointer(start: marker.bytes, count: marker.byte_count))))
        }
    }

    private static let app1: UInt8 = 0xE1
    private static let app2: UInt8 = 0xE2
    private static let app13: UInt8 = 0xED
    private static let comment: UInt8 = 0xFE

    /// What segments begin with, by which those of one marker are told apart.
    private enum Name {
        static let exif = Array("Exif\0\0".utf8)
        static let xmp = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        static let extendedXMP = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
        static let iccProfile = Array("ICC_PROFILE\0".utf8)
        static let photoshop = Array("Photoshop 3.0\0".utf8)
        static let multiPicture = Array("MPF\0".utf8)
    }

    /// Most bytes behind the length of a segment.
    private static let mostBytes = 65533
    /// Most bytes of a profile in a segment: behind the name stand the part's number, from 1, and the number of parts.
    private static let mostProfileBytes = mostBytes - Name.iccProfile.count - 2

    // MARK: Reading

    /// What the segments tell, and what of that is left out.
    var told: (metadata: PictureMetadata, losses: [String]) {
        var metadata = PictureMetadata()
        var losses: [String] = []
        var profileParts: [ArraySlice<UInt8>] = []
        func lose(_ loss: String) {
            if !losses.contains(loss) { losses.append(loss) }
        }
        for (code, bytes) in all {
            /// What stands behind a name.
            func content(_ marker: UInt8, _ name: [UInt8]) -> ArraySlice<UInt8>? {
                code == marker && bytes.starts(with: name) ? bytes.dropFirst(name.count) : nil
            }
            if let content = content(Self.app1, Name.exif) {
                if metadata.exif == nil { metadata.exif = Array(content) }
            } else if let content = content(Self.app1, Name.xmp) {
                if metadata.xmp == nil { metadata.xmp = Array(content) }
            } else if content(Self.app1, Name.extendedXMP) != nil {
                lose("extended XMP is left out")
            } else if let content = content(Self.app2, Name.iccProfile) {
                profileParts.append(content)
            } else if let content = content(Self.app2, Name.multiPicture) {
                if let count = Self.pictureCount(of: Array(content)), count > 1 { lose(onlyFirst(of: count)) }
            } else if content(Self.app13, Name.photoshop) != nil {
                lose("what Photoshop and IPTC tell is left out")
            } else if code == Self.comment {
                lose("a comment is left out")
            }
        }
        metadata.iccProfile = Self.profile(of: profileParts)
        if metadata.iccProfile == nil, !profileParts.isEmpty { lose("the colour profile is incomplete and left out") }
        return (metadata, losses)
    }

    /// A profile from its parts, which may stand in any order; nil where there is not each once.
    ///
    /// - Parameter parts: each with its number and theirs, a byte each.
    private static func profile(of parts: [ArraySlice<UInt8>]) -> [UInt8]? {
        guard parts.allSatisfy({ $0.count > 2 && Int($0[$0.startIndex + 1]) == parts.count }) else { return nil }
        let sorted = parts.sorted { $0.first! < $1.first! }
        guard sorted.enumerated().allSatisfy({ Int($1.first!) == $0 + 1 }), !parts.isEmpty else { return nil }
        return sorted.flatMap { $0.dropFirst(2) }
    }

    /// How many pictures a file of several holds, as those of two lenses and those with a map of their highlights; nil where its
    /// index does not tell.
    ///
    /// - Parameter index: a TIFF header and a directory.
    private static func pictureCount(of index: [UInt8]) -> Int? {
        let isLittleEndian = index.starts(with: Array("II".utf8))
        func number(at place: Int, byteCount: Int) -> Int? {
            guard place >= 0, place + byteCount <= index.count else { return nil }
            let bytes = index[place..<place + byteCount]
            return (isLittleEndian ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, byteCount: 4), let entryCount = number(at: directory, byteCount: 2) else {
            return nil
        }
        for entry in 0..<entryCount {
            let place = directory + 2 + 12 * entry
            guard let tag = number(at: place, byteCount: 2) else { return nil }
            guard tag == 0xB002, let byteCount = number(at: place + 4, byteCount: 4),
                let start = number(at: place + 8, byteCount: 4)
            else { continue }
            // Each begins with its kind; smaller ones of the first picture are no others.
            let places = stride(from: start, to: min(start + byteCount, index.count), by: 16)
            let kinds = places.map { number(at: $0, byteCount: 4) ?? 0 }
            return kinds.count { $0 & 0xFF_0000 != 0x01_0000 }
        }
        return nil
    }

    // MARK: Writing

    /// Those that hold what is told of a picture, but for texts and tags of PNG, and what a JPEG cannot hold.
    static func holding(_ metadata: PictureMetadata) -> (segments: JPEGSegments, losses: [String]) {
        var segments = JPEGSegments()
        var losses: [String] = []
        func add(_ bytes: [UInt8]?, named name: [UInt8], _ word: String) {
            guard let bytes, !bytes.isEmpty else { return }
            let most = mostBytes - name.count
            if bytes.count <= most {
                segments.all.append((app1, name + bytes))
            } else {
                losses.append("\(word) of \(bytes.count) bytes is left out: JPEG holds at most \(most)")
            }
        }
        add(metadata.exif, named: Name.exif, "EXIF")
        add(metadata.xmp, named: Name.xmp, "XMP")
        if let profile = metadata.iccProfile, !profile.isEmpty {
            let count = (profile.count + mostProfileBytes - 1) / mostProfileBytes
            if count <= 255 {
                for part in 0..<count {
                    let bytes = profile[part * mostProfileBytes..<min((part + 1) * mostProfileBytes, profile.count)]
                    segments.all.append((app2, Name.iccProfile + [UInt8(part + 1), UInt8(count)] + bytes))
                }
            } else {
                losses.append(
                    "a colour profile of \(profile.count) bytes is left out: JPEG holds at most \(255 * mostProfileBytes)")
            }
        }
        return (segments, losses)
    }
}

extension PictureMetadata.Resolution {
    /// Of a JFIF file; nil where it tells nothing.
    init?(_ density: JPEGDensity) {
        guard density.x > 0, density.y > 0, density.unit > 0 || density.x != density.y else { return nil }
        let unit: Unit
        switch density.unit {
        case 0: unit = .none
        case 1: unit = .inch
        case 2: unit = .centimetre
        default: return nil
        }
        self.init(x: Double(density.x), y: Double(density.y), unit: unit)
    }

    /// As JFIF holds it; nil where it cannot. Metres become inches, whose numbers JFIF's 16 bits hold more exactly.
    var jfif: JPEGDensity? {
        let scale = unit == .metre ? 0.0254 : 1
        let x = (self.x * scale).rounded()
        let y = (self.y * scale).rounded()
        let range = 1.0...65535
        guard range.contains(x), range.contains(y) else { return nil }
        let code: UInt8 =
            switch unit {
            case .none: 0
            case .inch, .metre: 1
            case .centimetre: 2
            }
        return JPEGDensity(unit: code, x: UInt16(x), y: UInt16(y))
    }
}
