import GraphTestSupport
import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

/// No text and no size stops the compiler: it compiles or says why not.
@Suite struct MutationTests {
    @Test(arguments: SmallModel.all)
    func mutatedModelsCompileOrAreRefused(_ model: SmallModel) throws {
        let source = try model.source()
        var random = RepeatableGenerator(seed: UInt64(source.utf8.count))
        var refused = 0
        for _ in 0..<150 {
            let text = Mutation.text(source, count: Int.random(in: 1...3, using: &random), using: &random)
            do throws(CompileError) {
                let module = try Pipeline.run(text, parameters: model.parameters, upTo: .fused)
                for entry in module.entries { specialize(entry, ["N": 1, "H": 5, "W": 4]) }
            } catch {
                #expect(error.rendered(file: "mutated.graph", source: text).contains("error["))
                refused += 1
            }
        }
        #expect(refused > 50)
    }

    @Test(arguments: SmallModel.all)
    func mutatedDumpsCompileOrAreRefused(_ model: SmallModel) throws {
        let planned = try programText(
            Pipeline.plan(
                model.entry(.predict), sizes: ["N": 1, "H": 5, "W": 4], PlanOptions(.portable, memory: .bands(rows: 2))
            ).program,
            stage: .planned)
        var random = RepeatableGenerator(seed: UInt64(planned.utf8.count))
        for _ in 0..<60 {
            let text = Mutation.text(planned, count: Int.random(in: 1...3, using: &random), using: &random)
            _ = try? readProgram(text)
            _ = try? Pipeline.run(text, upTo: .fused)
        }
    }

    static let extremes = [0, -1, Int.min, 1, 3, 1 << 17, 1 << 31, 1 << 40, 1 << 48, Int.max]

    @Test(arguments: SmallModel.all, extremes)
    func extremeSizesArePlannedOrRefused(_ model: SmallModel, _ size: Int) throws {
        for entry in try model.module().entries {
            for name in ["N", "H", "W"] {
                var sizes = ["N": 1, "H": 2, "W": 3]
                sizes[name] = size
                let isPlanned = specialize(entry, sizes)
                if size < 1 || size >= 1 << 40 { #expect(!isPlanned) }
                if size == 1 || size == 3 { #expect(isPlanned) }
            }
            specialize(entry, ["N": size, "H": size, "W": size])
            #expect(!specialize(entry, ["N": 1, "H": 2]), "a size is missing")
        }
    }

    @discardableResult
    private func specialize(_ entry: Entry, _ sizes: [String: Int]) -> Bool {
        var isPlanned = false
        // Plans of some million instructions are allowed, but take their time.
        let isLong = sizes.values.contains { $0 > 1000 && $0 < 1 << 31 }
        for bandRows in isLong ? [nil, Int.max] : [nil, 1, 7, Int.max] {
            do throws(ProgramError) {
                let program = try Pipeline.plan(
                    entry, sizes: sizes, PlanOptions(.avx2, memory: .bands(rows: bandRows))
                ).program
                #expect(program.arenaByteCount >= 0)
                if bandRows == nil { isPlanned = true }
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
        return isPlanned
    }
}

/// Small changes of a text, token by token.
enum Mutation {
    private static let replacements = [
        "0", "1", "-1", "3", "7", "65536", "4294967296", "9223372036854775807", "0.5", "1e300", "true", "H", "lr", "sr", "conv2d",
        "repeat", "if", "carry", "(", ")", "{", "}", "<", ">", "[", "]", ",", "..<", "//", "/", "*", "+", "-", "@a", "=", "==",
    ]

    static func text(_ source: String, count: Int, using random: inout RepeatableGenerator) -> String {
        var tokens = tokens(of: source)
        for _ in 0..<count {
            let place = Int.random(in: 0..<tokens.count, using: &random)
            let other = Int.random(in: 0..<tokens.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: tokens.remove(at: place)
            case 1: tokens.insert(tokens[other], at: place)
            case 2: tokens.swapAt(place, other)
            case 3: tokens[place] = tokens[other]
            default: tokens[place] = replacements[Int.random(in: 0..<replacements.count, using: &random)]
            }
        }
        return tokens.joined()
    }

    /// Runs of letters and digits, and all other characters one by one; comments are left out.
    private static func tokens(of source: String) -> [String] {
        source.split(separator: "\n").filter { !$0.hasPrefix("//") }.joined(separator: "\n")
            .matches(of: /[A-Za-z0-9_.]+|./.dotMatchesNewlines()).map { String($0.output) }
    }
}
