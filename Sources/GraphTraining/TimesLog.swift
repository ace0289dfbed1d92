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
        // Without O_NONBLOCK, opening a pipe would wait for its reader.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK
        let file = path.withPlatformString { name in retried { open(name, flags, 0o666) } }
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        let end = lseek(file, 0, SEEK_END)
        guard end >= 0 else { throw failure() }
        var rest = Array(((end == 0 ? heading : "") + line).utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in retried { Glibc.write(file, bytes.baseAddress, bytes.count) } }
            guard count >= 0 else {
                let failure = failure()
                // No half of a line stays.
                ftruncate(file, end)
                throw failure
            }
            rest = rest.dropFirst(count)
        }
    }

    private func rounded(_ seconds: Double) -> String { "\((seconds * 10_000).rounded() / 10_000)" }

    private func failure() -> TrainingError { .file(.unwritable(path: path, .system(.latest))) }
}
