import GraphCompiler
import GraphFiles
import GraphIR
import GraphLanguage
import GraphPack
import GraphRuntime
import SystemPackage

/// Why a model cannot be loaded, run or saved.
public enum ModelError: Error, Hashable, Sendable {
    /// The file of a model's text cannot be read.
    case file(FileError)
    case pack(PackError)
    /// Mistakes in a model's text, as they are shown: each with its place.
    case mistakes(Diagnostics, in: SourceText)
    case runtime(RuntimeError)
    case program(ProgramError)
    /// What the reference implementation objects to.
    case evaluation(NodeError)

    /// Compile-time parameters are given for a pack, which has none left.
    case parametersOfPack(path: FilePath)
    /// A model cannot begin with a dump of this stage.
    case lateStage(name: String, Stage)
    /// The model declares no entry of this role.
    case missingEntry(model: String, Role)
    /// Gradients are asked for of an entry that has none.
    case gradients(of: Role)
    /// - Parameter known: what the entry has.
    case unknownInput(Role, String, known: [String])
    /// The entry has no scalar of this name.
    case unknownScalar(Role, String, known: [String])
    /// An element of a u8 input is no whole number 0…255.
    case notBytes(input: String)
    /// An output whose size depends on something that no input gives.
    case unboundOutput(String)
    /// A run would take more bytes than inputs and weights of this size may ask for.
    case tooMuchMemory(byteCount: Int, limit: Int)
    /// The weights of a file are not those of the model.
    case misfit(WeightMisfit)
    /// Training needs weights or states of these paths that the model's pack does not hold.
    case leftOut(model: String, paths: [String])
    /// The caller's `RunObserver` has ended the run.
    case cancelled
}

extension ModelError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .pack(let error): error.description
        case .mistakes(let diagnostics, let source): diagnostics.rendered(file: source.name, source: source.text)
        case .runtime(let error): error.description
        case .program(let error): error.description
        case .evaluation(let error): error.wording.inOneLine()
        case .parametersOfPack(let path):
            "\(path): a pack's parameters were bound when it was compiled; they go with a .graph file"
        case .lateStage(let name, let stage):
            "\(name): a model is kept as elaborated, and this dump is '\(stage.rawValue)', from which no way leads back; "
                + "name the .graph file or a dump of stage elaborated"
        case .missingEntry(let model, .train):
            "'\(model)' declares no 'train' entry; it learns from one in its text that says what it is held to and has a loss"
        case .missingEntry(let model, let role): "'\(model)' declares no '\(role.rawValue)' entry"
        case .gradients(let role): "gradients are of the 'train' entry, not of '\(role.rawValue)'"
        case .unknownInput(let role, let name, let known):
            "entry '\(role.rawValue)' has no input '\(name)'; it has \(Self.list(known))"
        case .unknownScalar(let role, let name, let known):
            "entry '\(role.rawValue)' has no scalar '\(name)'; it has \(Self.list(known))"
        case .notBytes(let input): "input '\(input)' is u8: its elements are whole numbers 0…255"
        case .unboundOutput(let name): "the size of output '\(name)' is not bound"
        case .tooMuchMemory(let byteCount, let limit):
            "a run needs \(byteCount >> 20) MiB, and inputs and weights of this size may ask for \(limit >> 20) MiB"
        case .misfit(let misfit): misfit.description
        case .leftOut(let model, let paths):
            "'\(model)' trains with \(paths.map { "@\($0)" }.joined(separator: ", ")), of which its pack holds no values; "
                + "make the pack again from the model's text"
        case .cancelled: RuntimeError.cancelled.description
        }
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}

extension ModelError {
    /// What the compiler objects to in a text.
    init(_ error: CompileError, in source: SourceText) { self = .mistakes(error.diagnostics, in: source) }
}
