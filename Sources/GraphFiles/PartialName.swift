import SystemPackage

extension FilePath {
    /// The path of the file that stands for this one until it is whole: `.NAME.partial` in the same folder.
    ///
    /// Of a name that is too long for that its beginning stands there, and a digest of the whole.
    package var partial: FilePath {
        let longest = 255
        let ending = Array(".partial".utf8)
        var name = lastComponent?.bytes ?? []
        if 1 + name.count + ending.count > longest {
            let digest = Array("-\(String(Self.digest(of: name), radix: 16))".utf8)
            var count = longest - 1 - ending.count - digest.count
            // Not within a letter.
            while count > 0, name[count] & 0xC0 == 0x80 { count -= 1 }
            name = name[..<count] + digest
        }
        return folder.appending(FilePath(bytes: [UInt8(ascii: ".")] + name + ending).components)
    }

    /// Fowler, Noll and Vo's hash FNV-1a of 64 bits.
    private static func digest(of bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
