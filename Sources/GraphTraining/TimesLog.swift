import Glibc
import GraphFiles
import SystemPackage

/// A line for each epoch: how long it took, and how long its steps waited for data. Times stand apart from all
/// that equal runs have equal.
struct TimesLog {
    let path: FilePath

    /// Appends a line; the first one follows the names of the columns. Steps are those that this process ran:
    /// fewer than an epoch's where a run went on in the middle.
    func append(epoch: Int, _ times: TrainingTimes, threadCount: Int) throws(TrainingError) {
        let heading = "epoch,threads,steps,seconds_per_step,seconds_waiting_for_data,validation_seconds\n"
        let numbers = [times.secondsPerStep, times.secondsWaitingForData, times.validationSeconds]
        let line =
            "\(epoch),\(threadCount),\(times.stepCount)," + numbers.map(rounded).joined(separator: ",") + "\n"
        let file = path.withPlatformString { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        let bytes = Array(((lseek(file, 0, SEEK_END) == 0 ? heading : "") + line).utf8)
        let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw failure() }
    }

    private func rounded(_ seconds: Double) -> String { "\((seconds * 10_000).rounded() / 10_000)" }

    private func failure() -> TrainingError { .file(.unwritable(path: path, .system(.latest))) }
}
