/// What a name's bytes are: scalars of Unicode, as far as they are UTF-8, and bytes between.
enum NamePart {
    case scalar(Unicode.Scalar)
    case byte(UInt8)

    static func parts(of bytes: [UInt8]) -> [NamePart] {
        var parts: [NamePart] = []
        var place = 0
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        while true {
            switch parser.parseScalar(from: &rest) {
            case .emptyInput: return parts
            case .error(let byteCount):
                parts += bytes[place..<place + byteCount].map(NamePart.byte)
                place += byteCount
            case .valid(let encoded):
                parts.append(.scalar(Unicode.UTF8.decode(encoded)))
                place += encoded.count
            }
        }
    }
}
