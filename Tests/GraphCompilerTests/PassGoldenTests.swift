import TestSupport
import GraphIR
import GraphLanguage
import Testing

@testable import GraphCompiler

/// Each pass by itself: what goes in, and the same after exactly this pass.
///
/// The second line of a file names the pass, or what a plan is for: `// pass foldScales`,
/// `// plan N=1, H=6, W=4, bands 2`.
@Suite struct PassGoldenTests {
    @Test(arguments: try Golden.cases(in: "Simplify"))
    func goldenSimplify(_ golden: GoldenCase) throws {
        try golden.check { try transformed($0, .simplified) }
    }

    @Test(arguments: try Golden.cases(in: "Differentiate"))
    func goldenDifferentiate(_ golden: GoldenCase) throws {
        try golden.check { try transformed($0, .differentiated) }
    }

    @Test(arguments: try Golden.cases(in: "Fuse"))
    func goldenFuse(_ golden: GoldenCase) throws {
        try golden.check { try transformed($0, .fused) }
    }

    @Test(arguments: try Golden.cases(in: "Compose"))
    func goldenCompose(_ golden: GoldenCase) throws {
        try golden.check { try transformed($0, .fused) }
    }

    @Test(arguments: try Golden.cases(in: "ComposeGradients"))
    func goldenComposeGradients(_ golden: GoldenCase) throws {
        try golden.check { try transformed($0, .fused) }
    }

    @Test(arguments: try Golden.cases(in: "JoinBiasGradients"))
    func goldenJoinBiasGradients(_ golden: GoldenCase) throws {
        try golden.check { try transformed($0, .fused) }
    }

    @Test(arguments: try Golden.cases(in: "Schedule"))
    func goldenSchedule(_ golden: GoldenCase) throws {
        try golden.check { programText(try program($0) { try $0.scheduled($1) }, stage: .scheduled) }
    }

    @Test(arguments: try Golden.cases(in: "Plan"))
    func goldenPlan(_ golden: GoldenCase) throws {
        try golden.check { programText(try program($0) { try $0.planned($1) }, stage: .planned) }
    }

    private static let passes: [String: @Sendable (Entry) throws -> Entry] = [
        "foldConstants": { Entry(role: $0.role, graph: foldConstants($0.graph)) },
        "eliminateCommonSubexpressions": { Entry(role: $0.role, graph: eliminateCommonSubexpressions($0.graph)) },
        "eliminateDeadCode": { Entry(role: $0.role, graph: eliminateDeadCode($0.graph)) },
        "foldScales": { Entry(role: $0.role, graph: try foldScales($0.graph)) },
        "simplify": { try Pipeline.simplify($0) },
        "differentiate": { try differentiate($0) },
        "fuse": { Entry(role: $0.role, graph: fuse($0.graph)) },
        "composeConvolutions": { Entry(role: $0.role, graph: composeConvolutions(fuse($0.graph))) },
        "composeGradients": { Entry(role: $0.role, graph: composeGradients(fuse($0.graph))) },
        "joinBiasGradients": { Entry(role: $0.role, graph: joinBiasGradients(fuse($0.graph))) },
    ]

    /// The module after the pass that the file names, verified.
    private func transformed(_ input: String, _ stage: Stage) throws -> String {
        let words = try Self.directive(input)
        let pass = try #require(Self.passes[words.last ?? ""], "the second line is '// pass NAME'")
        var module = try Pipeline.run(input, upTo: .elaborated)
        module.entries = try module.entries.map(pass)
        for entry in module.entries { try Verifier.verify(entry.graph) }
        return SyntaxPrinter.print(module.syntax(stage: stage))
    }

    private func program(_ input: String, _ lower: (Entry, PlanRequest) throws -> Program) throws -> Program {
        let request = PlanRequest(try Self.directive(input))
        return try lower(try #require(Pipeline.run(input, upTo: .fused).entries.first), request)
    }

    /// The words of the second line.
    private static func directive(_ input: String) throws -> [String] {
        let line = try #require(input.split(separator: "\n").dropFirst().first)
        return line.split { " ,".contains($0) }.dropFirst().map(String.init)
    }
}

/// `plan N=1, H=6, bands 2`
private struct PlanRequest {
    var sizes: [String: Int] = [:]
    var bandRows: Int?

    init(_ words: [String]) {
        for word in words {
            let pair = word.split(separator: "=")
            if pair.count == 2 { sizes[String(pair[0])] = Int(pair[1]) }
        }
        if let bands = words.firstIndex(of: "bands"), bands + 1 < words.count { bandRows = Int(words[bands + 1]) }
    }
}

extension Entry {
    fileprivate func scheduled(_ request: PlanRequest) throws -> Program {
        try Pipeline.scheduled(self, sizes: request.sizes, instructionSet: .portable, bandRows: request.bandRows)
    }

    fileprivate func planned(_ request: PlanRequest) throws -> Program {
        try Pipeline.specialize(self, sizes: request.sizes, instructionSet: .portable, bandRows: request.bandRows)
    }
}
