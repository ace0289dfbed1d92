import Testing

/// An ICC profile taken apart, as ICC.1:2010 describes it, sections 7 and 10.
struct SampleICC {
    let bytes: [UInt8]
    private(set) var tags: [String: [UInt8]] = [:]

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        try #require(bytes.count >= 132)
        for index in 0..<number(128) {
            let entry = 132 + 12 * index
            let place = number(entry + 4), count = number(entry + 8)
            try #require(place.isMultiple(of: 4) && place >= 132 && place + count <= bytes.count)
            tags[text(entry)] = Array(bytes[place..<place + count])
        }
    }

    func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    func text(_ place: Int) -> String { String(decoding: bytes[place..<place + 4], as: UTF8.self) }

    /// Numbers of 16 bits and 16 behind the point, from a place of a tag's data on.
    func fixed(_ tag: String, from place: Int) throws -> [Double] {
        let data = try #require(tags[tag])
        return stride(from: place, to: data.count, by: 4).map { place in
            Double(Int32(truncatingIfNeeded: data[place..<place + 4].reduce(0) { $0 << 8 | Int($1) })) / 65536
        }
    }

    /// Red, green and blue as light that is seen by D50.
    func colorants() throws -> [[Double]] { try ["rXYZ", "gXYZ", "bXYZ"].map { try fixed($0, from: 8) } }

    /// What light a sample of 0 to 1 is, by a parametric curve of kind 0 or 3.
    func light(_ sample: Double, _ tag: String, power: (Double, Double) -> Double) throws -> Double {
        let kind = try #require(tags[tag])[9], parameters = try fixed(tag, from: 12)
        if kind == 0 { return power(sample, parameters[0]) }
        try #require(kind == 3)
        return sample >= parameters[4]
            ? power(parameters[1] * sample + parameters[2], parameters[0]) : parameters[3] * sample
    }

    /// The least profile that says for which colours it is.
    static func stub(_ colours: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 132)
        bytes.replaceSubrange(16..<20, with: colours.utf8)
        bytes.replaceSubrange(36..<40, with: "acsp".utf8)
        return bytes
    }
}
