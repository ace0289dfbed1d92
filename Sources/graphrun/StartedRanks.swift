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
func onRanks(_ body: (any RankGroup) throws -> Void) throws {
    #if MPI
        if let ranks = MPIRanks.joined(isEnding: { Interruption.signal != nil }) { return try onRanks(ranks, body) }
    #endif
    try body(LoneRank())
}

#if MPI
    private func onRanks(_ ranks: MPIRanks, _ body: (any RankGroup) throws -> Void) throws {
        do {
            try body(ranks)
        } catch let code as ExitCode {
            ranks.leave()
            throw code
        } catch let error where error.isOfOtherRank {
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

    extension Error {
        /// Whether another rank has ended the run, and says why.
        fileprivate var isOfOtherRank: Bool {
            switch self as? TrainingError {
            case .otherRank: true
            case .interrupted(let cause, _, _): cause.isOfOtherRank
            default: false
            }
        }
    }
#endif

extension RankGroup {
    /// Runs `body` on every rank. Where it throws on one, it does on all, and one of them says why.
    func preparing<Value>(_ body: () throws -> Value) throws -> Value {
        try together(orThrow: { rank, _ in TrainingError.otherRank(rank) as any Error }, body)
    }
}
