/// Why processes cannot work together.
public enum MPIError: Error, Hashable, Sendable {
    /// The library allows calls from one thread alone.
    case noThreads
}

extension MPIError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noThreads: "this MPI was built without support for threads (MPI_THREAD_SERIALIZED); use one that has it"
        }
    }
}
