import Dispatch
import GraphImaging
import Synchronization

/// What a training step reads: pixels of crops and of their low-resolution counterparts, `[N, H, W, 3]`.
struct Batch: Hashable, Sendable {
    var reduced: [UInt8] = []
    var truth: [UInt8] = []
}

/// Makes the batches of the next steps on threads of its own while the current step runs: decodes, crops and
/// rotates. A batch is a function of its step, whenever it is made.
final class BatchLoader: Sendable {
    private let cache: PictureCache
    private let files: [PictureFiles]
    private let sampler: PatchSampler
    private let reducedSizes: [PictureSize]
    private let queues = (0..<threadCount).map { DispatchQueue(label: "training batches \($0)") }
    /// Batches that are being made, by their steps.
    private let pending = Mutex<[Int: Pending]>([:])

    private static let threadCount = 2
    /// How many batches are made ahead of the one that is asked for.
    private static let depth = 4

    private final class Pending: Sendable {
        let isReady = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Batch, TrainingError>?>(nil)
    }

    /// - Parameter reducedSizes: of each low-resolution picture of `files`.
    init(_ cache: PictureCache, _ files: [PictureFiles], _ sampler: PatchSampler, reducedSizes: [PictureSize]) {
        self.cache = cache
        self.files = files
        self.sampler = sampler
        self.reducedSizes = reducedSizes
    }

    /// The batch of a step, which is 1 for the first, and how long the caller had to wait for it; begins with
    /// those after it.
    ///
    /// - Throws: when a picture of the batch cannot be read.
    func batch(step: Int) throws(TrainingError) -> (batch: Batch, waited: Duration) {
        let asked = begin(step...step + Self.depth)
        let start = ContinuousClock.now
        asked.isReady.wait()
        let waited = ContinuousClock.now - start
        guard let result = asked.result.withLock({ $0 }) else {
            throw .batchNotMade(step: step)
        }
        return (try result.get(), waited)
    }

    /// Returns when every batch that was begun is made.
    func finishBegun() {
        for queue in queues { queue.sync {} }
    }

    /// Makes the batches of some steps that are not being made yet, and forgets all others.
    ///
    /// - Returns: that of the first step.
    private func begin(_ steps: ClosedRange<Int>) -> Pending {
        pending.withLock { pending in
            pending = pending.filter { steps.contains($0.key) }
            for step in steps where pending[step] == nil {
                let new = Pending()
                pending[step] = new
                queues[step % queues.count].async { [self] in
                    do throws(TrainingError) {
                        let batch = try makeBatch(step: step)
                        new.result.withLock { $0 = .success(batch) }
                    } catch {
                        new.result.withLock { $0 = .failure(error) }
                    }
                    new.isReady.signal()
                }
            }
            // Asked for once: the batch is given away.
            return pending.removeValue(forKey: steps.lowerBound) ?? Pending()
        }
    }

    private func makeBatch(step: Int) throws(TrainingError) -> Batch {
        var batch = Batch()
        for patch in sampler.patches(step: step, reducedSizes: reducedSizes) {
            let part = try cache.part(patch, of: files[patch.picture])
            batch.reduced += part.reduced.pixels
            batch.truth += part.truth.pixels
        }
        return batch
    }
}
