import ArgumentParser
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
        let extras = try ExtraArguments(extraArguments)
        let destination = try videoDestination(named: name, replacingNoneOf: [name] + extras.paths(for: nil) + modelPaths)
        guard !result.compare, format == nil, quality == nil else {
            throw CommandError("--compare, --format and --quality are for pictures; leave them out for video")
        }
        let enlargers = try modelPaths.map { path in
            try PictureEnlarger(
                model.model(path), threadCount: model.threadCount, bands: Bands(option: bands), memoryLimit: maxMemory?.count,
                border: border, algorithm: algorithm, instructionSet: instructionSet)
        }
        for enlarger in enlargers { try extras.check(enlarger.extraInputs) }
        var form = result.form
        form.extras = try extras.values(for: nil)
        let enlarger = VideoEnlarger(try form.size.enlarger(of: enlargers, for: video.header.size))
        warnOfFreshWeights()
        let isStream = if case .file = destination { false } else { true }
        let reporter = VideoReporter(
            source: video.path ?? name, target: destination.path ?? output.path, isJSON: json, isQuiet: isStream)
        do {
            let report = try enlarger.enlarge(
                video, to: destination, form: form, observer: VideoObserver(progress: { reporter.show($0) })
            ) { reporter.begin($0) }.report
            reporter.end(report)
        } catch {
            guard reporter.end(with: error) else { throw error }
            throw ExitCode.failure
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
        guard target.extension?.lowercased() ?? "y4m" == "y4m" else {
            throw CommandError(
                "\(target): what is made of \(name) is raw video; name a file that ends in .y4m, or write to '-' and have ffmpeg "
                    + "make another format of it")
        }
        try checkOutput(target, replacesNoneOf: inputs)
        return .file(target)
    }
}
