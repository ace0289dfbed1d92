import GraphIR
import GraphModelFixtures
import Testing

@testable import GraphCompiler

/// A plan that was edited so that it no longer computes its graph is refused.
@Suite struct PlanVerifierTests {
    private func plan() throws -> Program {
        try Pipeline.plan(
            SmallModel.all[0].entry(.predict), sizes: ["N": 1, "H": 12, "W": 5],
            PlanOptions(.portable, memory: .bands(rows: 3))
        ).program
    }

    private func refusal(_ program: Program) -> String? {
        do {
            _ = try readProgram(programText(program, stage: .planned))
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func aSoundPlanPasses() throws {
        #expect(refusal(try plan()) == nil)
    }

    @Test func aMissingDependencyIsFound() throws {
        let sound = try plan()
        for index in sound.instructions.indices where !sound.instructions[index].dependencies.isEmpty {
            var program = sound
            program.instructions[index].dependencies.removeLast()
            #expect(refusal(program)?.contains("does not name") == true)
        }
    }

    @Test func anInstructionOutOfOrderIsFound() throws {
        let sound = try plan()
        for index in sound.instructions.indices.dropLast() {
            var program = sound
            program.instructions.swapAt(index, index + 1)
            let (first, second) = (sound.instructions[index], sound.instructions[index + 1])
            let depends = second.dependencies.contains { $0.work == first.work && $0.rowCount > first.rows.lowerBound }
            if depends { #expect(refusal(program) != nil, "instruction \(index)") }
        }
    }

    @Test func aDroppedInstructionIsFound() throws {
        let sound = try plan()
        for index in sound.instructions.indices {
            var program = sound
            program.instructions.remove(at: index)
            #expect(refusal(program) != nil)
        }
    }

    @Test func aWindowThatIsTooSmallIsFound() throws {
        let sound = try plan()
        for index in sound.buffers.indices where sound.buffers[index].rowCapacity > 1 {
            guard case .arena = sound.buffers[index].storage, sound.buffers[index].inPlaceOf == nil else { continue }
            var program = sound
            // What takes over a place has its rows.
            for taker in sound.buffers.indices where sound.firstInPlace[taker] == index {
                program.buffers[taker].rowCapacity -= 1
            }
            #expect(refusal(program)?.contains("kept") == true, "\(sound.buffers[index].name)")
        }
    }

    @Test func aPreparedFilterThatLosesRowsIsFound() throws {
        let sound = try Pipeline.plan(
            SmallModel.composed.entry(.predict), sizes: ["N": 1, "H": 12, "W": 9], PlanOptions(.portable)
        ).program
        #expect(refusal(sound) == nil)
        let prepared = sound.buffers.indices.filter { !sound.buffers[$0].isInArena && sound.buffers[$0].role == .packedFilter }
        let large = prepared.filter { sound.buffers[$0].rowCapacity > 1 }
        #expect(!large.isEmpty)
        for index in large {
            var program = sound
            program.buffers[index].rowCapacity -= 1
            #expect(refusal(program)?.contains("keeps") == true, "\(sound.buffers[index].name)")
        }
    }

    @Test func overlappingBuffersAreFound() throws {
        let sound = try plan()
        var found = 0
        for index in sound.buffers.indices {
            guard case .arena(let offset) = sound.buffers[index].storage, offset > 0 else { continue }
            var program = sound
            program.buffers[index].storage = .arena(offset: 0)
            if refusal(program) != nil { found += 1 }
        }
        #expect(found > 0)
    }

    @Test func aResultInPlaceOfWhatIsStillReadIsFound() throws {
        let sound = try Pipeline.plan(
            SmallModel.all[0].entry(.predict), sizes: ["N": 1, "H": 8, "W": 8], PlanOptions(.portable)
        ).program
        #expect(refusal(sound) == nil)
        #expect(sound.buffers.contains { $0.inPlaceOf != nil })
        // The image that the long skip connection adds at the end is an operand of the first block's sum, too.
        var readLater = 0
        for step in sound.steps {
            for (result, operand) in step.outputs.flatMap({ result in step.inputs.map { (result, $0.buffer) } }) {
                guard sound[buffer: result].inPlaceOf == nil, case .arena = sound[buffer: operand].storage else { continue }
                var program = sound
                program.buffers[result.index].inPlaceOf = operand
                program.buffers[result.index].storage = sound[buffer: operand].storage
                let refusal = refusal(program)
                #expect(refusal != nil, "\(sound[buffer: result].name) over \(sound[buffer: operand].name)")
                if refusal?.contains("cannot take the place") == true { readLater += 1 }
            }
        }
        #expect(readLater > 0)
    }

    @Test func aResultThatLiesElsewhereThanItsPlaceIsFound() throws {
        let sound = try plan()
        for index in sound.buffers.indices where sound.buffers[index].inPlaceOf != nil {
            var program = sound
            program.buffers[index].storage = .arena(offset: sound.arenaByteCount)
            #expect(refusal(program)?.contains("lies elsewhere") == true)
            program = sound
            program.buffers[index].rowCapacity += 1
            #expect(refusal(program) != nil)
            program = sound
            program.buffers[index].inPlaceOf = nil
            #expect(refusal(program) != nil)
        }
    }

    @Test func rowsThatDoNotExistAreFound() throws {
        var program = try plan()
        program.instructions[0].rows = 0..<1000
        #expect(refusal(program)?.contains("has 12 rows, not 1000") == true)
    }
}
