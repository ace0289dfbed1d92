import GraphPack

/// The arrays of a `.npz` file: a ZIP archive of `.npy` files (NumPy 2, `numpy.lib.format`).
enum NumPyArchive {
    static func tensors(in archive: ZipArchive) throws(InterchangeError) -> WeightFile {
        var weights = WeightFile()
        for name in archive.entries.keys.sorted(by: { $0.precedesInBytes($1) }) {
            let path = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
            let bytes = try archive.bytes(of: name)
            do throws(FormatFault) {
                let array = try NumPyArray(bytes, path: path)
                if let tensor = try array.tensor() {
                    try weights.add(tensor)
                } else {
                    try weights.leaveOut(path, .otherType(name: array.typeName))
                }
            } catch { throw .damaged(path: archive.file.path, error) }
        }
        return weights
    }
}

/// A `.npy` file: a signature, a header that is a Python dictionary, and the numbers.
private struct NumPyArray {
    let description: String
    let isColumnMajor: Bool
    let shape: [Int]
    let data: ArraySlice<UInt8>
    let path: String

    /// NumPy itself reads no longer ones, save where it is told to trust the file.
    private static let headerByteLimit = 1 << 16

    /// The type as messages show it.
    var typeName: String? {
        description.filter { $0 != "'" }.shownType
    }

    init(_ bytes: [UInt8], path: String) throws(FormatFault) {
        self.path = path
        var cursor = ByteCursor(bytes)
        guard cursor.takeBytes(count: 6) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59],
            let major = cursor.take(UInt8.self), 1...3 ~= major, cursor.take(UInt8.self) != nil,
            let headerByteCount = major == 1 ? cursor.take(UInt16.self).map(Int.init) : cursor.take(UInt32.self).map(Int.init),
            headerByteCount <= Self.headerByteLimit, let header = cursor.takeText(byteCount: headerByteCount)
        else { throw FormatFault(.array(path), .isNotNumPyArray) }
        var literal = PythonLiteral(header)
        guard let members = literal.dictionary(), let description = members["descr"], let order = members["fortran_order"],
            order == "True" || order == "False",
            let shape = members["shape"].flatMap(PythonLiteral.integers)
        else { throw FormatFault(.array(path), .headerIsNotOne) }
        self.description = description
        isColumnMajor = order == "True"
        self.shape = shape
        data = bytes[cursor.offset...]
    }

    /// Nil where the numbers are no floats.
    func tensor() throws(FormatFault) -> PackedTensor? {
        let types: [Substring: FloatType] = ["f8'": .f64, "f4'": .f32, "f2'": .f16]
        guard let type = types[description.dropFirst(2)], description.hasPrefix("'<") || description.hasPrefix("'>") else {
            return nil
        }
        guard shape.count <= SectionTable.Limit.rank, let count = valueCount(ofShape: shape), count <= data.count,
            count * type.byteCount == data.count
        else { throw FormatFault(.array(path), .byteCount(data.count, shape: shape)) }
        var bytes = Array(data)
        if description.hasPrefix("'>") { bytes.reverseNumbers(ofByteCount: type.byteCount) }
        var values = type.values(bytes)
        if isColumnMajor {
            let strides = StridedView.rowMajorStrides(shape.reversed()).reversed()
            values = StridedView(shape: shape, strides: Array(strides), offset: 0).values(in: values) ?? values
        }
        return PackedTensor(path: path, shape: shape, values: values)
    }
}

/// Takes a flat dictionary as `{'descr': '<f4', 'shape': (3, 4), }` apart, values as they are written.
private struct PythonLiteral {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func dictionary() -> [String: String]? {
        guard takes("{") else { return nil }
        var members: [String: String] = [:]
        while !takes("}") {
            guard let key = takeValue(), key.hasPrefix("'"), takes(":"), let value = takeValue() else { return nil }
            members[String(key.dropFirst().dropLast())] = value
            guard takes(",") || rest.first == "}" else { return nil }
        }
        return members
    }

    static func integers(_ tuple: String) -> [Int]? {
        guard tuple.hasPrefix("("), tuple.hasSuffix(")") else { return nil }
        var sizes: [Int] = []
        for item in tuple.dropFirst().dropLast().split(separator: ",") {
            guard let size = Int(item.filter { $0 != " " && $0 != "L" }), size >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }

    /// A string with its quotes, a tuple with its parentheses, a list with its brackets, or a bare word.
    private mutating func takeValue() -> String? {
        rest = rest.drop { $0 == " " }
        let end: Substring.Index?
        switch rest.first {
        case "'": end = rest.dropFirst().firstIndex(of: "'").map { rest.index(after: $0) }
        case "(": end = rest.firstIndex(of: ")").map { rest.index(after: $0) }
        case "[": end = endOfList()
        default: end = rest.firstIndex { $0 == "," || $0 == "}" }
        }
        guard let end else { return nil }
        defer { rest = rest[end...] }
        return String(rest[..<end])
    }

    /// Behind the bracket that closes the list which begins here, as it describes the members of structures.
    private func endOfList() -> Substring.Index? {
        var depth = 0
        for index in rest.indices {
            if rest[index] == "[" { depth += 1 }
            if rest[index] == "]" { depth -= 1 }
            if depth == 0 { return rest.index(after: index) }
        }
        return nil
    }

    private mutating func takes(_ token: Character) -> Bool {
        rest = rest.drop { $0 == " " || $0 == "\n" }
        guard rest.first == token else { return false }
        rest.removeFirst()
        rest = rest.drop { $0 == " " || $0 == "\n" }
        return true
    }
}

extension [UInt8] {
    /// Turns numbers of the other byte order around.
    fileprivate mutating func reverseNumbers(ofByteCount byteCount: Int) {
        for start in stride(from: 0, to: count, by: byteCount) { self[start..<start + byteCount].reverse() }
    }
}
