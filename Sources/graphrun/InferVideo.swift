import GraphBasics
import GraphCommandSupport
import GraphEnlarging
import GraphFiles
import GraphImaging
import SystemPackage

extension PictureOrVideo {
    /// - Parameter operand: a path, or `-` for standard input.
    init(operand: FilePath) throws {
        self = try operand == "-" ? .init(.standardInput, name: "standard input") : .init(path: operand)
    }
}

extension Infer {
    /// Enlarges raw video frame by frame. What is said of it goes to standard error where the video itself goes to standard
    /// output.
    ///
    /// - Parameter modelPaths: the model that is named, or those that may reach the size that is asked for.
    func enlarge(_ video: VideoReader, named name: FilePath, by modelPaths: [FilePath]) throws {
        let destination = try videoDestination(named: name, replacingNoneOf: [name] + modelPaths)
        let enlarger = try VideoEnlarger(
            model.model(modelPaths[0]), threadCount: model.threadCount, bands: Bands(option: bands),
            memoryLimit: maxMemory?.count,
            border: border, algorithm: algorithm)
        try checkForm(networkScale: enlarger.scale)
        warnOfFreshWeights()
        let say: (String) -> Void =
            if case .file = destination { StandardOutput.write } else { StandardError.write }
        let start = ContinuousClock.now
        var line = ProgressLine()
        defer { line.clear() }
        let report = try enlarger.enlarge(
            video, to: destination, observer: VideoObserver(progress: { line.show($0) })
        ) { report in
            say(
                "\(video.path ?? name) \(report.inputSize) -> \(destination.path ?? output.path) \(report.outputSize)"
                    + (report.plan.map { ", \($0)" } ?? "") + "\n")
        }.report
        line.clear()
        say("\(readable(count: report.frameCount, "frame")), \(printed("%.2f", (ContinuousClock.now - start) / .seconds(1))) s\n")
    }

    /// Refuses what is done to pictures alone.
    private func checkForm(networkScale: Int) throws {
        let form = result.form
        let isOwnScale =
            switch form.size {
            case .network: true
            case .scale(let factor): factor.value == Double(networkScale)
            case .width, .height, .sides: false
            }
        guard isOwnScale else {
            throw CommandError("video becomes \(networkScale) times as large by this model; leave other sizes to ffmpeg")
        }
        guard !form.isEnsemble, !form.isComparison, format == nil, quality == nil, !json else {
            throw CommandError("--ensemble, --compare, --format, --quality and --json are for pictures; leave them out for video")
        }
    }

    private func videoDestination(named name: FilePath, replacingNoneOf inputs: [FilePath]) throws -> PictureDestination {
        let kind = FileStatus(output.path)?.kind
        // Where the two are one file, writing beside it and renaming would part them.
        if output.path == "-" || kind != nil && FileStatus(output.path)?.identity == FileStatus("/dev/stdout")?.identity {
            return .stream(.standardOutput, name: "standard output")
        }
        var target = output.path
        if output.namesFolder || kind == .folder {
            guard name != "-", let last = name.lastComponent else {
                throw CommandError("\(output.path): is a folder; name a file for the video from standard input")
            }
            try Folder.make(output.path)
            target.append(last)
        }
        if let ending = target.extension, PictureFormat(ending: ending) != nil {
            throw CommandError("\(target): holds a picture by its name, and \(name) is raw video; name a file that ends in .y4m")
        }
        try checkOutput(target, replacesNoneOf: inputs)
        return .file(target)
    }
}

/// The frame at work, on the last line of a terminal.
private struct ProgressLine {
    private var shownAt: ContinuousClock.Instant?
    private let isShown = StandardError.isTerminal
    private let start = ContinuousClock.now

    mutating func show(_ progress: VideoProgress) {
        let now = ContinuousClock.now
        guard isShown, shownAt.map({ now - $0 > .milliseconds(200) }) ?? true else { return }
        shownAt = now
        let done = Double(progress.framesDone) + Double(progress.rowsDone) / Double(max(1, progress.rowCount))
        var text = "frame \(progress.framesDone + 1)"
        if let count = progress.frameCount {
            text += " of \(count)"
            if done > 0.1 {
                let seconds = (now - start) / .seconds(1)
                text += ", \(Int((seconds / done * (Double(count) - done)).rounded(.up))) s left"
            }
        }
        StandardError.write("\r\u{1B}[K\(text)")
    }

    func clear() {
        if isShown, shownAt != nil { StandardError.write("\r\u{1B}[K") }
    }
}
