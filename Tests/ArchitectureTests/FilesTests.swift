import Testing

/// Every public type stands in a file of its name, or beside the type of the file's name that it serves: one that names it
/// among its public members, or names what does.
@Suite struct FilesTests {
    /// The nodes of the syntax tree are read together.
    private static let exceptions: Set = ["GraphLanguage/Syntax.swift"]

    @Test func typesStandInFilesOfTheirNames() throws {
        var count = 0
        for file in try SourceFile.all() where !Self.exceptions.contains(file.path) {
            let types = TopLevelTypes(file.code.map(\.line))
            count += types.publicNames.count
            let name = String(file.path.split(separator: "/").last?.dropLast(".swift".count) ?? "")
            let expected = types.served(by: name)
            for type in types.publicNames where !expected.contains(type) {
                Issue.record("\(file.path): '\(type)' belongs into a file of its own")
            }
        }
        #expect(count > 100, "public types are found")
    }

    @Test func typesThatServeNoneAreSeen() {
        let types = TopLevelTypes([
            "public struct A {", "    public var b: B", "    var c: C", "}", "public enum B {", "    case d(D)", "}",
            "public struct C {", "}", "public final class D {", "}", "@frozen public struct E {}",
        ])
        #expect(types.publicNames == ["A", "B", "C", "D", "E"])
        #expect(types.served(by: "A") == ["A", "B", "D"])
        #expect(types.served(by: "F") == [])
    }
}

/// The types that a file declares outside of others.
private struct TopLevelTypes {
    private(set) var publicNames: [String] = []
    /// For each type, the words of its public members and cases, those of its extensions in the file included.
    private var words: [String: Set<String>] = [:]
    private var declared: Set<String> = []

    init(_ lines: [String]) {
        var current: String?
        var isPublic = false
        let declaration = Self.declaration
        for line in lines {
            if line.first?.isWhitespace == false, let match = line.firstMatch(of: declaration) {
                let name = String(match.name)
                current = name
                isPublic = match.0.contains("public")
                if match.kind != "extension" {
                    declared.insert(name)
                    if isPublic { publicNames.append(name) }
                }
                // A protocol's members are public without saying so.
                if match.kind != "protocol" { isPublic = false }
            }
            guard let current else { continue }
            let found = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            let isCase = found.first == "case" || found.first == "indirect" && found.dropFirst().first == "case"
            if isPublic || isCase || found.contains("public") {
                words[current, default: []].formUnion(found.map(String.init))
            }
        }
    }

    /// A type and those that it names, if the file declares it.
    func served(by name: String) -> Set<String> {
        guard declared.contains(name) else { return [] }
        var served: Set = [name]
        var waiting = [name]
        while let next = waiting.popLast() {
            for word in words[next] ?? [] where publicNames.contains(word) && served.insert(word).inserted {
                waiting.append(word)
            }
        }
        return served
    }

    private static var declaration: Regex<(Substring, kind: Substring, name: Substring)> {
        #/^(?:@?\w+ )*(?<kind>struct|class|enum|actor|protocol|extension) (?<name>\w+)/#
    }
}
