import Foundation

/// Golden tests: an input and what must come of it, as text in one file.
///
/// A golden file begins with a comment that says what it shows. Its input goes from the file's first
/// line (so that line numbers in messages are those of the file) to a line `----- expect`; what
/// follows is the expected output. `Tools/bless` runs the tests and rewrites what is expected.
///
///     @Test(arguments: try Golden.cases(in: "Syntax"))
///     func goldenSyntax(_ golden: GoldenCase) throws {
///         try golden.check { input in … }
///     }
///
/// `Tools/bless` runs the tests whose names contain `golden`.
public enum Golden {
    /// All golden files of a folder of `Tests/Golden`, by name.
    ///
    /// - Throws: ``GoldenError`` where the folder holds none, so that a misspelt folder is no test passed.
    public static func cases(in folder: String) throws -> [GoldenCase] {
        let url = root.appendingPathComponent(folder)
        let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        let cases = files.filter { $0.pathExtension == "golden" }.map(GoldenCase.init)
        guard !cases.isEmpty else { throw GoldenError("no golden files in \(url.path)") }
        return cases.sorted { $0.description < $1.description }
    }

    /// `Tests/Golden`
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden")
}

/// One golden file.
public struct GoldenCase: Sendable, CustomStringConvertible {
    private let url: URL
    private static let separator = "----- expect\n"

    init(_ url: URL) { self.url = url }

    /// The file's name without its extension, which names the test.
    public var description: String { url.deletingPathExtension().lastPathComponent }

    /// Transforms the input and compares, or with `GRAPHC_BLESS=1` rewrites what is expected.
    ///
    /// - Throws: ``GoldenError`` with the lines that differ; what `transform` throws.
    public func check(_ transform: (String) throws -> String) throws {
        let content = try String(contentsOf: url, encoding: .utf8)
        guard content.hasPrefix("//") else {
            throw GoldenError("\(description): the first line must say what it shows, as a comment")
        }
        let isBlessing = ProcessInfo.processInfo.environment["GRAPHC_BLESS"] == "1"
        let divided = content.range(of: "\n" + Self.separator)
        guard divided != nil || isBlessing else { throw GoldenError("\(description): nothing is expected yet; run Tools/bless") }

        let input: String = divided.map { String(content[..<$0.lowerBound]) + "\n" } ?? content
        var output = try transform(input)
        if !output.hasSuffix("\n") { output += "\n" }
        let expected = divided.map { String(content[$0.upperBound...]) } ?? ""
        if output == expected { return }
        if isBlessing {
            let end = input.hasSuffix("\n") ? "" : "\n"
            try (input + end + Self.separator + output).write(to: url, atomically: true, encoding: .utf8)
        } else {
            throw GoldenError(
                "\(url.lastPathComponent) differs from what is expected (- expected, + found; Tools/bless accepts):\n"
                    + difference(from: expected, to: output))
        }
    }

    /// All lines, those of one text alone marked by `-` and `+`; equal lines far from any difference left out.
    private func difference(from expected: String, to found: String) -> String {
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = found.split(separator: "\n", omittingEmptySubsequences: false)
        let changes = new.difference(from: old)
        let removed = Set(changes.removals.map(\.offset))
        let inserted = Set(changes.insertions.map(\.offset))
        var lines: [(isChange: Bool, text: String)] = []
        var i = 0
        var j = 0
        while i < old.count || j < new.count {
            if i < old.count, removed.contains(i) {
                lines.append((true, "- \(old[i])"))
                i += 1
            } else if j < new.count, inserted.contains(j) {
                lines.append((true, "+ \(new[j])"))
                j += 1
            } else {
                lines.append((false, "  \(old[i])"))
                i += 1
                j += 1
            }
        }
        let shown = lines.indices.filter { index in
            lines[max(0, index - 2)...min(lines.count - 1, index + 2)].contains(where: \.isChange)
        }
        return shown.enumerated()
            .map { position, index in
                let isGap = position > 0 && shown[position - 1] != index - 1
                return (isGap ? "  …\n" : "") + lines[index].text
            }
            .joined(separator: "\n")
    }
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}

/// Why a golden test fails.
public struct GoldenError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
