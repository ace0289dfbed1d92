import GraphRuntime

extension RunObserver {
    /// The observer of one of several runs that count as one, and each as much as the others, whatever rows it has.
    ///
    /// - Parameters:
    ///   - index: of the run, counted from 0.
    ///   - count: of all these runs.
    ///   - rowCount: what each counts for.
    func ofPart(_ index: Int, of count: Int, rowCount: Int) -> RunObserver {
        guard count > 1, let progress else { return self }
        return RunObserver(
            progress: {
                let rowsDone = $0.rowsDone * rowCount / max(1, $0.rowCount)
                progress(RunProgress(rowsDone: index * rowCount + rowsDone, rowCount: count * rowCount))
            },
            isCancelled: isCancelled)
    }
}
