import Foundation
import Synchronization
import Testing

@testable import GraphTraining

struct ProgressReportTests {
    private final class Text: Sendable {
        let value = Mutex("")
        func write(_ text: String) { value.withLock { $0 += text } }
    }

    private func progress(step: Int, elapsed: Double) -> TrainingProgress {
        TrainingProgress(
            epoch: 2, epochCount: 50, step: step, stepsPerEpoch: 200,
            learningRate: 1e-4, measures: [.init(name: "mae", isLoss: true), .init(name: "psnr", isLoss: false)],
            means: [5.25, 27.5],
            times: TrainingTimes(
                stepCount: step, secondsPerStep: 1.25, secondsWaitingForData: 0.01 * Double(step), secondsElapsed: elapsed,
                secondsLeft: 3725))
    }

    @Test func awayFromATerminalStepsLeaveALineNowAndThen() {
        let text = Text()
        let report = ProgressReport(isTerminal: false, write: text.write)
        for (step, elapsed) in [(1, 0.5), (2, 2.0), (3, 10.4), (4, 10.6), (5, 12)] {
            report.show(.step(progress(step: step, elapsed: elapsed)))
        }
        report.show(.saved(step: 1200))
        report.show(.epoch(epoch))
        report.show(.note("a note"))
        #expect(
            text.value.withLock { $0 } == """
                epoch 2/50  step 1/200  loss 5.250  psnr 27.50  1.25 s/step  1:02:05 left
                epoch 2/50  step 4/200  loss 5.250  psnr 27.50  1.25 s/step  1:02:05 left
                saved after step 1,200
                epoch 2/50  loss 5.250  psnr 27.50  validation 28.00 dB, above bicubic's 27.63, best\
                  1.25 s/step  1:02:05 left  0.8% waiting for data
                a note

                """)
    }

    private var epoch: EpochReport {
        EpochReport(
            progress: progress(step: 200, elapsed: 30), gradientNorm: 0.5, validationPSNR: 28, bicubicPSNR: 27.625,
            isBest: true)
    }

    @Test func eventsAreLinesOfJSON() throws {
        let step = TrainingEvent.step(progress(step: 3, elapsed: 1))
        let events: [TrainingEvent] = [.epoch(epoch), step, .note("a \"b\"\n\\"), .saved(step: 7)]
        let objects = try events.map { event in
            let line = try #require(event.json)
            #expect(!line.contains("\n"))
            return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["event"] as? String } == ["epoch", "step", "note", "saved"])
        #expect(objects[0]["validation_psnr"] as? Double == 28 && objects[0]["best"] as? Bool == true)
        #expect(objects[1]["step"] as? Int == 203 && objects[1]["mae"] as? Double == 5.25)
        #expect(objects[2]["text"] as? String == "a \"b\"\n\\")
        #expect(TrainingEvent.decoding(done: 1, count: 2).json == nil)
        var endless = progress(step: 1, elapsed: 0)
        endless.means = [.nan, .infinity]
        #expect(TrainingEvent.step(endless).json?.contains("\"mae\": null, \"psnr\": null") == true)
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
