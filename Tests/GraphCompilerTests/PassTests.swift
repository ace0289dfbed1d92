import GraphIR
import GraphLanguage
import GraphModelFixtures
import Testing

@testable import GraphCompiler

/// The table of passes is what the compiler does: each pass is verified, and a text goes on from behind each.
@Suite struct PassTests {
    private static let passes = passTable.flatMap(\.passes).map(\.name)
    private static let sizes = ["N": 2, "H": 9, "W": 8]

    @Test func everyPassHasANameAndAContractOfItsOwn() {
        #expect(Set(Self.passes).count == Self.passes.count)
        for name in Self.passes { #expect(Pass(named: name)?.name == name) }
        #expect(Set(passTable.flatMap(\.passes).map(\.contract)).count == Self.passes.count)
        #expect(Pass(named: "foldConstant") == nil)
        #expect(passTable.map(\.stage) == Stage.allCases.filter { $0 > .elaborated })
    }

    @Test(arguments: passes)
    func aPassThatBreaksItsContractIsNamed(_ name: String) throws {
        let table = passTable.map { stage in
            StagePasses(
                stage.stage, untilUnchanged: stage.areRepeated, stage.passes.map { $0.name == name ? spoilt($0) : $0 })
        }
        let graph = try #require(SmallModel.composed.module(upTo: .elaborated)[.train])
        let context = PassContext(role: .train, sizes: Self.sizes)
        do throws(PassError) {
            _ = try Pipeline.perform(table, on: .graph(graph), context, after: .elaborated, upTo: .planned)
            Issue.record("nothing is found")
        } catch {
            guard case .broken(let broken) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(broken.pass == name && broken.description.contains("'\(name)'"))
        }
        // The table as it is passes.
        _ = try Pipeline.perform(passTable, on: .graph(graph), context, after: .elaborated, upTo: .planned)
    }

    /// A pass whose result is not what its contract says.
    private func spoilt(_ pass: Pass) -> Pass {
        var spoilt = pass
        spoilt.run = { form, context throws(PassError) in
            switch try pass.run(form, context) {
            case .graph(let graph): .graph(Self.spoilt(graph, after: pass.name))
            case .program(let program): .program(Self.spoilt(program, after: pass.name))
            }
        }
        return spoilt
    }

    private static func spoilt(_ graph: Graph, after pass: String) -> Graph {
        var graph = graph
        let last = graph.nodes.count - 1
        switch pass {
        case "eliminateCommonSubexpressions", "eliminateDeadCode":
            graph.nodes.append(graph.nodes[last])
            graph.nodes[last + 1].name += "_again"
        case "fuse": graph.groups = []
        case "bind": graph.nodes[0].type.shape.dimensions = [Size(symbol: "N")]
        case "chooseKernels": graph.groups[0].kernel = nil
        default: graph.nodes[last].name = graph.nodes[0].name
        }
        return graph
    }

    private static func spoilt(_ program: Program, after pass: String) -> Program {
        var program = program
        let large = program.buffers.firstIndex { $0.isInArena && $0.rowCapacity > 4 } ?? 0
        switch pass {
        case "buildSteps": program.steps.removeLast()
        case "orderInstructions": program.instructions.removeLast()
        case "chooseInPlaceResults": program.buffers[large].inPlaceOf = BufferID(index: large + 1)
        case "fitBuffers": program.buffers[large].rowCapacity = 1
        case "placeBuffers":
            for index in program.buffers.indices where program.buffers[index].isInArena {
                program.buffers[index].storage = .arena(offset: 0)
            }
        default: for index in program.instructions.indices { program.instructions[index].dependencies = [] }
        }
        return program
    }

    /// What is printed behind a pass is read again, and goes on to the same.
    @Test(arguments: passTable.flatMap(\.passes).filter { $0.stage <= .fused }.map(\.name), SmallModel.all)
    func aModuleGoesOnFromBehindAPass(_ name: String, _ model: SmallModel) throws {
        let pass = try #require(Pass(named: name))
        let module = try Pipeline.continue(
            model.module(upTo: .elaborated), after: .elaborated, upTo: pass.stage, stoppingAfter: pass)
        let text = SyntaxPrinter.print(module.syntax(stage: pass.completedStage))
        #expect(try Pipeline.run(text, upTo: pass.completedStage) == module)
        #expect(try Pipeline.run(text, upTo: .fused) == model.module())
    }

    @Test(arguments: passTable.flatMap(\.passes).filter { $0.stage > .fused }.map(\.name), SmallModel.all + [.composed])
    func anEntryGoesOnFromBehindAPass(_ name: String, _ model: SmallModel) throws {
        let pass = try #require(Pass(named: name))
        for (role, bandRows) in [(Role.predict, 3), (.train, nil)] {
            let entry = try model.entry(role)
            let form = try Pipeline.run(
                entry, sizes: Self.sizes, .portable, bandRows: bandRows, upTo: pass.stage, stoppingAfter: pass)
            let text = form.text(role: role, stage: pass.completedStage)
            let planned: Program
            if pass.completedStage == .fused {
                let read = try #require(Pipeline.run(text, upTo: .fused).entries.first)
                #expect(form == .graph(read.graph))
                planned = try Pipeline.plan(read, sizes: [:], PlanOptions(.portable, memory: .bands(rows: bandRows))).program
            } else {
                let read = try readProgram(text)
                #expect(programText(try form.program, stage: pass.completedStage) == text)
                planned = try Pipeline.continue(read, bandRows: bandRows, after: pass.completedStage, upTo: .planned)
            }
            let options = PlanOptions(.portable, memory: .bands(rows: bandRows))
            #expect(try planned == Pipeline.plan(entry, sizes: Self.sizes, options).program, "\(role)")
        }
    }
}
