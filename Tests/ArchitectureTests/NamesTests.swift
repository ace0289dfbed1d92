import GraphIR
import GraphKernelInterface
import Testing

/// Ops and kernels are told apart by the cases of their enums: the compiler then knows of a new one wherever it matters.
@Suite struct NamesTests {
    private static let names = Set(OpName.allCases.map(\.rawValue) + KernelName.allCases.map(\.rawValue))

    @Test func noOpOrKernelIsComparedAsText() throws {
        // The parser knows no ops; `where` is a word of declarations to it. Other formats and recipes have words of their own.
        let others = ["GraphLanguage/", "GraphInterchange/", "GraphImport/", "GraphTraining/Degradation.swift"]
        for file in try SourceFile.all() where !others.contains(where: file.path.hasPrefix) {
            // Lines belong together where an argument or a pattern goes on.
            let text = file.code.map(\.line).joined(separator: "\n")
            for match in text.matches(of: /"(\w+)"/) where Self.names.contains(String(match.1)) {
                let before = String(text[..<match.range.lowerBound].suffix(200))
                let line = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
                let isCompared =
                    ["==", "!=", "apply(", "hasPrefix(", "hasSuffix("].contains { before.trimmed.hasSuffix($0) }
                    || line.wholeMatch(of: /\s*case\s+(?:"\w+",\s*)*/) != nil
                #expect(!isCompared, "\(file.path) tells an op or kernel by its name, \(match.0)")
            }
        }
    }

    @Test(arguments: OpName.allCases)
    func everyOpHasItsFileAndItsPlaceInTheDocument(_ op: OpName) throws {
        #expect(op.definition.name == op, "OpName.definition leads to another op")
        let file = "GraphIR/Ops/\(type(of: op.definition)).swift"
        #expect(try SourceFile.all().contains { $0.path == file }, "\(op) is defined elsewhere than in \(file)")
        let document = try SourceFile.document("Language.md")
        #expect(document.contains(file) || document.contains("`\(op)`"), "\(op) does not stand in Docs/Language.md")
    }
}

extension String {
    /// Without the spaces and line ends at its end.
    fileprivate var trimmed: Substring {
        prefix(upTo: lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex)
    }
}
