import GraphCompiler

/// Threads and memory that sessions use one after the other.
///
///     let workspace = try Workspace(threadCount: 2, spareByteCount: 0)
///     for program in programs {
///         try Session(program, parameters: store, in: workspace).run(inputs: inputs, outputs: outputs)
///     }
///
/// A session that has gone leaves behind its threads, its activations' memory and what it prepared from weights, for the next
/// one to take over as far as it needs the same. Of the sessions in a workspace one runs at a time.
package final class Workspace {
    /// The caller's thread included.
    package let threadCount: Int
    /// Threads of others that may take part in a run.
    let guestCount: Int
    let workers: WorkerPool
    private let spareByteCount: Int
    private var arena: AlignedMemory?
    private var scratch: AlignedMemory?
    private var prepared: PreparedValues?

    /// - Parameters:
    ///   - guestCount: threads of others that may take part in a run.
    ///   - spareByteCount: bytes that an arena may be larger than the next session needs, and still be kept.
    /// - Throws: when there are no threads to be had.
    package init(threadCount: Int, guestCount: Int = 0, spareByteCount: Int) throws(RuntimeError) {
        guard threadCount >= 1 else { throw .tooFewThreads(threadCount) }
        self.threadCount = threadCount
        self.guestCount = guestCount
        self.spareByteCount = spareByteCount
        workers = try WorkerPool(workerCount: threadCount)
    }

    func arena(byteCount: Int) throws(RuntimeError) -> AlignedMemory {
        try Self.memory(&arena, byteCount: byteCount, spareByteCount, inHugePages: true)
    }

    func scratch(byteCount: Int) throws(RuntimeError) -> AlignedMemory {
        try Self.memory(&scratch, byteCount: byteCount, spareByteCount)
    }

    func prepared(for program: Program, _ parameters: ParameterStore) throws(RuntimeError) -> PreparedValues {
        let key = PreparationKey(program)
        // Others are given back before new ones are made.
        if prepared?.key == nil || prepared?.key != key { prepared = nil }
        let values = try parameters.preparedValues(key, byteCount: program.preparedByteCount)
        prepared = values
        return values
    }

    /// What is kept where it is large enough, and not too large; else new memory, once the old is given back.
    private static func memory(
        _ kept: inout AlignedMemory?, byteCount: Int, _ spareByteCount: Int, inHugePages: Bool = false
    ) throws(RuntimeError) -> AlignedMemory {
        if let kept, kept.byteCount >= byteCount, kept.byteCount - byteCount <= spareByteCount { return kept }
        kept = nil
        let memory = try AlignedMemory(byteCount: byteCount, inHugePages: inHugePages)
        kept = memory
        return memory
    }
}
