import GraphBasics
import SystemPackage

extension FilePath {
    /// The path as a text that gives it back, whatever its bytes: itself where it is UTF-8.
    package var text: String {
        let bytes = bytes
        guard let text = String(validating: bytes, as: UTF8.self), !ByteScalars.areIn(text) else {
            return ByteScalars.text(of: bytes)
        }
        return text
    }

    /// The path as a string of JSON. A byte that is no UTF-8 is half a surrogate pair, as `\udce9`: so Python reads it back.
    package var json: String {
        let parts = NamePart.parts(of: bytes).map { part in
            switch part {
            case .scalar(let scalar): String(jsonString(String(scalar)).unicodeScalars.dropFirst().dropLast())
            case .byte(let byte): "\\udc" + String(byte, radix: 16)
            }
        }
        return "\"\(parts.joined())\""
    }

    /// The path of a ``text``.
    package init(text: String) { self.init(bytes: ByteScalars.bytes(of: text)) }
}

/// Bytes as a text: those of printable ASCII as they are, each other one as a scalar of Unicode's last private plane.
package enum ByteScalars {
    private static let first: UInt32 = 0x10F700

    package static func contains(_ scalar: Unicode.Scalar) -> Bool { first..<first + 256 ~= scalar.value }

    /// A text that holds such scalars already is itself written as bytes, so that what is read is never ambiguous.
    package static func areIn(_ text: String) -> Bool { text.unicodeScalars.contains(where: contains) }

    package static func text(of bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            let isPlain = 0x20..<0x7F ~= byte
            text.unicodeScalars.append(isPlain ? Unicode.Scalar(byte) : Unicode.Scalar(first + UInt32(byte)) ?? "?")
        }
        return text
    }

    package static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { contains($0) ? [UInt8($0.value - first)] : Array(String($0).utf8) }
    }

    /// A text in which such scalars stand for parts of names, as these are shown.
    package static func shown(in text: String) -> String {
        guard areIn(text) else { return text }
        var shown = ""
        var run: [UInt8] = []
        for scalar in text.unicodeScalars {
            if contains(scalar) {
                run.append(UInt8(scalar.value - first))
            } else {
                shown += shownName(run)
                run = []
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown + shownName(run)
    }
}
