import Testing

@testable import GraphCompiler

/// What people read where an entry cannot become a program, or a plan's text is none.
@Suite struct ProgramErrorTests {
    struct Message: CustomTestStringConvertible {
        var error: ProgramError
        var text: String

        init(_ error: ProgramError, _ text: String) {
            self.error = error
            self.text = text
        }

        var testDescription: String { text }
    }

    @Test(arguments: [
        Message(
            .broken(BrokenPass("fuse", .contract("all is well"))),
            "the compiler's pass 'fuse' is at fault: its contract does not hold: all is well"),
        Message(
            .broken(BrokenPass("buildSteps", .program(.unsound(.groupWithoutStep("s0"), at: nil)))),
            "the compiler's pass 'buildSteps' is at fault: group 's0' has no step"),
        Message(.withoutSteps(graph: "edsr"), "'edsr' has no steps yet"),
        Message(.tooManyBands, "so many bands are too many; take more rows in each"),
        Message(
            .tooLarge(arenaByteCount: 300 << 30),
            "the plan needs 300 GiB of memory, more than the limit of 256 GiB; use smaller images or batches"),
    ])
    func ofTheWholeEntry(_ message: Message) { #expect(message.error.description == message.text) }

    @Test(arguments: [
        Message(.unbuildable(.constant(for: .output("y"))), "output 'y' is a number that no step computes; leave it out"),
        Message(.unbuildable(.constant(for: .target("w"))), "'w' is updated to a number that no step computes"),
        Message(.unbuildable(.unmade(for: .output("y"))), "output 'y' is a number known when compiling; leave it out"),
        Message(.unbuildable(.unmade(for: .target("w"))), "'w' is updated to a number known when compiling"),
        Message(.unbuildable(.misfit(.conv2DWinograd, step: "s0")), "kernel 'conv2d_winograd' does not fit step 's0'"),
        Message(.unbuildable(.misfit(nil, step: "s0")), "kernel '' does not fit step 's0'"),
        Message(.unbuildable(.withoutBuffer("h")), "'h' has no buffer"),
        Message(.unbuildable(.unequalHeights(step: "s0")), "the results of step 's0' differ in height"),
    ])
    func ofSteps(_ message: Message) { #expect(message.error.description == message.text) }

    @Test(arguments: [
        Message(.memoryTooSmall(.filters(byteCount: 5 << 20)), "its filters alone take 5 MiB"),
        Message(.memoryTooSmall(.instructions), "even the list of its instructions takes more memory"),
        Message(.memoryTooSmall(.narrowestStrip), "even its narrowest strip of columns takes more memory"),
        Message(.indivisible(.boundSide(.columns)), "only an image whose width is left open can be cut into strips"),
        Message(.indivisible(.notOneImage), "only what makes one image of one image can be cut into strips"),
        Message(.indivisible(.broken(.columns)), "only what makes a whole number of columns of each can be cut into strips"),
        Message(
            .indivisible(.disproportionate(.columns)),
            "its values do not all grow in proportion to its width, so that it cannot be cut into strips"),
        Message(.indivisible(.needsWhole("h", .columns)), "'h' needs the whole width, so that it cannot be cut into strips"),
        Message(.indivisible(.needsOther("h", .columns)), "'h' needs columns that lie beside its own"),
        Message(.indivisible(.lacksValue("h")), "a strip has no 'h'"),
    ])
    func ofStrips(_ message: Message) { #expect(message.error.description == message.text) }

    struct Fault: CustomTestStringConvertible {
        var fault: PlanFault
        var text: String

        init(_ fault: PlanFault, _ text: String) {
            self.fault = fault
            self.text = text
        }

        var testDescription: String { text }
    }

    @Test(arguments: [
        Fault(.groupWithoutStep("s0"), "group 's0' has no step"),
        Fault(.untimelyRead(step: "s1", buffer: "h", .beforeMade), "step 's1' reads 'h' before it is made"),
        Fault(.untimelyRead(step: "s1", buffer: "h", .beforePrepared), "'s1' reads 'h' before it is prepared"),
        Fault(.untimelyRead(step: "s1", buffer: "w", .afterUpdate), "'s1' reads 'w' after it was updated"),
        Fault(.rolls(buffer: "h", kept: 3, rowCount: 9, .unscheduled), "'h' keeps 3 of its 9 rows"),
        Fault(
            .rolls(buffer: "h", kept: 3, rowCount: 9, .readLater),
            "'h' is read by later runs or after this one, and keeps 3 of its 9 rows"),
        Fault(.tooManyInstructions, "a plan has at most 4000000 instructions"),
        Fault(.preparesOther, "the preparation runs steps that depend on weights alone"),
        Fault(.runsPreparation(step: "s0_pack"), "step 's0_pack' belongs to the preparation"),
        Fault(.neverPrepared(step: "s0_pack"), "step 's0_pack' is never prepared"),
        Fault(.preparedOutOfOrder(rows: 1..<2, step: "s0_pack"), "rows 1..<2 of step 's0_pack' are out of order"),
        Fault(
            .outOfOrder(rows: 4..<6, buffer: "h", rowCount: 9, made: 3),
            "rows 4..<6 of 'h' are out of order: it has 9 rows, 3 of them made"),
        Fault(
            .dividedUnit(step: "s0", row: 3, rowUnit: 2),
            "step 's0' cannot stop at row 3: it makes rows of an image in units of 2"),
        Fault(.unfinished(step: "s0", buffer: "h", made: 7, rowCount: 9), "step 's0' makes 7 of the 9 rows of 'h'"),
        Fault(.untaken(output: "y", taken: 7, rowCount: 9), "output 'y' hands over 7 of 9 rows"),
        Fault(.notMade(rows: 4..<6, buffer: "h", made: 5), "rows 4..<6 of 'h' are read when only 5 are made"),
        Fault(
            .notKept(rows: 4..<6, buffer: "h", made: 9, kept: 3),
            "rows 4..<6 of 'h' are read when 9 are made and 3 kept"),
        Fault(.cannotTakePlace(buffer: "h", operand: "x"), "'h' cannot take the place of 'x'"),
        Fault(.takesPlaceElsewhere(buffer: "h", operand: "x"), "'h' takes the place of 'x', but lies elsewhere"),
        Fault(.outside(.arena, buffer: "h"), "buffer 'h' lies outside the arena"),
        Fault(.outside(.prepared, buffer: "h"), "buffer 'h' lies outside the prepared memory"),
        Fault(.overlap("x", "h", in: .arena), "'x' and 'h' overlap in memory while both are live"),
        Fault(.overlap("x", "h", in: .prepared), "'x' and 'h' overlap in the prepared memory"),
        Fault(
            .dependsOnLater(instruction: 2, rowCount: 5, of: "s0", earlierRowCount: 4),
            "instruction 2 depends on 5 rows of s0, of which 4 come before it"),
        Fault(
            .unnamedDependency(instruction: 2, rowCount: 5, of: "s0"),
            "instruction 2 does not name 5 rows of s0, on which it depends"),
    ])
    func ofPlans(_ fault: Fault) {
        #expect(ProgramError.unsound(fault.fault, at: nil).description == fault.text)
    }

    @Test(arguments: [
        Message(.misstated(.missing(buffer: "h"), at: nil), "there is no line 'buffer h'"),
        Message(
            .misstated(.impossiblePlace(buffer: "h"), at: .buffer(1)),
            "buffer 'h' lies outside all memory, or on no multiple of 64"),
        Message(.misstated(.life(buffer: "h", stated: 1..<4, found: 1..<5), at: .buffer(1)), "'h' lives 1..<5, not 1..<4"),
        Message(.misstated(.life(buffer: "h", stated: 1..<4, found: nil), at: .buffer(1)), "'h' has no life, not 1..<4"),
    ])
    func ofLinesOfBuffers(_ message: Message) { #expect(message.error.description == message.text) }

    @Test func theLineAtFaultIsKnown() {
        #expect(ProgramError.unsound(.preparesOther, at: .preparation(3)).place == .preparation(3))
        #expect(ProgramError.misstated(.impossiblePlace(buffer: "h"), at: .buffer(1)).place == .buffer(1))
        #expect(ProgramError.tooManyBands.place == nil)
    }
}
