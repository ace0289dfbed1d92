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

    /// - Parameter what: what it is that has a hash.
    /// - Throws: where a rank has something else than the first; the first says which.
    func compare(_ what: String, _ digest: Digest) throws(TrainingError) {
        guard let other = firstUnequal(digest.bytes) else { return }
        throw isFirst ? .unequalRank(other, what: what) : .otherRank(0)
    }

    /// The same of a text.
    package func compare(_ what: String, _ text: String) throws(TrainingError) {
        try compare(what, Digest(ofBytes: Array(text.utf8)))
    }
}

extension TrainingRun {
    /// - Throws: when ranks would not compute the same run.
    func compareRanks() throws(TrainingError) {
        guard ranks.count > 1 else { return }
        try ranks.compareInstructionSets(options.instructionSet)
        func text(_ words: [String: String]) -> String {
            words.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: "\n")
        }
        let pack = checkpoint.pack
        try ranks.compare("graph", pack.graphText)
        try ranks.compare("recipe", text(recipe.words))
        try ranks.compare("checkpoint", text(checkpoint.state.words))
        try ranks.compare("weights", pack.digest)
        try ranks.compare("state of the optimizer", pack.statesDigest)
        try ranks.compare("interval between checkpoints", "\(options.checkpointInterval, default: "none")")
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
