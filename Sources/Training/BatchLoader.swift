import Dispatch
import Synchronization

/// What a training step reads: pixels of crops and of their low-resolution counterparts, `[N, H, W, 3]`.
struct Batch: Hashable, Sendable {
    var reduced: [UInt8] = []
    var truth: [UInt8] = []
}

/// Makes the batch of the next step on a thread of its own while the current step runs.
final class BatchLoader: Sendable {
    private let cache: PictureCache
    private let sampler: PatchSampler
    private let reducedSizes: [PictureSize]
    private let queue = DispatchQueue(label: "training batches")
    private let ahead = Mutex<Pending?>(nil)

    /// A batch that is being made.
    private final class Pending: Sendable {
        let step: Int
        let isReady = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Batch, TrainingError>?>(nil)

        init(step: Int) { self.step = step }
    }

    /// - Parameter reducedSizes: of each low-resolution picture in the cache.
    init(_ cache: PictureCache, _ sampler: PatchSampler, reducedSizes: [PictureSize]) {
        self.cache = cache
        self.sampler = sampler
        self.reducedSizes = reducedSizes
    }

    /// The batch of a step, which is 1 for the first; begins with the one after it.
    func batch(step: Int) throws(TrainingError) -> Batch {
        let pending = ahead.withLock { $0 }.flatMap { $0.step == step ? $0 : nil } ?? begin(step: step)
        pending.isReady.wait()
        let result = pending.result.withLock { $0 }
        ahead.withLock { $0 = begin(step: step + 1) }
        guard let result else { throw TrainingError("the batch of step \(step) was not made") }
        return try result.get()
    }

    private func begin(step: Int) -> Pending {
        let pending = Pending(step: step)
        queue.async { [self] in
            do throws(TrainingError) {
                let batch = try makeBatch(step: step)
                pending.result.withLock { $0 = .success(batch) }
            } catch {
                pending.result.withLock { $0 = .failure(error) }
            }
            pending.isReady.signal()
        }
        return pending
    }

    private func makeBatch(step: Int) throws(TrainingError) -> Batch {
        var batch = Batch()
        for patch in sampler.patches(step: step, reducedSizes: reducedSizes) {
            let part = patch.pair(from: try cache.pair(patch.picture), scale: cache.scale)
            batch.reduced += part.reduced.pixels
            batch.truth += part.truth.pixels
        }
        return batch
    }
}
