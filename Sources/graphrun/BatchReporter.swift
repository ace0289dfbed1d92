import Glibc
import GraphBasics
import GraphCommandSupport
import GraphEnlarging
import GraphFiles
import GraphRuntime
import Synchronization
import SystemPackage

/// What a run over pictures says while it goes on and at its end: lines for people or for programs, and a bar on a terminal.
final class BatchReporter: Sendable {
    /// How it speaks.
    enum Form {
        case lines
        /// JSON objects, one a line.
        case json
    }

    private let list: PictureList
    private let form: Form
    /// Whether results go to standard output, so that no word may.
    private let isQuiet: Bool
    /// Whether it tells how far the run has come: of several ranks none knows.
    private let showsProgress: Bool
    /// Whether a line tells by which model.
    private let namesModels: Bool
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    fileprivate struct State {
        var errors: [String] = []
        var doneCount = 0
        /// Pixels of the results that are whole, and bytes of the files that they were made of.
        var donePixels = 0
        var doneBytes = 0
        /// Whether the counts are those of all ranks.
        var isOfAll = false
        /// Of the pictures that are worked on: pixels of the result, and the part that is done.
        var running: [Int: (pixels: Int, part: Double)] = [:]
        var lastShown: ContinuousClock.Instant
    }

    /// - Parameter failures: why there will be no result of pictures that are not in the list.
    init(
        _ list: PictureList, _ form: Form, failures: [String], isQuiet: Bool, showsProgress: Bool, namesModels: Bool
    ) {
        self.namesModels = namesModels
        self.showsProgress = showsProgress
        self.list = list
        self.form = form
        self.isQuiet = isQuiet
        state = Mutex(State(errors: failures, doneCount: failures.count, lastShown: .now))
        if case .json = form {
            for failure in failures { write(jsonLine([("event", jsonString("error")), ("message", jsonString(failure))])) }
        }
    }

    /// Whether a picture could not be enlarged.
    var hasErrors: Bool { state.withLock { !$0.errors.isEmpty } }

    func tell(_ index: Int, _ event: PictureBatch.Event) {
        let picture = list.pictures[index]
        let target = picture.item.destination.path ?? ""
        state.withLock { state in
            switch event {
            case .began(let report):
                state.running[index] = (report.outputWidth * report.outputHeight, 0)
            case .advanced(let part):
                state.running[index]?.part = part
                showProgress(&state)
            case .finished(let report, let duration):
                state.end(index, picture.byteCount, isWhole: true)
                let seconds = duration / .seconds(1)
                switch form {
                case .lines:
                    write(
                        "\(picture.name) \(report.inputWidth)×\(report.inputHeight) -> \(target) "
                            + "\(report.outputWidth)×\(report.outputHeight), "
                            + (namesModels ? report.modelName.map { "by \($0), " } ?? "" : "")
                            + "\(report.plan), \(decimal(seconds, digits: 2)) s")
                case .json:
                    write(
                        jsonLine([
                            ("event", jsonString("picture")), ("source", picture.name.json),
                            ("target", target.json), ("width", "\(report.outputWidth)"),
                            ("height", "\(report.outputHeight)"),
                            ("model", report.modelName.map(jsonString) ?? "null"), ("seconds", decimal(seconds, digits: 3)),
                            ("losses", "[" + report.losses.map(jsonString).joined(separator: ", ") + "]"),
                        ]))
                }
                if case .lines = form {
                    for loss in report.losses { writeError("graphrun: \(picture.name): \(loss)") }
                }
            case .failed(let error):
                state.end(index, picture.byteCount, isWhole: false)
                let message = errorMessage(error, command: "graphrun")
                state.errors.append(message)
                if case .json = form {
                    write(
                        jsonLine([
                            ("event", jsonString("error")), ("source", picture.name.json),
                            ("message", jsonString(message)),
                        ]))
                }
            }
        }
    }

    /// Brings together what all ranks have done, on each of them.
    func collect(from ranks: any RankGroup) {
        let (counts, errors) = state.withLock { state in
            ([Double(state.doneCount), Double(state.donePixels)], state.errors)
        }
        let all = ranks.gather(counts)
        let allErrors = ranks.gather(errors.joined(separator: "\0"))
        state.withLock { state in
            state.doneCount = Int(stride(from: 0, to: all.count, by: 2).reduce(0) { $0 + all[$1] })
            state.donePixels = Int(stride(from: 1, to: all.count, by: 2).reduce(0) { $0 + all[$1] })
            state.errors = allErrors.flatMap { $0.split(separator: "\0").map(String.init) }
            state.isOfAll = true
        }
    }

    /// The end of the run: what was done, and each picture that has no result.
    func end() {
        state.withLock { state in
            clearBar()
            if case .json = form {
                write(
                    jsonLine([
                        ("event", jsonString("end")), ("pictures", "\(state.doneCount - state.errors.count)"),
                        ("errors", "\(state.errors.count)"), ("finished_before", "\(list.finishedCount)"),
                        ("passed_over", "\(list.passedOverCount)"), ("pixels", "\(state.donePixels)"),
                        ("seconds", decimal((ContinuousClock.now - start) / .seconds(1), digits: 3)),
                    ]))
            } else {
                for error in state.errors { StandardError.write(error + "\n") }
                if let summary = summary(state) { writeError("graphrun: " + summary) }
            }
        }
    }

    /// Nil where nothing is to be added to a line for each picture.
    private func summary(_ state: State) -> String? {
        var parts: [String] = []
        let isPlain =
            state.errors.isEmpty && !state.isOfAll && list.finishedCount == 0 && list.passedOverCount == 0
            && list.share.count == 1
        let isAlone = list.pictures.isEmpty && list.finishedCount == 0 && state.errors.count == 1
        if isPlain || list.isSingle || isAlone { return nil }
        if list.share.count > 1 { parts.append("part \(list.share)") }
        if state.doneCount > 0 || list.share.count > 1 || state.isOfAll {
            parts.append("\(readable(count: state.doneCount - state.errors.count, "picture")) enlarged")
        }
        if list.finishedCount > 0 { parts.append("\(readable(count: list.finishedCount)) finished before") }
        if list.passedOverCount > 0 {
            let verb = list.passedOverCount == 1 ? "is" : "are"
            parts.append("\(readable(count: list.passedOverCount, "file")) that \(verb) no picture passed over")
        }
        if !state.errors.isEmpty {
            parts.append("\(state.errors.count) of \(state.doneCount) pictures are left out")
        }
        return parts.joined(separator: ", ")
    }

    // MARK: While it goes on

    private func showProgress(_ state: inout State) {
        guard showsProgress else { return }
        let now = ContinuousClock.now
        let isBar = StandardError.isTerminal && form == .lines
        guard now - state.lastShown >= (isBar ? .milliseconds(200) : .milliseconds(900)) else { return }
        state.lastShown = now
        let progress = BatchProgress(state.fraction(list), pixels: state.pixels, elapsed: (now - start) / .seconds(1))
        switch form {
        case .json:
            write(
                jsonLine([
                    ("event", jsonString("progress")), ("done", decimal(progress.fraction, digits: 4)),
                    ("pictures", "\(state.doneCount)"), ("of", "\(list.pictures.count + list.failures.count)"),
                    ("pixels", "\(progress.pixels)"),
                    ("seconds_left", progress.secondsLeft.map { decimal($0, digits: 1) } ?? "null"),
                ]))
        case .lines:
            let all = list.pictures.count + list.failures.count
            let count = all > 1 ? "\(state.doneCount) of \(all) pictures" : ""
            let errors = state.errors.isEmpty ? "" : readable(count: state.errors.count, "error")
            let text = ([count, errors].filter { !$0.isEmpty } + progress.words).joined(separator: ", ")
            if isBar {
                let columnCount = StandardError.columnCount
                let bar = progress.bar(width: max(10, min(40, columnCount - text.count - 4)))
                StandardError.write("\r" + String("\(bar) \(text)".prefix(columnCount - 1)) + "\u{1B}[K")
            } else {
                StandardError.write(text + "\n")
            }
        }
    }

    private func clearBar() {
        if StandardError.isTerminal, form == .lines { StandardError.write("\r\u{1B}[K") }
    }

    /// A line of results, which goes where no picture goes.
    private func write(_ line: String) {
        clearBar()
        if isQuiet { StandardError.write(line + "\n") } else { StandardOutput.write(line + "\n") }
    }

    private func writeError(_ line: String) {
        clearBar()
        StandardError.write(line + "\n")
    }
}

extension BatchReporter.State {
    fileprivate mutating func end(_ index: Int, _ byteCount: Int, isWhole: Bool) {
        doneCount += 1
        doneBytes += byteCount
        if let ended = running.removeValue(forKey: index), isWhole { donePixels += ended.pixels }
    }

    /// Pixels of results so far.
    fileprivate var pixels: Int { running.values.reduce(donePixels) { $0 + Int(Double($1.pixels) * $1.part) } }

    /// The part of the work that is done, by the bytes of files: their pixels are known only when they are opened.
    fileprivate func fraction(_ list: PictureList) -> Double {
        let all = list.pictures.reduce(0) { $0 + max(1, $1.byteCount) }
        let begun = running.reduce(0.0) { $0 + $1.value.part * Double(max(1, list.pictures[$1.key].byteCount)) }
        return min(1, (Double(doneBytes) + begun) / Double(max(1, all)))
    }
}
