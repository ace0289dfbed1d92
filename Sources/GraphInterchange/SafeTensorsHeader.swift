import GraphBasics
import GraphPack

/// The JSON header of a `.safetensors` file: for each tensor its element type, shape and place.
struct SafeTensorsHeader {
    struct Entry {
        var path: String
        var type: ElementType
        var shape: [Int]
        /// In bytes from the end of the header.
        var range: Range<Int>
    }

    enum ElementType {
        case float(FloatType)
        /// Whole numbers, truths and floats of 8 bits, which are no weights.
        ///
        /// - Parameter name: nil where it cannot be shown.
        case other(name: String?)
    }

    var entries: [Entry] = []
    var metadata: [String: String] = [:]
}

extension SafeTensorsHeader {
    /// JSON without spaces, filled up with spaces so that the values start at a multiple of 8.
    func encoded() -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key.precedesInBytes($1.key) }
                .map { "\(jsonString($0.key)):\(jsonString($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        for entry in entries {
            let shape = entry.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(jsonString(entry.path)):{\"dtype\":\"\(entry.type.name)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}")
        }
        let json = Array("{\(members.joined(separator: ","))}".utf8)
        return json + [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    }

    /// Checks names, shapes and that the tensors fill the data without gap or overlap.
    func check(dataByteCount: Int) throws(FormatFault) {
        guard entries.count <= SectionTable.Limit.sectionCount else {
            throw FormatFault(.header, .tooManyTensors(count: entries.count))
        }
        var paths: Set<String> = []
        var end = 0
        let inPlaceOrder = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        for entry in inPlaceOrder {
            guard !entry.path.isEmpty, entry.path.isPrintable, entry.path != "__metadata__",
                entry.path.utf8.count <= SectionTable.Limit.nameByteCount
            else { throw FormatFault(.header, .unusableName) }
            let part = FormatFault.Part.tensor(entry.path)
            guard paths.insert(entry.path).inserted else { throw FormatFault(part, .nameStandsTwice) }
            guard entry.shape.count <= SectionTable.Limit.rank else {
                throw FormatFault(part, .rank(entry.shape.count))
            }
            guard entry.range.lowerBound == end, entry.range.upperBound <= dataByteCount else {
                throw FormatFault(part, .place(entry.range, start: end, dataByteCount: dataByteCount))
            }
            if case .float(let type) = entry.type {
                guard let count = valueCount(ofShape: entry.shape), count <= dataByteCount,
                    count * type.byteCount == entry.range.count
                else { throw FormatFault(part, .byteCount(entry.range.count, shape: entry.shape)) }
            }
            end = entry.range.upperBound
        }
        guard end == dataByteCount else {
            throw FormatFault(.data, .dataEnds(at: end, dataByteCount: dataByteCount))
        }
    }
}

extension SafeTensorsHeader {
    /// Parses the header, in which only the members that the format knows may stand, each once.
    init(parsing bytes: [UInt8]) throws(FormatFault) {
        self.init()
        var json = JSONCursor(bytes)
        var hasMetadata = false
        try json.takeObject { (json, name) throws(FormatFault) in
            if name == "__metadata__" {
                guard !hasMetadata else { throw json.fault(.secondMetadata) }
                hasMetadata = true
                try json.takeObject { (json, key) throws(FormatFault) in
                    guard metadata.updateValue(try json.takeString(), forKey: key) == nil else {
                        throw json.fault(.repeatedMetadataKey)
                    }
                }
            } else {
                entries.append(try Entry(named: name, from: &json))
            }
        }
        try json.expectEnd()
    }
}

extension SafeTensorsHeader.ElementType {
    fileprivate var name: String {
        switch self {
        case .float(let type): type.rawValue.uppercased()
        case .other(let name): name ?? ""
        }
    }
}

extension SafeTensorsHeader.Entry {
    fileprivate init(named path: String, from json: inout JSONCursor) throws(FormatFault) {
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?
        try json.takeObject { (json, key) throws(FormatFault) in
            switch key {
            case "dtype" where typeName == nil: typeName = try json.takeString()
            case "shape" where shape == nil: shape = try json.takeIntegers()
            case "data_offsets" where offsets == nil: offsets = try json.takeIntegers()
            default: throw json.fault(.unexpectedMember)
            }
        }
        guard let typeName, let shape, let offsets else {
            throw json.fault(.incompleteEntry)
        }
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            throw json.fault(.offsetsAreNoRange)
        }
        let float = typeName == typeName.uppercased() ? FloatType(rawValue: typeName.lowercased()) : nil
        let type = float.map(SafeTensorsHeader.ElementType.float) ?? .other(name: typeName.shownType)
        self.init(path: path, type: type, shape: shape, range: offsets[0]..<offsets[1])
    }
}
