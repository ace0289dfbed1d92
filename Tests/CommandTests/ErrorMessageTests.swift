import GraphEnlarging
import GraphModel
import GraphRuntime
import GraphTraining
import Testing

@testable import GraphCommandSupport
@testable import graphrun

/// What commands make of the errors of libraries, which know of no option.
@Suite struct ErrorMessageTests {
    @Test func theOptionThatHelpsIsNamed() {
        func message(_ error: any Error) -> String { errorMessage(error, command: "graphrun", option: trainingOption) }
        let refusal = EnlargingError.picture(path: "a.png", .runtime(.threadRefused(.resourceTemporarilyUnavailable)))
        #expect(
            message(refusal)
                == "graphrun: a.png: the system refuses a thread: Resource temporarily unavailable; use fewer (--threads)")
        #expect(message(ModelError.parametersOfPack(path: "a.gpack")).hasSuffix("they go with a .graph file (-D)"))
        #expect(message(TrainingError.unevenPatch(side: 50, scale: 4)).hasSuffix("scale; give 48 (--patch 48)"))
        let lost = TrainingError.file(.unreadable(path: "a.png", .missing))
        #expect(message(lost) == "graphrun: a.png: no such file; is the name right?")
        #expect(
            message(TrainingError.unwritten(.file(.unwritable(path: "run/last.gpack", .system(.noSpace))), checkpoint: "run"))
                == "graphrun: run/last.gpack: cannot be written: No space left on device; free some space or write elsewhere; "
                + "the last checkpoint in run is whole: when there is room, go on with it (--resume run)")
    }

    @Test func aParameterWithoutAValueIsGivenByAnOption() throws {
        let source = SourceText("graph g<c: int>(x: f32[N]) -> (y: f32[N]) {\n  y = x\n}\n", name: "m.graph")
        let error = try #require(#expect(throws: ModelError.self) { try Model(source: source) })
        #expect(errorMessage(error, command: "graphc").contains("\n  give it with -D c=VALUE\n"))
        #expect("\(error)".contains("\n  give it as c=VALUE\n"))
    }

    @Test func mistakesKeepTheirPlaces() throws {
        let source = SourceText("parameter scale: Int\nentry predict m(x: f32[N]) -> (y: f32[N]) { y = x }\n", name: "m.graph")
        let error = #expect(throws: ModelError.self) { try Model(source: source) }
        let text = errorMessage(try #require(error), command: "graphc")
        #expect(text.hasPrefix("m.graph:"), "\(text)")
    }

    /// A number below 0 is what an option was given, and the message says so.
    @Test func numbersBelowZeroAreValues() {
        let numbers = ["a.png", "--scale", "-1", "-s", "-0.5"]
        #expect(CommandArguments.withNumbersAsValues(numbers) == ["a.png", "--scale=-1", "-s=-0.5"])
        let others = ["--overwrite", "-1.png", "--scale=2", "-1", "x", "-2", "--", "--scale", "-1"]
        #expect(CommandArguments.withNumbersAsValues(others) == others)
    }
}
