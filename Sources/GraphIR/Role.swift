/// What an entry is for.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// The model's own outputs, as its `graph` declares them.
    case forward
    /// What training minimises and reports; after differentiation, one whole training step.
    case train
    /// What inference returns.
    case predict
}
