import GraphKernelInterface

/// Why the groups of a graph cannot become steps on buffers. Texts are the names of steps and values.
public enum StepFault: Hashable, Sendable {
    /// A number that the graph holds should lie in memory, and no step computes it.
    case constant(for: Receiver)
    /// What should lie in memory belongs to no group, and so no step makes it.
    case unmade(for: Receiver)
    /// - Parameter kernel: nil where the group names none.
    case misfit(KernelName?, step: String)
    /// A step reads a value that neither the caller gives nor a step before it makes.
    case withoutBuffer(String)
    /// A step makes its results row by row, and they have different numbers of rows.
    case unequalHeights(step: String)

    /// Who takes a value from memory.
    public enum Receiver: Hashable, Sendable {
        /// The caller takes it, as the output of this name.
        case output(String)
        /// An update assigns it to the weight or state of this name.
        case target(String)
    }
}

extension StepFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .constant(for: .output(let name)): "output '\(name)' is a number that no step computes; leave it out"
        case .constant(for: .target(let name)): "'\(name)' is updated to a number that no step computes"
        case .unmade(for: .output(let name)): "output '\(name)' is a number known when compiling; leave it out"
        case .unmade(for: .target(let name)): "'\(name)' is updated to a number known when compiling"
        case .misfit(let kernel, let step): "kernel '\(kernel?.rawValue ?? "")' does not fit step '\(step)'"
        case .withoutBuffer(let value): "'\(value)' has no buffer"
        case .unequalHeights(let step): "the results of step '\(step)' differ in height"
        }
    }
}
