import GraphTestSupport
import GraphIR
import GraphLanguage
import Testing

@testable import GraphCompiler

/// Each pass by itself: what goes in, and the same after exactly this pass.
///
/// The second line of a file names the pass, or what a plan is for: `// pass foldScales`, `// pass differentiate, adan`,
/// `// plan N=1, H=6, W=4, bands 2`.
@Suite struct PassGoldenTests {
    @Test(
        arguments: try [
            "Simplify", "Differentiate", "Fuse", "Compose", "ComposeGradients", "JoinBiasGradients",
        ].flatMap(Golden.cases(in:)))
    func goldenPasses(_ golden: GoldenCase) throws {
        try golden.check(transformed)
    }

    @Test(arguments: try Golden.cases(in: "Schedule"))
    func goldenSchedule(_ golden: GoldenCase) throws {
        try golden.check { try program($0, .scheduled) }
    }

    @Test(arguments: try Golden.cases(in: "Plan"))
    func goldenPlan(_ golden: GoldenCase) throws {
        try golden.check { try program($0, .planned) }
    }

    /// The module after the pass or stage that the file names, verified.
    private func transformed(_ input: String) throws -> String {
        let words = try Self.directive(input)
        var module = try Pipeline.run(input, upTo: .elaborated)
        if words.count > 1, let pass = Pass(named: words[1]) {
            let optimizer = words.count > 2 ? try #require(Optimizer(words[2])) : .adam
            for entry in module.entries.indices { try module.entries[entry].apply(pass, optimizer) }
            return SyntaxPrinter.print(module.syntax(stage: min(pass.stage, .fused)))
        }
        let stage = try #require(Stage(rawValue: words.last ?? ""), "the second line is '// pass NAME' or '// stage NAME'")
        module = try Pipeline.continue(module, after: try #require(stage.previous), upTo: stage)
        return SyntaxPrinter.print(module.syntax(stage: stage))
    }

    private func program(_ input: String, _ stage: Stage) throws -> String {
        let request = PlanRequest(try Self.directive(input))
        let entry = try #require(Pipeline.run(input, upTo: .fused).entries.first)
        return try Pipeline.run(entry, sizes: request.sizes, .portable, bandRows: request.bandRows, upTo: stage)
            .text(role: entry.role, stage: stage)
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
    /// Does one pass alone, behind fusion where it works on groups.
    fileprivate mutating func apply(_ pass: Pass, _ optimizer: Optimizer) throws {
        let context = PassContext(role: role, optimizer: optimizer)
        var form = EntryForm.graph(graph)
        if pass.stage == .lowered { form = .graph(fuse(graph)) }
        form = try pass(form, context)
        try pass.verify(form)
        graph = form.graph
    }
}
