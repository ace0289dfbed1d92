import Foundation
import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

/// A plan's text that a hand has edited is refused, at the line that is wrong, or means the same.
@Suite struct EditedPlanTests {
    /// A plan in bands, line by line.
    private let sound: [String]
    private let program: Program
    private let entryLine: Int

    init() throws {
        program = try Pipeline.plan(
            SmallModel.all[0].entry(.predict), sizes: ["N": 1, "H": 9, "W": 5],
            PlanOptions(.portable, memory: .bands(rows: 4))
        ).program
        sound = programText(program, stage: .planned).components(separatedBy: "\n")
        entryLine = try #require(sound.firstIndex { $0.hasPrefix("entry ") })
    }

    private var bufferLines: [Int] { sound.indices.filter { sound[$0].hasPrefix("  buffer ") } }
    private var runLines: [Int] { sound.indices.filter { sound[$0].hasPrefix("  run ") } }

    /// Where a plan is refused, counted from 0; nil where it passes.
    private func refusedLine(_ lines: [String]) -> Int? {
        let text = lines.joined(separator: "\n")
        do {
            _ = try readProgram(text)
            return nil
        } catch {
            let report = error.rendered(file: "plan", source: text)
            let place = report.components(separatedBy: ":").dropFirst().first.flatMap { Int($0) }
            return (place ?? 0) - 1
        }
    }

    @Test func thePlanAsItWasPrintedPasses() throws {
        #expect(refusedLine(sound) == nil)
        #expect(bufferLines.count > 10 && runLines.count > 20)
    }

    @Test func aLineThatIsLeftOutIsFound() {
        for line in bufferLines + runLines {
            var lines = sound
            lines.remove(at: line)
            #expect(refusedLine(lines) != nil, "\(sound[line])")
        }
    }

    @Test func aLineThatStandsTwiceIsFound() {
        for line in bufferLines + runLines {
            var lines = sound
            lines.insert(sound[line], at: line + 1)
            let found = refusedLine(lines)
            #expect(found != nil && found != entryLine, "\(sound[line])")
        }
    }

    /// Places are multiples of 64, and every other number follows from the graph and the order of the runs; other
    /// dependencies than those a plan has may do.
    @Test(arguments: [1, -1])
    func aNumberThatIsWrongIsFoundAtALineOfThePlan(_ change: Int) throws {
        for line in bufferLines + runLines {
            let words = sound[line].components(separatedBy: " ")
            for (position, word) in words.enumerated() where ["rows", "bytes", "live", "at"].contains(word) {
                let numbers = words[position + 1].components(separatedBy: "..<")
                for index in numbers.indices {
                    var edited = numbers
                    edited[index] = String(try #require(Int(numbers[index])) + change)
                    var lines = sound
                    var editedWords = words
                    editedWords[position + 1] = edited.joined(separator: "..<")
                    lines[line] = editedWords.joined(separator: " ")
                    let found = refusedLine(lines)
                    #expect(found != nil && found != entryLine, "\(lines[line])")
                }
            }
        }
    }

    @Test func ofSeveralWrongLivesTheFirstIsNamed() {
        var lines = sound
        let alive = bufferLines.filter { sound[$0].contains(" live ") }
        for line in alive { lines[line] = sound[line].replacing(/live \d+\.\.<\d+/) { "\($0.0)0" } }
        #expect(alive.count > 1 && refusedLine(lines) == alive.first)
    }

    @Test func aFlagThatIsLeftOutIsFound() {
        for line in bufferLines + runLines {
            guard let flag = sound[line].components(separatedBy: " ").last,
                ["source", "sink", "prepare", "prepared", "packed", "sums"].contains(flag)
            else { continue }
            var lines = sound
            lines[line] = String(sound[line].dropLast(flag.count + 1))
            let found = refusedLine(lines)
            #expect(found != nil && found != entryLine, "\(sound[line])")
        }
    }

    @Test func sumsAreNoPackedFilters() throws {
        let program = try Pipeline.plan(
            SmallModel.composed.entry(.train), sizes: ["N": 1, "H": 8, "W": 8], PlanOptions(.portable, memory: .wholeImages)
        ).program
        var lines = programText(program, stage: .planned).components(separatedBy: "\n")
        #expect(refusedLine(lines) == nil)
        let line = try #require(lines.firstIndex { $0.hasSuffix(" sums") })
        lines[line] = lines[line].dropLast("sums".count) + "packed"
        #expect(refusedLine(lines) == line)
    }

    @Test func anotherNameIsFound() {
        let plan = bufferLines + runLines
        for (line, next) in zip(plan, plan.dropFirst()) {
            var words = sound[line].components(separatedBy: " ")
            let other = sound[next].components(separatedBy: " ")[3]
            guard words[3] != other else { continue }
            words[3] = other
            var lines = sound
            lines[line] = words.joined(separator: " ")
            #expect(refusedLine(lines) != nil, "\(lines[line])")
        }
    }

    /// A buffer that lies elsewhere passes only where it overlaps nothing that lives with it.
    @Test func aBufferInAnothersPlaceIsFound() throws {
        let arena = program.buffers.indices.filter { if case .arena = program.buffers[$0].storage { true } else { false } }
        var overlapping = 0
        for (moved, other) in zip(arena, arena.dropFirst()) {
            var edited = program
            edited.buffers[moved].storage = program.buffers[other].storage
            let text = programText(edited, stage: .planned).components(separatedBy: "\n")
            if let line = refusedLine(text) {
                overlapping += 1
                #expect(text[line].hasPrefix("  buffer ") || text[line].hasPrefix("  run "))
            }
        }
        #expect(overlapping > 2)
    }

    /// Steps that prepare weights may come in any order in which each comes behind those that it reads from.
    @Test func preparationsPassInAnyOrderThatTheirReadsAllow() {
        let preparation = program.preparation
        var passed = 0
        for index in preparation.indices.dropLast() {
            var edited = program
            edited.preparation.swapAt(index, index + 1)
            let lines = programText(edited, stage: .planned).components(separatedBy: "\n")
            if preparation[index + 1].dependencies.contains(where: { $0.work == preparation[index].work }) {
                #expect(refusedLine(lines) != nil)
            } else {
                #expect(refusedLine(lines) == nil)
                passed += 1
            }
        }
        #expect(passed > 0 && passed < preparation.count - 1)
    }
}
