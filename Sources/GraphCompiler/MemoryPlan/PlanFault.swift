/// Which invariant of `PlanVerifier` a program breaks, and by what. Texts are the names of steps, buffers and outputs.
public enum PlanFault: Error, Hashable, Sendable {
    // MARK: Invariant 1: steps

    /// A group of the graph that no step computes.
    case groupWithoutStep(String)
    /// A step stands before the one that makes what it reads, or reads it at another wrong time.
    case untimelyRead(step: String, buffer: String, Moment)
    /// A buffer holds some of its rows only, for a reason that it has to hold them all.
    case rolls(buffer: String, kept: Int, rowCount: Int, Wholeness)

    // MARK: Invariant 2: every row once, in order

    /// More than ``PlanLimits/instructionCount``.
    case tooManyInstructions
    /// The preparation holds an instruction for something else.
    case preparesOther
    /// A run holds an instruction for a step of the preparation.
    case runsPreparation(step: String)
    /// A step that prepares weights runs in part or not at all.
    case neverPrepared(step: String)
    /// The preparation's rows of a step do not go on where those before them ended, or stop within a unit.
    case preparedOutOfOrder(rows: Range<Int>, step: String)
    /// Rows of a buffer do not go on where those before them ended, or are more than there are.
    case outOfOrder(rows: Range<Int>, buffer: String, rowCount: Int, made: Int)
    /// An instruction stops within a unit of its step's rows.
    case dividedUnit(step: String, row: Int, rowUnit: Int)
    /// A run ends before all rows of a buffer are made.
    case unfinished(step: String, buffer: String, made: Int, rowCount: Int)
    /// A run ends before the caller has taken all rows of an output.
    case untaken(output: String, taken: Int, rowCount: Int)

    // MARK: Invariant 3: what is read is there

    /// Rows are read that come later.
    case notMade(rows: Range<Int>, buffer: String, made: Int)
    /// Rows are read of which later ones have taken the places.
    case notKept(rows: Range<Int>, buffer: String, made: Int, kept: Int)
    /// Its step's kernel cannot write where it reads, or the operand is still read after that.
    case cannotTakePlace(buffer: String, operand: String)
    /// A result takes the place of an operand, and begins elsewhere or keeps another number of rows.
    case takesPlaceElsewhere(buffer: String, operand: String)

    // MARK: Invariant 5: places in memory

    /// A buffer begins or ends outside the memory that it is placed in.
    case outside(Memory, buffer: String)
    /// Two buffers share bytes of which both have need.
    case overlap(String, String, in: Memory)

    // MARK: Invariant 6: dependencies

    /// A dependency is on rows that do not come before the instruction.
    case dependsOnLater(instruction: Int, rowCount: Int, of: String, earlierRowCount: Int)
    /// An instruction needs rows on which it does not depend.
    case unnamedDependency(instruction: Int, rowCount: Int, of: String)

    /// When a step reads what it should read at another time.
    public enum Moment: Hashable, Sendable {
        /// No step before it makes what it reads.
        case beforeMade
        /// The preparation has not come so far.
        case beforePrepared
        /// It wants the old value of a weight or state: invariant 4.
        case afterUpdate
    }

    /// Why a buffer holds all its rows.
    public enum Wholeness: Hashable, Sendable {
        /// There is no schedule yet that would tell which rows are needed.
        case unscheduled
        /// Later runs read it, or the caller does once this one has ended.
        case readLater
    }

    /// What buffers lie in that are the runtime's own.
    public enum Memory: Hashable, Sendable {
        case arena
        /// What the preparation fills.
        case prepared
    }
}

extension PlanFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .groupWithoutStep(let group): "group '\(group)' has no step"
        case .untimelyRead(let step, let buffer, .beforeMade): "step '\(step)' reads '\(buffer)' before it is made"
        case .untimelyRead(let step, let buffer, .beforePrepared): "'\(step)' reads '\(buffer)' before it is prepared"
        case .untimelyRead(let step, let buffer, .afterUpdate): "'\(step)' reads '\(buffer)' after it was updated"
        case .rolls(let buffer, let kept, let rowCount, .unscheduled): "'\(buffer)' keeps \(kept) of its \(rowCount) rows"
        case .rolls(let buffer, let kept, let rowCount, .readLater):
            "'\(buffer)' is read by later runs or after this one, and keeps \(kept) of its \(rowCount) rows"
        case .tooManyInstructions: "a plan has at most \(PlanLimits.instructionCount) instructions"
        case .preparesOther: "the preparation runs steps that depend on weights alone"
        case .runsPreparation(let step): "step '\(step)' belongs to the preparation"
        case .neverPrepared(let step): "step '\(step)' is never prepared"
        case .preparedOutOfOrder(let rows, let step): "rows \(rows) of step '\(step)' are out of order"
        case .outOfOrder(let rows, let buffer, let rowCount, let made):
            "rows \(rows) of '\(buffer)' are out of order: it has \(rowCount) rows, \(made) of them made"
        case .dividedUnit(let step, let row, let rowUnit):
            "step '\(step)' cannot stop at row \(row): it makes rows of an image in units of \(rowUnit)"
        case .unfinished(let step, let buffer, let made, let rowCount):
            "step '\(step)' makes \(made) of the \(rowCount) rows of '\(buffer)'"
        case .untaken(let output, let taken, let rowCount): "output '\(output)' hands over \(taken) of \(rowCount) rows"
        case .notMade(let rows, let buffer, let made): "rows \(rows) of '\(buffer)' are read when only \(made) are made"
        case .notKept(let rows, let buffer, let made, let kept):
            "rows \(rows) of '\(buffer)' are read when \(made) are made and \(kept) kept"
        case .cannotTakePlace(let buffer, let operand): "'\(buffer)' cannot take the place of '\(operand)'"
        case .takesPlaceElsewhere(let buffer, let operand): "'\(buffer)' takes the place of '\(operand)', but lies elsewhere"
        case .outside(.arena, let buffer): "buffer '\(buffer)' lies outside the arena"
        case .outside(.prepared, let buffer): "buffer '\(buffer)' lies outside the prepared memory"
        case .overlap(let first, let second, in: .arena): "'\(first)' and '\(second)' overlap in memory while both are live"
        case .overlap(let first, let second, in: .prepared): "'\(first)' and '\(second)' overlap in the prepared memory"
        case .dependsOnLater(let instruction, let rowCount, let work, let earlierRowCount):
            "instruction \(instruction) depends on \(rowCount) rows of \(work), of which \(earlierRowCount) come before it"
        case .unnamedDependency(let instruction, let rowCount, let work):
            "instruction \(instruction) does not name \(rowCount) rows of \(work), on which it depends"
        }
    }
}
