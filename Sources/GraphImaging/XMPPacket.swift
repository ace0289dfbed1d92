/// An XMP packet in UTF-8, in which values of properties can be replaced while all else stays byte for byte.
///
/// Only properties of the picture itself are found: attributes and elements of the descriptions that stand directly in
/// `rdf:RDF`. Those of other pictures, which a packet tells of in structures, lie deeper.
///
/// Source: XMP specification, part 1, sections 7.3 to 7.9; ISO 16684-1.
struct XMPPacket {
    enum Fault: Error {
        case notUTF8
        /// No XML, or without `rdf:RDF`.
        case damaged
    }

    private let bytes: [UInt8]
    /// In the order of the packet.
    private var values: [(property: SizeProperty, range: Range<Int>)] = []

    private enum Namespace {
        static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        static let tiff = "http://ns.adobe.com/tiff/1.0/"
        static let exif = "http://ns.adobe.com/exif/1.0/"
    }

    /// Finds the properties of a packet.
    init(_ bytes: [UInt8]) throws(Fault) {
        // A text of 16 or 32 bits has a zero in its first letters, and may be UTF-8 all the same.
        guard !bytes.prefix(4).contains(0), String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        self.bytes = bytes
        do throws(XMLTags.Fault) {
            guard try findValues() else { throw XMLTags.Fault() }
        } catch { throw .damaged }
    }

    /// - Returns: whether there is `rdf:RDF`, and each element ends.
    private mutating func findValues() throws(XMLTags.Fault) -> Bool {
        var tags = XMLTags(bytes)
        var namespaces = XMLNamespaces()
        /// Depth of `rdf:RDF`, inside it; 1 is that of the outermost element.
        var listDepth: Int?
        var hasList = false
        while let tag = try tags.next() {
            var closes = true
            if case .opening(let name, let attributes, let isEmpty) = tag {
                namespaces.open(attributes.map { (tags.text($0.name), tags.text($0.value)) })
                switch listDepth.map({ namespaces.depth - $0 }) {
                case nil where namespaces.isName(tags.text(name), "RDF", of: Namespace.rdf):
                    listDepth = namespaces.depth
                    hasList = true
                case 1?:
                    for attribute in attributes { note(tags.text(attribute.name), tags.trimmed(attribute.value), namespaces) }
                case 2? where !isEmpty:
                    if let value = tags.textBeforeClosingTag() { note(tags.text(name), value, namespaces) }
                default: break
                }
                closes = isEmpty
            }
            if closes {
                guard namespaces.depth > 0 else { return false }
                if listDepth == namespaces.depth { listDepth = nil }
                namespaces.close()
            }
        }
        return hasList && namespaces.depth == 0
    }

    private mutating func note(_ name: String, _ value: Range<Int>, _ namespaces: XMLNamespaces) {
        let property = SizeProperty.allCases.first { property in
            namespaces.isName(name, property.name, of: property.isOfExif ? Namespace.exif : Namespace.tiff)
        }
        if let property { values.append((property, value)) }
    }
}

extension XMPPacket {
    /// The packet of the picture after a change of its size. Values of a form that is not known stay as they are.
    func changed(by change: SizeChange) -> [UInt8] {
        let texts = SizeProperty.allCases.map { property in
            change.number(of: property).map { "\($0)" }
                ?? change.scaled(property, value: rational).map { "\($0.numerator)/\($0.denominator)" }
        }
        let textOfProperty = Dictionary(uniqueKeysWithValues: zip(SizeProperty.allCases, texts))
        var result: [UInt8] = []
        var end = 0
        for (property, range) in values {
            guard case let text?? = textOfProperty[property] else { continue }
            result += bytes[end..<range.lowerBound]
            result += text.utf8
            end = range.upperBound
        }
        return result + bytes[end...]
    }

    /// The first value of a property: `720000/10000` or, as some write, `72`.
    private func rational(_ property: SizeProperty) -> UnsignedRational? {
        guard let range = values.first(where: { $0.property == property })?.range else { return nil }
        let parts = String(decoding: bytes[range], as: UTF8.self).split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt32($0).map(Int.init) }
        guard numbers.count == parts.count, numbers.count <= 2, let numerator = numbers.first else { return nil }
        return UnsignedRational(numerator: numerator, denominator: numbers.count == 2 ? numbers[1] : 1)
    }
}

/// Which namespace each prefix stands for, in the element that is open.
///
/// Source: Namespaces in XML 1.0, third edition, sections 3 and 6.1.
private struct XMLNamespaces {
    /// Elements that are open.
    private(set) var depth = 0
    private var names: [String: String] = [:]
    /// What prefixes stood for outside of the elements that are open, the innermost last.
    private var outside: [(depth: Int, prefix: String, name: String?)] = []

    /// Opens an element with these attributes.
    mutating func open(_ attributes: [(name: String, value: String)]) {
        depth += 1
        for (name, value) in attributes {
            let parts = Self.parts(of: name)
            guard parts.prefix == "xmlns" || name == "xmlns" else { continue }
            let prefix = name == "xmlns" ? "" : String(parts.local)
            outside.append((depth, prefix, names.updateValue(value, forKey: prefix)))
        }
    }

    /// Closes the element that was opened last.
    mutating func close() {
        while let last = outside.last, last.depth == depth {
            names[last.prefix] = last.name
            outside.removeLast()
        }
        depth -= 1
    }

    /// Whether a name with its prefix is this one of a namespace.
    func isName(_ name: String, _ local: String, of namespace: String) -> Bool {
        let parts = Self.parts(of: name)
        return parts.local == local && names[String(parts.prefix)] == namespace
    }

    private static func parts(of name: String) -> (prefix: Substring, local: Substring) {
        guard let colon = name.firstIndex(of: ":") else { return ("", name[...]) }
        return (name[..<colon], name[name.index(after: colon)...])
    }
}
