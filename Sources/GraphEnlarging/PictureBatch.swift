import GraphBasics
import GraphImaging
import GraphRuntime
import Synchronization

/// Many pictures that are enlarged, several at once.
///
/// As long as many are left, each is enlarged on one thread, so that reading, computing and writing of different pictures
/// overlap; the last ones are enlarged one by one on all threads.
public struct PictureBatch: Sendable {
    /// In the order in which they are begun.
    public var items: [Item]
    /// What is made of each.
    public var form: ResultForm
    /// Pictures worked on at once, each on one thread, while enough are left: 1 for one after the other on all threads.
    public var concurrency: Int
    /// Threads in all.
    public var threadCount: Int

    /// Each argument is the property of its name.
    public init(_ items: [Item], form: ResultForm = ResultForm(), concurrency: Int, threadCount: Int) {
        self.items = items
        self.form = form
        self.concurrency = concurrency
        self.threadCount = threadCount
    }

    /// A picture, and where its result goes.
    public struct Item: Sendable {
        /// Opens the picture.
        public var source: @Sendable () throws(ImageError) -> PictureSource
        /// Where the result goes.
        public var destination: PictureDestination
        /// How it is written; nil for the format of what is read.
        public var encoding: PictureEncoding?
        /// What the network takes beside it: added to those of the form.
        public var extras: @Sendable () throws(ImageError) -> [String: ExtraValue]

        /// Each argument is the property of its name.
        public init(
            _ source: @escaping @Sendable () throws(ImageError) -> PictureSource, to destination: PictureDestination,
            as encoding: PictureEncoding? = nil,
            extras: @escaping @Sendable () throws(ImageError) -> [String: ExtraValue] = { () throws(ImageError) in [:] }
        ) {
            self.extras = extras
            self.source = source
            self.destination = destination
            self.encoding = encoding
        }
    }

    /// What happens to a picture.
    public enum Event: Sendable {
        /// It is opened, and this will be done.
        case began(PictureEnlarger.Report)
        /// Of all its work so great a part is done, from 0 to 1: told some times a second.
        case advanced(part: Double)
        /// Its result is in its place.
        case finished(PictureEnlarger.Report, Duration)
        /// There is no result.
        case failed(EnlargingError)
    }

    /// Enlarges all pictures. One that fails keeps none of the others.
    ///
    /// - Parameters:
    ///   - makeEnlargers: makes those that pictures are enlarged by, for so many threads. They work on one picture at a time.
    ///   - tell: told what happens to the picture of a number, from any thread, one call at a time.
    ///   - next: gives the numbers of the pictures to enlarge, one after the other, and then those behind the last; nil for
    ///     all of them.
    /// - Throws: what keeps an enlarger from being made.
    public func run(
        by makeEnlargers: @Sendable (_ threadCount: Int) throws(EnlargingError) -> EnlargerChoice,
        taking next: (@Sendable () -> Int)? = nil,
        _ tell: @escaping @Sendable (_ index: Int, Event) -> Void
    ) throws(EnlargingError) {
        let talk = Mutex(())
        let told = { @Sendable (index: Int, event: Event) in talk.withLock { _ in tell(index, event) } }
        if let next {
            let each = max(1, threadCount / concurrency)
            _ = try parallelMap(
                concurrency, threadCount: concurrency, tool: { () throws(EnlargingError) in try makeEnlargers(each) }
            ) { (enlargers, _) throws(EnlargingError) in
                while true {
                    let index = next()
                    guard index < items.count else { return }
                    enlarge(index, by: enlargers, told)
                }
            }
            return
        }
        let sharedCount = concurrency > 1 ? max(0, items.count - 2 * concurrency + 1) : 0
        _ = try parallelMap(sharedCount, threadCount: concurrency, tool: { () throws(EnlargingError) in try makeEnlargers(1) }) {
            (enlargers, index) throws(EnlargingError) in
            enlarge(index, by: enlargers, told)
        }
        let enlargers = try makeEnlargers(threadCount)
        for index in sharedCount..<items.count { enlarge(index, by: enlargers, told) }
    }

    /// Threads that told of every piece of work would spend much of their time waiting for one another.
    private static let tellingInterval = Duration.milliseconds(50)

    private func enlarge(_ index: Int, by enlargers: EnlargerChoice, _ tell: @escaping @Sendable (Int, Event) -> Void) {
        let item = items[index]
        let start = ContinuousClock.now
        do throws(EnlargingError) {
            let source: PictureSource
            var form = form
            do {
                source = try item.source()
                form.extras.merge(try item.extras()) { $1 }
            } catch { throw .image(error) }
            var lastTold = start
            let observer = RunObserver(progress: { progress in
                let now = ContinuousClock.now
                guard now - lastTold >= Self.tellingInterval else { return }
                lastTold = now
                tell(index, .advanced(part: Double(progress.rowsDone) / Double(max(1, progress.rowCount))))
            })
            let report = try enlargers.enlarger(for: source, form).enlarge(
                source, to: item.destination, as: item.encoding, form: form, observer: observer,
                willBegin: { tell(index, .began($0)) }
            ).report
            tell(index, .finished(report, ContinuousClock.now - start))
        } catch {
            tell(index, .failed(error))
        }
    }
}
