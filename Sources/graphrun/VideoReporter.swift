import GraphBasics
import GraphCommandSupport
import GraphEnlarging
import GraphFiles
import SystemPackage

/// What a run over raw video says while it goes on and at its end: lines for people, and the frame at work on the last line
/// of a terminal, or lines for programs.
final class VideoReporter {
    private let source, target: FilePath
    private let isJSON: Bool
    /// Whether the video goes to standard output, so that no word may.
    private let isQuiet: Bool
    private let start = ContinuousClock.now
    private var shownAt: ContinuousClock.Instant?

    init(source: FilePath, target: FilePath, isJSON: Bool, isQuiet: Bool) {
        self.source = source
        self.target = target
        self.isJSON = isJSON
        self.isQuiet = isQuiet
    }

    func begin(_ report: VideoEnlarger.Report) {
        guard !isJSON else { return }
        write("\(source) \(report.inputSize) -> \(target) \(report.outputSize)\(report.plan.map { ", \($0)" } ?? "")")
        for loss in report.losses { StandardError.write("graphrun: \(source): \(loss)\n") }
    }

    func show(_ progress: VideoProgress) {
        let now = ContinuousClock.now
        let pause: Duration = isJSON ? .seconds(1) : .milliseconds(200)
        guard isJSON || StandardError.isTerminal, now - (shownAt ?? (isJSON ? start : start - pause)) >= pause else { return }
        shownAt = now
        let done = Double(progress.framesDone) + Double(progress.rowsDone) / Double(max(1, progress.rowCount))
        let secondsLeft = progress.frameCount.flatMap { count in
            done > 0.1 ? (now - start) / .seconds(1) / done * (Double(count) - done) : nil
        }
        if isJSON {
            let part = progress.frameCount.map { decimal(done / Double(max(1, $0)), digits: 4) }
            write(
                jsonLine([
                    ("event", jsonString("progress")), ("done", part ?? "null"), ("frames", "\(progress.framesDone)"),
                    ("of", progress.frameCount.map { "\($0)" } ?? "null"),
                    ("seconds_left", secondsLeft.map { decimal($0, digits: 1) } ?? "null"),
                ]))
        } else {
            let count = progress.frameCount.map { " of \($0)" } ?? ""
            let rest = secondsLeft.map { ", \(Int($0.rounded(.up))) s left" } ?? ""
            StandardError.write("\r\u{1B}[Kframe \(progress.framesDone + 1)\(count)\(rest)")
        }
    }

    func end(_ report: VideoEnlarger.Report) {
        clear()
        guard isJSON else {
            return write("\(readable(count: report.frameCount, "frame")), \(decimal(seconds, digits: 2)) s")
        }
        write(
            jsonLine([
                ("event", jsonString("video")), ("source", source.json), ("target", target.json),
                ("width", "\(report.outputSize.width)"), ("height", "\(report.outputSize.height)"),
                ("frames", "\(report.frameCount)"), ("seconds", decimal(seconds, digits: 3)),
                ("losses", "[" + report.losses.map(jsonString).joined(separator: ", ") + "]"),
            ]))
        writeEnd(errorCount: 0)
    }

    /// What went wrong, for programs.
    ///
    /// - Returns: whether it is said; otherwise it is for the end of the command to say.
    func end(with error: any Error) -> Bool {
        clear()
        guard isJSON else { return false }
        let message = errorMessage(error, command: "graphrun")
        write(jsonLine([("event", jsonString("error")), ("source", source.json), ("message", jsonString(message))]))
        writeEnd(errorCount: 1)
        return true
    }

    private func writeEnd(errorCount: Int) {
        write(
            jsonLine([
                ("event", jsonString("end")), ("videos", "\(1 - errorCount)"), ("errors", "\(errorCount)"),
                ("seconds", decimal(seconds, digits: 3)),
            ]))
    }

    private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    private func write(_ line: String) {
        if isQuiet { StandardError.write(line + "\n") } else { StandardOutput.write(line + "\n") }
    }

    private func clear() {
        if !isJSON, StandardError.isTerminal, shownAt != nil { StandardError.write("\r\u{1B}[K") }
    }
}

/// An object on a line.
func jsonLine(_ members: [(name: String, value: String)]) -> String {
    "{" + members.map { jsonString($0.name) + ": " + $0.value }.joined(separator: ", ") + "}"
}
