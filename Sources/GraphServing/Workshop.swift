import GraphBasics
import GraphEnlarging
import GraphImaging
import GraphRuntime
import Synchronization
import SystemPackage

/// Pictures that came from the page: enlarged one after another, and kept until they are removed.
final class Workshop: Sendable {
    let models: [ServedModel]
    let limits: ServingLimits

    private let threadCount: Int
    private let memoryLimit: Int?
    private let shelf: Mutex<Shelf>
    /// Of the model that was used last.
    private let enlarger = Mutex<(model: Int, enlarger: PictureEnlarger)?>(nil)
    private let inspecting: JobThread
    private let enlarging: JobThread
    private let comparing: JobThread

    init(
        _ models: [ServedModel], threadCount: Int, memoryLimit: Int?, limits: ServingLimits
    ) throws(ServingError) {
        do throws(Errno) {
            inspecting = try JobThread()
            enlarging = try JobThread()
            comparing = try JobThread()
        } catch {
            throw .threadRefused(error)
        }
        self.models = models
        self.limits = limits
        self.threadCount = threadCount
        self.memoryLimit = memoryLimit
        shelf = Mutex(Shelf(limits))
    }

    /// Ends what is being done, forgets all pictures, and takes no more.
    func close() {
        shelf.withLock { $0.close() }
        for thread in [inspecting, enlarging, comparing] { thread.finish() }
    }

    /// All pictures, as the page reads them.
    var status: String {
        let pictures = shelf.withLock { $0.pictures }
        return "{\"pictures\": [\(pictures.map { $0.status(models[$0.order.model]) }.joined(separator: ",\n"))]}\n"
    }

    func picture(_ number: Int) -> ServedPicture? { shelf.withLock { $0.picture(number) } }

    /// Changes a picture, unless it was removed.
    private func change(_ number: Int, _ body: (inout ServedPicture) -> Void) {
        shelf.withLock { $0.change(number, body) }
    }

    /// Removes a picture; one that is being enlarged is left at that.
    ///
    /// - Returns: whether it was there.
    func remove(_ number: Int) -> Bool { shelf.withLock { $0.remove(number) } }

    func removeAll() { shelf.withLock { $0.removeAll() } }

    /// Room for a picture of so many bytes, which are still to come.
    ///
    /// - Throws: which limit is in the way.
    func reserve(byteCount: Int) throws(LimitReached) {
        guard byteCount <= limits.uploadByteCount else { throw .uploadByteCount(limits.uploadByteCount) }
        try shelf.withLock { (shelf) throws(LimitReached) in try shelf.reserve(byteCount: byteCount) }
    }

    /// Gives back the room of a picture that did not come.
    func release(byteCount: Int) { shelf.withLock { $0.release(byteCount: byteCount) } }

    /// Takes a picture that has come, into the room that was reserved for it.
    ///
    /// - Returns: its number; nil when the page is closed.
    func add(_ order: ServedPicture.Order, _ upload: NamelessFile, byteCount: Int) -> Int? {
        let number = shelf.withLock { $0.add(order, upload, byteCount: byteCount) }
        if let number { inspecting.add { self.inspect(number) } }
        return number
    }

    /// Reads a picture's header, so that what cannot be enlarged is told before its turn comes.
    private func inspect(_ number: Int) {
        guard let picture = picture(number) else { return }
        let scale = models[picture.order.model].scale
        do {
            let reader = try PictureSource(try picture.upload.bytes(at: 0, count: picture.byteCount)).reader().upright()
            let size = PictureSize(width: reader.width, height: reader.height)
            change(number) { $0.size = size }
            let (area, isTooMuch) = (scale * size.width).multipliedReportingOverflow(by: scale * size.height)
            guard !isTooMuch, area <= limits.resultPixelCount else {
                throw LimitReached.resultPixelCount(size, scale: scale, limits.resultPixelCount)
            }
            enlarging.add { self.enlarge(number) }
        } catch {
            change(number) { $0.stage = .failed("\(error)") }
        }
    }

    private func enlarge(_ number: Int) {
        guard let picture = picture(number) else { return }
        change(number) { $0.stage = .working(part: 0, secondsLeft: nil) }
        do {
            let enlarged = try enlarged(picture)
            try shelf.withLock { try $0.finish(number, enlarged) }
        } catch EnlargingError.cancelled {
            // The picture was removed.
        } catch {
            change(number) { $0.stage = .failed("\(error)") }
        }
    }

    private func enlarged(_ picture: ServedPicture) throws -> ServedPicture.Enlarged {
        let start = ContinuousClock.now
        let source = try PictureSource(try picture.upload.bytes(at: 0, count: picture.byteCount))
        // Its header was read before.
        guard let own = source.format else { throw EnlargingError.cancelled }
        let format = picture.order.format ?? (own.isShownByBrowsers ? own : .png)
        let name = picture.order.resultName(scale: models[picture.order.model].scale, format)
        let file = try NamelessFile()
        let observer = RunObserver(
            progress: { progress in
                let part = Double(progress.rowsDone) / Double(max(1, progress.rowCount))
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                // Before that the first pictures of a size are still being planned.
                let secondsLeft = seconds > 0.3 && part > 0.01 ? seconds * (1 - part) / part : nil
                self.change(picture.number) { $0.stage = .working(part: part, secondsLeft: secondsLeft) }
            },
            isCancelled: { self.picture(picture.number) == nil })
        let report = try enlarger(of: picture.order.model)
            .enlarge(
                source, to: .stream(file.descriptor, name: FilePath(name)), as: PictureEncoding(format), observer: observer
            ).report
        return ServedPicture.Enlarged(
            name: name, format: format, file: file, byteCount: try file.byteCount,
            size: PictureSize(width: report.outputWidth, height: report.outputHeight), losses: report.losses,
            seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    private func enlarger(of model: Int) throws(EnlargingError) -> PictureEnlarger {
        try enlarger.withLock { (current) throws(EnlargingError) in
            if let current, current.model == model { return current.enlarger }
            current = nil
            let new = try PictureEnlarger(models[model].model, threadCount: threadCount, memoryLimit: memoryLimit)
            current = (model, new)
            return new
        }
    }

    /// What bicubic interpolation makes of a picture, as far as it is made; the first who asks has it made.
    func bicubic(_ number: Int) -> ServedPicture.Bicubic? {
        guard let bicubic = shelf.withLock({ $0.beginBicubic(number) }) else { return nil }
        if case .absent = bicubic { comparing.add { self.compare(number) } }
        return bicubic
    }

    private func compare(_ number: Int) {
        guard let picture = picture(number) else { return }
        do {
            let file = try NamelessFile()
            let bicubic = try BicubicPicture(
                of: try picture.upload.bytes(at: 0, count: picture.byteCount), scale: models[picture.order.model].scale)
            let format = try bicubic.write(to: file, isCancelled: { self.picture(number) == nil })
            let byteCount = try file.byteCount
            // A picture that was removed has no use for it.
            guard let format else { return }
            change(number) { $0.bicubic = .made(format, file, byteCount: byteCount) }
        } catch {
            change(number) { $0.bicubic = .failed("\(error)") }
        }
    }
}
