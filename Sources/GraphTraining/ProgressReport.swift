import GraphBasics
import GraphModel
import GraphImaging
import Synchronization

/// Shows a run to people: a line that changes in place on a terminal, plain lines elsewhere.
///
/// Epochs leave a line each. Away from a terminal steps leave one at most every ten seconds.
public final class ProgressReport: Sendable {
    private let isTerminal: Bool
    private let columnCount: Int
    private let write: @Sendable (String) -> Void
    private let lastLine = Mutex(-ProgressReport.secondsBetweenLines)

    private static let secondsBetweenLines = 10.0

    /// - Parameters:
    ///   - columnCount: of the terminal.
    ///   - write: takes text as it is, line ends included.
    public init(isTerminal: Bool, columnCount: Int = 80, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.columnCount = columnCount
        self.write = write
    }

    /// Reports one event; to be called with all of a run's, in their order.
    public func show(_ event: TrainingEvent) {
        switch event {
        case .decoding(let done, let count):
            if isTerminal { showInPlace("reading pictures \(done)/\(count)") }
        case .ready(let setUp):
            for source in setUp.sources { showLine(source) }
            showLine(
                "\(readable(count: setUp.trainingPictureCount, "picture")) to train on, "
                    + "\(readable(count: setUp.validationPictureCount)) to validate on; "
                    + readable(count: setUp.weightCount, "weight"))
            showLine(
                "validation: \(setUp.validation), RGB; bicubic reaches \(decimal(setUp.bicubicPSNR, digits: 2)) dB")
            if setUp.firstStep > 0 { showLine("goes on after step \(readable(count: setUp.firstStep))") }
        case .step(let progress):
            if isTerminal { showInPlace(inPlace(progress)) } else { showNowAndThen(progress) }
        case .epoch(let epoch):
            let progress = epoch.progress
            let comparison = epoch.validationPSNR > epoch.bicubicPSNR ? "above" : "below"
            showLine(
                "epoch \(progress.epoch)/\(progress.epochCount)  \(measures(progress))  validation "
                    + "\(decimal(epoch.validationPSNR, digits: 2)) dB, \(comparison) bicubic's "
                    + "\(decimal(epoch.bicubicPSNR, digits: 2))\(epoch.isBest ? ", best" : "")  \(times(progress.times))  "
                    + "\(decimal(100 * progress.times.shareWaitingForData, digits: 1))% waiting for data")
        case .saved(let step):
            if !isTerminal { showLine("saved after step \(readable(count: step))") }
        case .note, .smallCache, .otherRates, .otherInstructionSet, .madeAgain, .bestLost, .notFinite:
            if let note = event.note { showLine(note) }
        }
    }

    /// Leaves a line of the caller's.
    public func say(_ line: String) { showLine(line) }

    private func showLine(_ line: String) { write((isTerminal ? "\r\u{1B}[K" : "") + line + "\n") }

    private func showInPlace(_ line: String) { write("\r\u{1B}[K" + line.prefix(max(1, columnCount - 1))) }

    private func showNowAndThen(_ progress: TrainingProgress) {
        let isDue = lastLine.withLock { last in
            guard progress.times.secondsElapsed >= last + Self.secondsBetweenLines else { return false }
            last = progress.times.secondsElapsed
            return true
        }
        guard isDue else { return }
        showLine(
            "epoch \(progress.epoch)/\(progress.epochCount)  step \(progress.step)/\(progress.stepsPerEpoch)  "
                + "\(measures(progress))  \(times(progress.times))")
    }

    private func inPlace(_ progress: TrainingProgress) -> String {
        let before = "epoch \(progress.epoch)/\(progress.epochCount) "
        let after = " \(progress.step)/\(progress.stepsPerEpoch)  \(measures(progress))  \(times(progress.times))"
        let room = min(30, columnCount - 3 - before.count - after.count)
        guard room >= 5 else { return before + after }
        let filled = progress.step * room / progress.stepsPerEpoch
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: room - filled)
        return "\(before)[\(bar)]\(after)"
    }

    private func measures(_ progress: TrainingProgress) -> String {
        zip(progress.measures, progress.means).map { measure, mean in
            let digits = abs(mean) < 1 ? 5 : abs(mean) < 10 ? 3 : 2
            return "\(measure.isLoss ? "loss" : measure.name) \(decimal(mean, digits: digits))"
        }.joined(separator: "  ")
    }

    private func times(_ times: TrainingTimes) -> String {
        let step = times.secondsPerStep
        let perStep =
            step < 1 ? "\(decimal(1000 * step, digits: step < 0.01 ? 1 : 0)) ms" : "\(decimal(step, digits: 2)) s"
        return "\(perStep)/step  \(Self.duration(times.secondsLeft)) left"
    }

    /// As `1:02:03` or `2:03`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 1e9).rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
    }
}
