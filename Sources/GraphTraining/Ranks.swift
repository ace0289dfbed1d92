import GraphCompiler
import GraphPack
import GraphRuntime

/// What ranks have to agree on, so that all go the same way and none waits for one that has ended.
extension RankGroup {
    /// Runs `body` on every rank. Where it throws on one, it does on all.
    ///
    /// - Throws: what `body` does, on the first rank where it does; on the others that this one has ended the run.
    func together<Result>(_ body: () throws(TrainingError) -> Result) throws(TrainingError) -> Result {
        try together(orThrow: { rank, _ in TrainingError.otherRank(rank) }, body)
    }

    /// Whether several ranks have the same numbers.
    func areEqual(_ numbers: [Int]) -> Bool {
        count > 1 && firstUnequal(Digest(ofBytes: numbers.withUnsafeBytes(Array.init)).bytes) == nil
    }

    /// - Throws: where ranks compute by unequal instruction sets, which round in ways of their own; the first says which.
    package func compareInstructionSets(_ instructionSet: InstructionSet) throws(TrainingError) {
        let sets = gather(instructionSet.rawValue)
        guard Set(sets).count == 1 else { throw isFirst ? .mixedInstructionSets(sets) : .otherRank(0) }
    }

    /// - Throws: where a rank has something else than the first; the first says which.
    func compare(_ digest: Digest) throws(TrainingError) {
        guard let other = firstUnequal(digest.bytes) else { return }
        throw isFirst ? .unequalRank(other) : .otherRank(0)
    }
}

extension TrainingRun {
    /// - Throws: when ranks would not compute the same run.
    func compareRanks() throws(TrainingError) {
        guard ranks.count > 1 else { return }
        try ranks.compareInstructionSets(options.instructionSet)
        let interval = options.checkpointInterval.map { "\($0)" } ?? ""
        try ranks.compare(Digest(ofBytes: checkpoint.pack.runDigest.bytes + Array(interval.utf8)))
    }
}

extension TrainingError: RankError {
    /// Whether another rank has failed, which tells why.
    public var isOfOtherRank: Bool {
        switch self {
        case .otherRank: true
        case .interrupted(let cause, _, _): cause.isOfOtherRank
        default: false
        }
    }
}
