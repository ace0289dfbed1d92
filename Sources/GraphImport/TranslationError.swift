import GraphIR
import GraphInterchange

/// Why one node is not translated.
enum TranslationError: Error {
    /// It has no counterpart; others are looked at all the same.
    case node(UntranslatableReason)
    /// The file cannot be read: nothing else counts.
    case interchange(InterchangeError)
}
