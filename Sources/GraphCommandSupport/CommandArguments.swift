import ArgumentParser
import CGraphProcessShim
import Glibc
import GraphFiles
import SystemPackage

extension FilePath: @retroactive ExpressibleByArgument {
    /// Any argument is a path: its bytes.
    public init(argument: String) { self.init(text: argument) }
}

/// The arguments of this process, as texts that are taken apart where their bytes say.
///
/// ArgumentParser takes texts, and goes by their characters. An argument that is no UTF-8 has none, and a combining mark
/// behind `-` or `=` makes one character with it, which is neither. Such an argument is written by scalars that stand for
/// bytes (``ByteScalars``), and so is one with control characters, which no message may print. What is made of an
/// argument, or shown of it, gets the bytes back.
enum CommandArguments {
    /// Without the program's name. Swift's `CommandLine` reads them from a file of the system, which can be missing.
    static var all: [String] {
        var count: Int32 = 0
        let first = process_shim_arguments(&count)
        let texts = UnsafeBufferPointer(start: first, count: Int(count)).dropFirst().compactMap(\.self).map { argument in
            text(of: UnsafeBufferPointer(start: argument, count: strlen(argument)).map(UInt8.init(bitPattern:)))
        }
        return withNumbersAsValues(texts)
    }

    /// A number below 0 behind an option is its value, which ArgumentParser would take for an option of its own.
    static func withNumbersAsValues(_ arguments: [String]) -> [String] {
        var result: [String] = []
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("-"), Double(argument) != nil, let option = result.last, option.hasPrefix("-"),
                option.count > 1, !option.contains("="), Double(option) == nil, !arguments[..<index].contains("--")
            {
                result[result.count - 1] = "\(option)=\(argument)"
            } else {
                result.append(argument)
            }
        }
        return result
    }

    static func text(of bytes: [UInt8]) -> String {
        guard let text = String(validating: bytes, as: UTF8.self), isPlain(text) else { return ByteScalars.text(of: bytes) }
        return text
    }

    /// Whether characters begin where words, options and their values do, and all can be printed.
    private static func isPlain(_ text: String) -> Bool {
        var isBehindWord = false
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control || ByteScalars.contains(scalar) { return false }
            if scalar.joinsWhatIsBefore, !isBehindWord { return false }
            isBehindWord = !scalar.isASCII || Character(scalar).isLetter || Character(scalar).isNumber
        }
        return true
    }
}
