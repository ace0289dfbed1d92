import ArgumentParser
import Glibc
import GraphCommandSupport
import GraphPack
import GraphRuntime
import GraphTraining

#if MPI
    import GraphMPI
#endif

/// Runs a command on the ranks that it was started in: those of MPI where the program was built with it and started by its
/// means, else on one.
///
/// An error of one rank is printed with its number, and ends all.
///
/// - Throws: what `body` does; where other processes were started together with this one that it cannot reach.
func onRanks(_ body: (any RankGroup) throws -> Void) throws {
    let starter = Starter()
    #if MPI
        let ranks = try MPIRanks.joined(isEnding: { Interruption.signal != nil })
        if let ranks, ranks.count >= starter.processCount { return try onRanks(ranks, body) }
        ranks?.leave()
    #endif
    guard starter.processCount == 1 else {
        // Of so many processes one tells.
        guard starter.isFirst else { throw ExitCode.failure }
        throw CommandError(starter.problem)
    }
    try body(LoneRank())
}

/// What `mpirun` and other starters tell a process: by Open MPI's variables, and by those of PMI, as MPICH's and Slurm's.
private struct Starter {
    let processCount: Int
    let isFirst: Bool

    init() {
        func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
        let started = [("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"), ("PMI_SIZE", "PMI_RANK")]
            .compactMap { size, rank in number(size).map { (count: $0, rank: number(rank) ?? 0) } }
            .max { $0.count < $1.count }
        processCount = max(1, started?.count ?? 1)
        isFirst = started?.rank ?? 0 == 0
    }

    var problem: String {
        #if MPI
            let cause = "was built with another MPI than the one that started them; use that one's mpirun"
        #else
            let cause = "was built without MPI; build it by swift build -c release --product graphrun --traits MPI"
        #endif
        return "\(processCount) processes were started together, and this graphrun \(cause)"
    }
}

#if MPI
    private func onRanks(_ ranks: MPIRanks, _ body: (any RankGroup) throws -> Void) throws {
        do {
            try body(ranks)
        } catch let code as ExitCode {
            ranks.leave()
            throw code
        } catch let error as any RankError where error.isOfOtherRank {
            // Which ends this one.
            ranks.leave()
            throw ExitCode.failure
        } catch {
            let message = errorMessage(error, command: "graphrun: rank \(ranks.rank)", option: trainingOption)
            StandardError.write(message + "\n")
            ranks.end(status: 1)
            throw ExitCode.failure
        }
        ranks.leave()
    }
#endif

extension RankGroup {
    /// Runs `body` on every rank. Where it throws on one, it does on all, and one of them says why.
    func preparing<Value>(_ body: () throws -> Value) throws -> Value {
        try together(orThrow: { rank, _ in TrainingError.otherRank(rank) as any Error }, body)
    }

    /// - Throws: where a rank has other text than the first; one of them says what differs.
    func compare(_ what: String, _ text: String) throws {
        guard let other = firstUnequal(Digest(ofBytes: Array(text.utf8)).bytes) else { return }
        try preparing { throw CommandError("rank \(other) has other \(what) than rank 0; give all ranks the same") }
    }
}
