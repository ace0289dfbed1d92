import GraphCompiler
import GraphLanguage
import GraphModelFixtures
import GraphTestSupport
import Testing

/// Two mistakes in two lines are the two reports that each of them gives alone: neither hides the other, and nothing
/// follows from them.
@Suite struct IndependentMistakesTests {
    @Test(arguments: SmallModel.all)
    func twoMistakesAreTwoReports(_ model: SmallModel) throws {
        let lines = try model.source().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let broken = lines.indices.flatMap { number in Self.broken(lines[number]).map { (number, $0) } }
        let alone = broken.map { sites(lines, [$0], model) }
        #expect(alone.count > 4 && alone.allSatisfy { $0.count == 1 }, "\(alone)")
        var random = RepeatableGenerator(seed: 1)
        for _ in 0..<200 {
            let (first, second) = (
                Int.random(in: 0..<broken.count, using: &random), Int.random(in: 0..<broken.count, using: &random)
            )
            guard broken[first].0 != broken[second].0 else { continue }
            let both = sites(lines, [broken[first], broken[second]], model)
            #expect(both == alone[first].union(alone[second]), "\(broken[first]), \(broken[second])")
        }
    }

    /// A line of a body with the name of a call misspelt, each in turn; with a bracket too many; with a letter that the
    /// language lacks.
    private static func broken(_ line: String) -> [String] {
        guard line.hasPrefix("  "), line.contains(" = "), !line.hasSuffix("{") else { return [] }
        let misspelt = line.matches(of: /[a-z_0-9]+(?=[(<])/).map { match in
            String(line[..<match.range.upperBound]) + "qq" + String(line[match.range.upperBound...])
        }
        return line.hasSuffix("}") ? misspelt : misspelt + [line + " )", line + " + é"]
    }

    private struct Site: Hashable {
        var code: Diagnostic.Code
        var location: GraphLanguage.SourceLocation
    }

    private func sites(_ lines: [String], _ changes: [(Int, String)], _ model: SmallModel) -> Set<Site> {
        var lines = lines
        for (number, line) in changes { lines[number] = line }
        do throws(CompileError) {
            _ = try Pipeline.run(lines.joined(separator: "\n"), parameters: model.parameters, upTo: .elaborated)
        } catch {
            if case .source(let mistakes) = error {
                return Set(mistakes.all.map { Site(code: $0.code, location: $0.location) })
            }
        }
        return []
    }
}
