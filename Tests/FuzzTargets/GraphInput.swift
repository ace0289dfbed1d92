import GraphLanguage
@testable import GraphCompiler
@testable import GraphIR

/// Entries of more values are elaborated and not compiled: a fuzzer would do nothing else.
private let mostNodes = 1000

func takeGraph(_ bytes: [UInt8]) {
    let reading = Parser.read(bytes: bytes)
    guard reading.mistakes.isEmpty, let file = reading.file else {
        _ = mistakes(in: reading).rendered(file: "fuzz", source: String(decoding: bytes, as: UTF8.self))
        return
    }
    let printed = SyntaxPrinter.print(file)
    let again = try? Parser.parse(printed)
    precondition(again.map { SyntaxPrinter.print($0) } == printed, "what is printed is read as something else")
    guard let stage = try? Pipeline.stage(of: file), let module = try? elaborate(file) else { return }
    if stage >= .lowered {
        _ = try? readProgram(printed)
        return
    }
    guard module.entries.allSatisfy({ $0.graph.nodes.count <= mostNodes }) else { return }
    guard let compiled = try? Pipeline.run(file, upTo: .fused) else { return }
    let text = SyntaxPrinter.print(compiled.syntax(stage: .fused))
    guard let reread = try? Pipeline.run(text, upTo: .fused) else {
        preconditionFailure("what was compiled is not read again")
    }
    precondition(SyntaxPrinter.print(reread.syntax(stage: .fused)) == text, "what was compiled is read as something else")
    for entry in compiled.entries { plan(entry) }
}

private func plan(_ entry: Entry) {
    for (size, rows) in [(1, nil), (6, 2)] as [(Int, Int?)] {
        let sizes = Dictionary(uniqueKeysWithValues: entry.graph.sizeSymbols.map { ($0, size) })
        let plan = try? Pipeline.plan(entry, sizes: sizes, PlanOptions(.portable, memory: .bands(rows: rows)))
        guard let program = plan?.program else { continue }
        do {
            try PlanVerifier.verifySteps(program)
            try PlanVerifier.verifySchedule(program)
            try PlanVerifier.verifyPlaces(program)
            try PlanVerifier.verifyDependencies(program)
        } catch {
            preconditionFailure("a plan breaks an invariant: \(error)")
        }
    }
}

/// Models small enough for mutations to matter, of all parts of the language.
func graphSeeds() -> [String: [UInt8]] {
    let enlarging = """
        /// Enlarges twice.
        graph small<filters: int = 4, blocks: int = 2>(lr: u8[N, H, W, 3]) -> (sr: f32[N, 2*H, 2*W, 3]) where blocks in {1, 2} {
          h = conv<filters>(f32(lr) / 255) @head
          repeat i in 0..<blocks carry h { h = h + 0.5 * relu(conv<filters>(h) @body.{i}) }
          if filters == 4 { x = 1 } else { x = 2 }
          sr = 255 * depth_to_space(conv<12>(h) @tail, block = 2)
        }
        block conv<out: int>(x: f32[N, H, W, C]) -> (y: f32[N, H, W, out]) {
          weight filter: f32[3, 3, C, out] ~ glorot_uniform
          weight bias: f32[out] ~ constant(0.25)
          y = conv2d(x, filter) + bias
        }
        train small(hr: u8[N, 2*H, 2*W, 3]) -> (sr: f32[N, 2*H, 2*W, 3]) {
          state seen: f32[] ~ zeros
          update seen = seen + 1
          loss mae = mean(abs(sr - f32(hr)))
          metric quality = psnr(sr, f32(hr), peak = 255)
          sr = sr
        }
        predict small() -> (image: u8[N, 2*H, 2*W, 3]) { image = u8(round(clip(sr, 0, 255))) }
        """
    let shapes = """
        graph shapes(x: f32[N, 2*H, W, 4], v: f32[K]) -> (y: f32[N, 2*H + 2, W, 8], s: f32[1, 1, 1, 4]) {
          p = pad_zero(concat(x, -x), axis = 1, before = 1, after = 1)
          y = prelu(p, 0.5) ** 2
          s = sum(slice(x, axis = 3, start = 0, length = 4), axes = [0, 1, 2])
        }
        """
    var seeds = ["enlarging": enlarging, "shapes": shapes]
    for (name, text) in [("enlarging", enlarging), ("shapes", shapes)] {
        for stage in [Stage.elaborated, .fused] {
            guard let module = try? Pipeline.run(text, upTo: stage) else { continue }
            seeds["\(name)-\(stage)"] = SyntaxPrinter.print(module.syntax(stage: stage))
        }
    }
    return seeds.mapValues { Array($0.utf8) }
}
