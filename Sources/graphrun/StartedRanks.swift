import ArgumentParser
import GraphCommandSupport
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
/// - Parameter isShareNamed: whether the command says which share of the work is this process's, so that it need not know the
///   others.
/// - Throws: what `body` does; where other processes were started together with this one that it cannot reach.
func onRanks(isShareNamed: Bool = false, _ body: (any RankGroup) throws -> Void) throws {
    let starter = ProcessStarter()
    #if MPI
        let ranks = try MPIRanks.joined(isEnding: { Interruption.signal != nil })
        if let ranks, ranks.count >= starter.processCount { return try onRanks(ranks, body) }
        ranks?.leave()
        let cause = "was built with another MPI than the one that started them; use that one's mpirun"
    #else
        let cause = "was built without MPI; build it by swift build -c release --product graphrun --traits MPI"
    #endif
    if !isShareNamed { try starter.refuseSeveral("this graphrun \(cause)") }
    try body(LoneRank())
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
}
