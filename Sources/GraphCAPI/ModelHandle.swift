import CGraphC
import Glibc
import GraphC

/// What a `graphc_model` points at.
final class ModelHandle: @unchecked Sendable {
    let model: Model
    let threadCount: Int
    /// Of whoever loaded the model: a process that is forked has none of its threads.
    private let process = getpid()
    /// Whoever works with the model holds it; it knows its holder.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var enlarger: PictureEnlarger?
    /// What is made of pictures.
    var form = ResultForm()
    /// Texts that C holds pointers to.
    private var texts: EntryTexts?

    init(_ model: Model, threadCount: Int) {
        self.model = model
        self.threadCount = threadCount
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
        pthread_mutex_init(lock, &attributes)
        pthread_mutexattr_destroy(&attributes)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// - Throws: where the pointer is null.
    static func at(_ pointer: OpaquePointer?) throws(CallError) -> ModelHandle {
        guard let pointer else { throw CallError("the model is null") }
        return Unmanaged.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    }

    /// Whether the threads that the model works on are there.
    var isOfThisProcess: Bool { getpid() == process }

    /// Waits until no other thread works with the model.
    ///
    /// - Throws: what the body throws; where this thread works with it already; in another process.
    func withLock<Result>(_ body: () throws -> Result) throws -> Result {
        guard isOfThisProcess else {
            throw CallError("the model was loaded before this process was forked, and its threads are not here; load it again")
        }
        guard pthread_mutex_lock(lock) == 0 else { throw CallError("a progress function must not call its own model") }
        defer { pthread_mutex_unlock(lock) }
        return try body()
    }

    /// Made at first need, since not every model enlarges pictures.
    func pictureEnlarger() throws -> PictureEnlarger {
        if let enlarger { return enlarger }
        let new = try PictureEnlarger(model, threadCount: threadCount)
        enlarger = new
        return new
    }

    /// Made at first need: the entry of training takes a while to read.
    func entryTexts() -> EntryTexts {
        if let texts { return texts }
        let new = EntryTexts(model)
        texts = new
        return new
    }
}
