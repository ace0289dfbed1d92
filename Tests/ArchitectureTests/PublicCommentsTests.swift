import Foundation
import Testing

/// Every public declaration of the library and the commands has a comment.
///
/// Those without one of their own are what a reader knows anyway: an enum's cases share its comment, but for errors, of
/// which each case has one unless it only passes another error on; and what a protocol of the standard library asks for
/// (`description`, `hash(into:)`, `==`, `<`) means what that protocol says. The functions of the C interface are described
/// in its header.
@Suite struct PublicCommentsTests {
    @Test func publicDeclarationsHaveComments() throws {
        var commentCount = 0
        for path in try sources() {
            let text = try String(contentsOf: Self.folder.appendingPathComponent(path), encoding: .utf8)
            let declarations = Declarations(text)
            commentCount += declarations.commented
            for (number, line) in declarations.uncommented {
                Issue.record("\(path):\(number) is public and has no comment: \(line)")
            }
        }
        #expect(commentCount > 1000, "public declarations are found")
    }

    @Test(arguments: [
        "public struct A {", "    public var a: Int", "@frozen public enum A {", "public static func + (a: A, b: A) -> A {",
        "public private(set) var a = 1", "public init?(a: Int)", "public subscript(a: Int) -> Int {",
    ])
    func declarationsWithoutACommentAreSeen(_ line: String) {
        #expect(Declarations("\n\(line)").uncommented.map(\.number) == [2])
        #expect(Declarations("/// A.\n@inlinable\n\(line)").commented == 1)
    }

    @Test func requirementsOfPublicProtocolsAndMembersOfPublicExtensionsAreSeen() {
        let text = """
            /// A.
            public protocol A {
                var a: Int { get }
                /// b
                func b()
            }
            public extension A {
                func c() { let d = 1 }
            }
            extension A {
                func e() {}
            }
            """
        #expect(Declarations(text).uncommented.map(\.number) == [3, 8])
    }

    @Test func casesOfErrorsAreSeen() {
        let text = """
            /// A.
            public enum A: Error, Hashable {
                case file(FileError)
                /// b
                case b(Int)
                case c(path: String, FileError)
                indirect case d(A)
                var e: Int { switch self { case .b: 1 } }
            }
            /// B.
            public enum B {
                case f
            }
            """
        #expect(Declarations(text).uncommented.map(\.number) == [6, 7])
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources").standardizedFileURL

    private func sources() throws -> [String] {
        let paths = try #require(FileManager.default.subpaths(atPath: Self.folder.path))
        return paths.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("GraphCAPI/") }.sorted()
    }
}

/// The public declarations of a file.
private struct Declarations {
    var commented = 0
    /// Lines by number, from 1.
    var uncommented: [(number: Int, line: String)] = []

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
        // Of each brace that is open, what stands directly in it.
        var bodies: [Body] = []
        for (index, line) in lines.enumerated() where !line.hasPrefix("//") {
            let code = Self.code(line)
            let words = Self.words(of: code)
            let isPublic = words.contains("public") || bodies.last == .publicMembers
            let isErrorCase = bodies.last == .errorCases && Self.isCase(words, code)
            if isErrorCase || Self.isDeclaration(words, isPublic: isPublic), !Self.isKnown(code) {
                let above = lines[..<index].last { !$0.hasPrefix("@") }
                if above?.hasPrefix("///") == true { commented += 1 } else { uncommented.append((index + 1, String(line))) }
            }
            var body = Self.body(words, code)
            for character in code {
                if character == "{" {
                    bodies.append(body)
                    body = .other
                } else if character == "}" {
                    _ = bodies.popLast()
                }
            }
        }
    }

    /// What stands in braces.
    private enum Body {
        /// Members that are public without saying so.
        case publicMembers
        /// The cases of a public error.
        case errorCases
        case other
    }

    private static func body(_ words: [Substring], _ code: String) -> Body {
        guard words.contains("public") else { return .other }
        if words.contains("protocol") || words.contains("extension") { return .publicMembers }
        return words.contains("enum") && code.contains(/\bError\b/) ? .errorCases : .other
    }

    /// Whether a line declares a case, other than one that only passes another error on.
    private static func isCase(_ words: [Substring], _ code: String) -> Bool {
        words.first { !modifiers.contains($0) } == "case" && !code.contains(/case \w+\(\w+Error\)/)
    }

    /// A line without its strings and without a comment at its end.
    private static func code(_ line: Substring) -> String {
        var code = "", isString = false, last: Character = " "
        for character in line {
            if character == "\"", last != "\\" { isString.toggle() }
            if !isString {
                if character == "/", last == "/" { break }
                code.append(character)
            }
            last = character
        }
        return code
    }

    /// The words before a parenthesis, brace, colon or equals sign, without attributes: modifiers and a keyword.
    private static func words(of code: String) -> [Substring] {
        code.split(separator: " ").drop { $0.hasPrefix("@") }.map { $0.prefix { $0.isLetter } }.filter { !$0.isEmpty }
    }

    private static let keywords: Set<Substring> = [
        "struct", "class", "enum", "actor", "protocol", "func", "var", "let", "init", "subscript", "typealias",
        "associatedtype", "macro",
    ]
    private static let modifiers: Set<Substring> = [
        "public", "private", "internal", "package", "static", "final", "mutating", "nonmutating", "consuming", "borrowing",
        "indirect", "nonisolated", "override", "required", "convenience", "lazy", "weak", "prefix", "postfix",
    ]

    private static func isDeclaration(_ words: [Substring], isPublic: Bool) -> Bool {
        guard isPublic, let keyword = words.first(where: { !modifiers.contains($0) }) else { return false }
        return keywords.contains(keyword)
    }

    /// What the standard library's protocols ask for.
    private static func isKnown(_ code: String) -> Bool {
        ["var description: String", "func hash(into", "static func == ", "static func < "].contains { code.contains($0) }
    }
}
