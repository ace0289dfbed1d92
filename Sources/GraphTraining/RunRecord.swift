/// What a checkpoint keeps of how its run was carried out, and of the run's other files.
struct RunRecord: Hashable, Sendable {
    /// What steps were computed by, in the order in which they came; one unless the run went on elsewhere.
    var instructionSets: [String] = []
    /// Hashes of the weights in `best.gpack`, of `history.csv` and of `history.svg`, as the last epoch left them; nil before
    /// the first, and in checkpoints of versions that kept none.
    var bestDigest, historyDigest, chartDigest: String?

    /// As words by key.
    var words: [String: String] {
        var words = ["instruction_sets": instructionSets.joined(separator: " ")]
        words["best_digest"] = bestDigest
        words["history_digest"] = historyDigest
        words["chart_digest"] = chartDigest
        return words
    }

    /// At a run's beginning.
    init() {}

    /// Words that are missing are those of earlier versions.
    init(words: [String: String]) {
        instructionSets = (words["instruction_sets"] ?? "").split(separator: " ").map(String.init)
        bestDigest = words["best_digest"]
        historyDigest = words["history_digest"]
        chartDigest = words["chart_digest"]
    }
}
