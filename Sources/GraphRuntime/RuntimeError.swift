import SystemPackage

/// Why a program cannot be bound to memory, weights and threads, or why a run of it ended early.
public enum RuntimeError: Error, Hashable, Sendable {
    // What a session is given.
    /// A session needs a thread.
    case tooFewThreads(Int)
    /// An input of the entry is not given.
    case missingInput(String)
    /// A scalar of the entry is not given.
    case missingScalar(String)
    /// A run began before the input had a source.
    case unboundInput(String)
    /// - Parameter known: the inputs that the entry has.
    case unknownInput(String, known: [String])
    /// - Parameter known: the outputs that the entry has.
    case unknownOutput(String, known: [String])
    /// - Parameter known: the scalars that the entry has.
    case unknownScalar(String, known: [String])
    /// A source ends before a row.
    case shortInput(byteCount: Int, row: Int)
    /// A sink has no room for a row.
    case shortOutput(byteCount: Int, row: Int)
    /// What a source or sink threw.
    case stream(StreamError)
    /// The caller's ``RunObserver`` has ended the run.
    case cancelled

    // Parameters.
    /// No weight or state lies at the path.
    case unknownParameter(path: String)
    /// A weight or state is given another count of numbers than it holds.
    case parameterCount(path: String, expected: Int, found: Int)
    /// Two entries give one path different shapes.
    case unequalShapes(path: String, [Int], [Int])
    /// The program needs a parameter of another size than there is.
    case unfitParameter(path: String)

    // The system.
    /// The system gives no block of so many bytes.
    case outOfMemory(byteCount: Int)
    /// The system starts no more threads.
    case threadRefused(Errno)

    // A program that no verified plan becomes.
    /// A buffer lies outside the memory that it is placed in.
    case misplacedBuffer(String)
    /// An instruction works on more rows than are counted.
    case tooManyRows(Int)
    /// An instruction would wait for one behind it.
    case dependsOnLaterInstruction
}

extension RuntimeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooFewThreads(let count): "a session runs on at least 1 thread, not \(count)"
        case .missingInput(let name): "input '\(name)' is not given"
        case .missingScalar(let name): "scalar '\(name)' is not given"
        case .unboundInput(let name): "input '\(name)' is not bound"
        case .unknownInput(let name, let known): "the entry has no input '\(name)'; it has \(Self.list(known))"
        case .unknownOutput(let name, let known): "the entry has no output '\(name)'; it has \(Self.list(known))"
        case .unknownScalar(let name, let known): "the entry has no scalar '\(name)'; it has \(Self.list(known))"
        case .shortInput(let byteCount, let row): "an input holds \(byteCount) bytes, too few for its row \(row)"
        case .shortOutput(let byteCount, let row): "a sink takes \(byteCount) bytes, too few for row \(row) of the output"
        case .stream(let error): "\(error)"
        case .cancelled: "the run was cancelled"
        case .unknownParameter(let path): "the model has no tensor @\(path)"
        case .parameterCount(let path, let expected, let found): "@\(path) holds \(expected) numbers, not \(found)"
        case .unequalShapes(let path, let first, let second): "two entries disagree about @\(path): \(first) and \(second)"
        case .unfitParameter(let path): "the parameters do not hold @\(path) as the program needs it"
        case .outOfMemory(let byteCount):
            "the system has no \(max(1, byteCount >> 20)) MiB of memory to give; end other programs, or work on fewer "
                + "rows, crops or pictures at a time"
        case .threadRefused(let error): "the system refuses a thread: \(error); use fewer"
        case .misplacedBuffer(let name): "buffer '\(name)' lies outside the memory that it is placed in"
        case .tooManyRows(let count): "an instruction works on \(count) rows, more than 2^31"
        case .dependsOnLaterInstruction: "an instruction of the plan depends on one that does not come before it"
        }
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}
