import GraphBasics
import GraphImaging
import Synchronization

/// What a training step reads: pixels of crops and of their low-resolution counterparts, `[N, H, W, 3]`, or with one channel
/// for a model of grey pictures.
struct Batch: Hashable, Sendable {
    var reduced: [UInt8] = []
    var truth: [UInt8] = []
    /// What the model takes beside them, by the names of the inputs.
    var extras: [String: [UInt8]] = [:]
    /// For each crop, in levels of 255.
    var noiseDeviations: [Float] = []

    mutating func append(_ pair: PicturePair, isGrey: Bool) {
        reduced += isGrey ? pair.reduced.luma() : pair.reduced.pixels
        truth += isGrey ? pair.truth.luma() : pair.truth.pixels
        noiseDeviations.append(pair.noiseDeviation)
        for extra in pair.extras {
            // Red, green and blue of a grey picture are one.
            let pixels = extra.picture.pixels
            extras[extra.input.name, default: []] +=
                extra.isGrey ? stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] } : pixels
        }
    }
}

/// Makes the batches of the next steps on threads of its own while the current step runs: decodes, crops and
/// rotates. A batch is a function of its step, whenever it is made. Where the system gives no thread, the caller makes
/// the batches.
final class BatchLoader: Sendable {
    private let cache: PictureCache
    private let files: [PictureFiles]
    private let sampler: PatchSampler
    private let degradation: Degradation
    private let isGrey: Bool
    /// Of a batch, those crops that are made.
    private let places: Range<Int>
    private let reducedSizes: [PictureSize]
    private let threads: [JobThread]
    /// Batches that are being made, by their steps.
    private let pending = Mutex<[Int: Pending]>([:])

    private static let threadCount = 2
    /// How many batches are made ahead of the one that is asked for.
    private static let depth = 4

    /// Nil until it is made.
    private typealias Pending = SharedState<Result<Batch, TrainingError>?>

    /// - Parameters:
    ///   - degradation: of the low-resolution crops.
    ///   - isGrey: whether batches have one channel.
    ///   - places: of a batch, the crops that are wanted; nil for all.
    ///   - reducedSizes: of each low-resolution picture of `files`.
    init(
        _ cache: PictureCache, _ files: [PictureFiles], _ sampler: PatchSampler, _ degradation: Degradation = Degradation(),
        isGrey: Bool = false, places: Range<Int>? = nil, reducedSizes: [PictureSize]
    ) {
        self.cache = cache
        self.files = files
        self.sampler = sampler
        self.degradation = degradation
        self.isGrey = isGrey
        self.places = places ?? 0..<sampler.batchCount
        self.reducedSizes = reducedSizes
        threads = (0..<Self.threadCount).compactMap { _ in try? JobThread() }
    }

    /// Whether batches are made while steps run.
    var hasThreads: Bool { !threads.isEmpty }

    /// The batch of a step, which is 1 for the first, and how long the caller had to wait for it; begins with
    /// those after it.
    ///
    /// - Throws: when a picture of the batch cannot be read.
    func batch(step: Int) throws(TrainingError) -> (batch: Batch, waited: Duration) {
        let start = ContinuousClock.now
        let result = begin(step...step + Self.depth).wait { $0 }
        return (try result.get(), ContinuousClock.now - start)
    }

    /// Returns when every batch that was begun is made.
    func finishBegun() {
        for thread in threads { thread.finish() }
    }

    /// Makes the batches of some steps that are not being made yet, and forgets all others.
    ///
    /// - Returns: that of the first step.
    private func begin(_ steps: ClosedRange<Int>) -> Pending {
        pending.withLock { pending in
            pending = pending.filter { steps.contains($0.key) }
            // Asked for once: the batch is given away.
            let asked = pending.removeValue(forKey: steps.lowerBound) ?? begin(steps.lowerBound)
            for step in steps.dropFirst() where pending[step] == nil { pending[step] = begin(step) }
            return asked
        }
    }

    private func begin(_ step: Int) -> Pending {
        let new = Pending(nil)
        let make = { @Sendable [self] in
            let result = Result { () throws(TrainingError) in try makeBatch(step: step) }
            new.change { $0 = result }
        }
        if threads.isEmpty { make() } else { threads[step % threads.count].add(make) }
        return new
    }

    private func makeBatch(step: Int) throws(TrainingError) -> Batch {
        var batch = Batch()
        let patches = sampler.patches(step: step, reducedSizes: reducedSizes)
        for place in places {
            let patch = patches[place]
            let part = try degradation.applied(
                to: cache.part(patch, of: files[patch.picture]), scale: cache.scale, seed: sampler.seed, .training,
                index: (step - 1) * sampler.batchCount + place)
            batch.append(part, isGrey: isGrey)
        }
        return batch
    }
}
