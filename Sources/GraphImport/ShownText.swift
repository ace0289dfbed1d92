/// Text of a file as messages show it.
enum ShownText {
    private static let limit = 80

    /// The beginning of a text, without characters that a terminal takes for its own.
    static func short(_ text: String) -> String {
        let printable = String(
            text.unicodeScalars.prefix(limit).map { scalar -> Character in
                scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                    ? "?" : Character(scalar)
            })
        return text.unicodeScalars.count > limit ? "\(printable)…" : printable
    }
}
