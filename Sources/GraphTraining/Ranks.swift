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
        guard count > 1 else { return false }
        return Set(gather("\(Digest(ofBytes: numbers.withUnsafeBytes(Array.init)))")).count == 1
    }

    /// - Throws: where a rank has another text than the first; the first says which.
    func compare(_ text: String) throws(TrainingError) {
        guard count > 1 else { return }
        let texts = gather(text)
        guard let other = texts.firstIndex(where: { $0 != texts[0] }) else { return }
        throw isFirst ? .unequalRank(other) : .otherRank(0)
    }
}

extension TrainingRun {
    /// - Throws: when ranks would not compute the same run.
    func compareRanks() throws(TrainingError) {
        guard ranks.count > 1 else { return }
        let sets = ranks.gather(options.instructionSet.rawValue)
        guard Set(sets).count == 1 else { throw ranks.isFirst ? .mixedInstructionSets(sets) : .otherRank(0) }
        let words = recipe.words.merging(checkpoint.state.words) { first, _ in first }
        try ranks.compare(words.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: "\n"))
    }
}
