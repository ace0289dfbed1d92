import GraphFiles
import GraphPack
import SystemPackage

/// What a run does about files of its folder that were taken away or changed since its checkpoint was written: what it can
/// make again it makes again, and says so; a run whose best weights are lost does not end as though it had them.
extension TrainingRun {
    /// The files that are not as the checkpoint knows them. Before the first epoch's end there is none to know.
    func alteredFiles() -> [FilePath] {
        guard folder.isWritten, !checkpoint.state.epochs.isEmpty else { return [] }
        let record = checkpoint.record
        var altered: [FilePath] = []
        if checkpoint.state.stopping.bestEpoch > 0, !holds(bestWeights: record.bestDigest) { altered.append(folder.bestPath) }
        for (file, known) in [(folder.historyPath, record.historyDigest), (folder.chartPath, record.chartDigest)] {
            let digest = try? Digest(ofFile: file)
            if digest == nil || known.map({ $0 != digest?.description }) ?? false { altered.append(file) }
        }
        return altered
    }

    /// Whether `best.gpack` can be read and holds the weights of a hash; nil for any.
    private func holds(bestWeights known: String?) -> Bool {
        guard let pack = try? Pack(contentsOf: folder.bestPath) else { return false }
        return known.map { $0 == pack.digest.description } ?? true
    }

    /// Puts altered files in order, as far as the checkpoint tells what they held. The next epoch's end writes the chart, and
    /// the table is written whenever a run begins.
    func restore(_ altered: [FilePath], _ pictures: TrainingPictures, _ report: (TrainingEvent) -> Void) throws(TrainingError) {
        let isEpochEnd = checkpoint.state.step == checkpoint.state.epochs.count * recipe.stepsPerEpoch
        var again: [FilePath] = []
        for file in altered {
            if file == folder.historyPath {
                again.append(file)
            } else if file == folder.chartPath, isEpochEnd {
                try withMeasuredWeights { () throws(TrainingError) in try writeHistory(pictures, strip: pictures.strip.picture())
                }
                again.append(file)
            } else if file == folder.bestPath, !isOfRepeatedEpoch {
                let best = checkpoint.state.stopping.bestEpoch
                if isEpochEnd, best == checkpoint.state.epochs.count {
                    try withMeasuredWeights { () throws(TrainingError) in try writeBest() }
                    again.append(file)
                } else if end == nil {
                    report(.bestLost(path: file, epoch: best))
                }
            }
        }
        if !again.isEmpty { report(.madeAgain(again)) }
    }

    /// - Throws: when the best weights are not where the run says they are.
    func checkBest() throws(TrainingError) {
        let best = checkpoint.state.stopping.bestEpoch
        guard !folder.isWritten || best == 0 || holds(bestWeights: checkpoint.record.bestDigest) else {
            throw .bestLost(path: folder.bestPath, epoch: best, folder)
        }
    }

    /// Whether `best.gpack` is of the epoch that has begun: a process that was killed before it saved its state wrote it, and
    /// the epoch's end will write it again.
    private var isOfRepeatedEpoch: Bool {
        guard end == nil, let pack = try? PackFile(contentsOf: folder.bestPath) else { return false }
        return pack.metadata["step"] == "\((checkpoint.state.epochs.count + 1) * recipe.stepsPerEpoch)"
            && pack.metadata["data_digest"] == checkpoint.dataDigest
    }
}
