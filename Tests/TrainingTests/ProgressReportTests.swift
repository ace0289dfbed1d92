import Synchronization
import Testing

@testable import Training

struct ProgressReportTests {
    private final class Text: Sendable {
        let value = Mutex("")
        func write(_ text: String) { value.withLock { $0 += text } }
    }

    private func progress(step: Int, elapsed: Double) -> TrainingProgress {
        TrainingProgress(
            epoch: 2, epochCount: 50, step: step, stepsPerEpoch: 200,
            measures: [.init(name: "mae", isLoss: true), .init(name: "psnr", isLoss: false)], means: [5.25, 27.5],
            secondsPerStep: 1.25, secondsElapsed: elapsed, secondsLeft: 3725)
    }

    @Test func awayFromATerminalStepsLeaveALineNowAndThen() {
        let text = Text()
        let report = ProgressReport(isTerminal: false, write: text.write)
        for (step, elapsed) in [(1, 0.5), (2, 2.0), (3, 10.4), (4, 10.6), (5, 12)] {
            report.show(.step(progress(step: step, elapsed: elapsed)))
        }
        report.show(.epoch(progress(step: 200, elapsed: 30), validationPSNR: 28, bicubicPSNR: 27.625, isBest: true))
        #expect(
            text.value.withLock { $0 } == """
                epoch 2/50  step 1/200  loss 5.250  psnr 27.50  1.25 s/step  1:02:05 left
                epoch 2/50  step 4/200  loss 5.250  psnr 27.50  1.25 s/step  1:02:05 left
                epoch 2/50  loss 5.250  psnr 27.50  validation 28.00 dB, above bicubic's 27.63, best\
                  1.25 s/step  1:02:05 left

                """)
    }

    @Test(arguments: [40, 80, 120])
    func onATerminalStepsChangeOneLineThatFits(columnCount: Int) {
        let text = Text()
        let report = ProgressReport(isTerminal: true, columnCount: columnCount, write: text.write)
        report.show(.step(progress(step: 100, elapsed: 1)))
        let shown = text.value.withLock { $0 }
        #expect(shown.hasPrefix("\r\u{1B}[Kepoch 2/50 "))
        #expect(!shown.contains("\n"))
        #expect(shown.dropFirst(4).count < columnCount)
        #expect(shown.contains("[###############...............] 100/200") == (columnCount == 120))
    }

    @Test func timesReadAsClocksDo() {
        let durations = [0, 59.6, 61, 3600, 90_061].map(ProgressReport.duration)
        #expect(durations == ["0:00", "1:00", "1:01", "1:00:00", "25:01:01"])
    }
}
