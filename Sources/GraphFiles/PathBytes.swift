import SystemPackage

// A name is its bytes: two names are one where these are equal, whatever Unicode says of them.

extension FilePath {
    /// Without the zero behind them.
    package var bytes: [UInt8] { withPlatformString(untilZero) }

    /// The path of these bytes, up to the first zero.
    package init(bytes: some Sequence<UInt8>) {
        let bytes = bytes.prefix { $0 != 0 }.map(CChar.init(bitPattern:)) + [0]
        self.init(platformString: bytes)
    }

    /// The path with more text at the end of its last name.
    package func extended(by text: String) -> FilePath { FilePath(bytes: bytes + Array(text.utf8)) }
}

extension FilePath.Component {
    /// Without the zero behind them.
    package var bytes: [UInt8] { withPlatformString(untilZero) }

    /// Whether people do not mean it when they name its folder.
    package var isHidden: Bool { bytes.first == UInt8(ascii: ".") }

    /// Capital letters of ASCII as small ones; what is no UTF-8 is replaced, so that this compares equal to no plain word.
    package var lowercasedText: String { string.lowercased() }
}

private func untilZero(_ start: UnsafePointer<CChar>) -> [UInt8] {
    var bytes: [UInt8] = []
    var next = start
    while next.pointee != 0 {
        bytes.append(UInt8(bitPattern: next.pointee))
        next += 1
    }
    return bytes
}
