import GraphRuntime
import GraphImaging

/// Chooses what a training step sees: random crops, rotated and mirrored, of one picture after another.
///
/// A step's choice is a function of seed and step alone. Pictures come in a new random order each time
/// all have been seen; a crop starts anywhere on the low-resolution grid.
public struct PatchSampler: Hashable, Sendable {
    /// Decides all crops, rotations and mirror images of a run.
    public var seed: UInt64
    /// Crops in a batch.
    public var batchCount: Int
    /// Side of a crop of the low-resolution picture, in pixels.
    public var reducedSide: Int

    /// Each argument is the property of its name.
    public init(seed: UInt64, batchCount: Int, reducedSide: Int) {
        self.seed = seed
        self.batchCount = batchCount
        self.reducedSide = reducedSide
    }

    /// The crops of a step.
    ///
    /// - Parameters:
    ///   - step: 1 for the first.
    ///   - reducedSizes: of each low-resolution picture; no side is smaller than ``reducedSide``.
    func patches(step: Int, reducedSizes: [PictureSize]) -> [Patch] {
        var order: [Int] = []
        var pass = -1
        return (0..<batchCount).map { place in
            let draw = (step - 1) * batchCount + place
            if draw / reducedSizes.count != pass {
                pass = draw / reducedSizes.count
                order = shuffledOrder(pass: pass, count: reducedSizes.count)
            }
            let picture = order[draw % reducedSizes.count]
            let size = reducedSizes[picture]
            var random = SplitMix64(seed: seed, stream: 1, index: draw)
            return Patch(
                picture: picture,
                x: random.nextIndex(below: size.width - reducedSide + 1),
                y: random.nextIndex(below: size.height - reducedSide + 1),
                side: reducedSide,
                quarterRotations: random.nextIndex(below: 4),
                isMirrored: random.nextIndex(below: 2) == 1)
        }
    }

    /// Fisher and Yates's shuffle.
    private func shuffledOrder(pass: Int, count: Int) -> [Int] {
        var random = SplitMix64(seed: seed, stream: 0, index: pass)
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, random.nextIndex(below: last + 1))
        }
        return order
    }
}

/// A square part of a picture, in pixels of the low-resolution one, and how it is rotated.
struct Patch: Hashable, Sendable {
    var picture: Int
    var x: Int
    var y: Int
    var side: Int
    /// Clockwise, before mirroring.
    var quarterRotations: Int
    var isMirrored: Bool

    /// The part of all pictures of a pair, rotated alike.
    func pair(from pair: PicturePair, scale: Int) -> PicturePair {
        var part = pair
        part.reduced = pair.reduced.cropped(x: x, y: y, width: side, height: side)
        part.truth = pair.truth.cropped(x: scale * x, y: scale * y, width: scale * side, height: scale * side)
        for (index, extra) in pair.extras.enumerated() {
            part.extras[index].picture = extra.picture.cropped(
                x: extra.scale * x, y: extra.scale * y, width: extra.scale * side, height: extra.scale * side)
        }
        return rotated(part)
    }

    /// The same from the files, of which no row below the part is read.
    ///
    /// - Throws: when a file cannot be read, or is another one than when the run began.
    func pair(
        from files: PictureFiles, scale: Int, known: DigestedFiles = DigestedFiles()
    ) throws(TrainingError) -> PicturePair {
        rotated(
            try PicturePair(
                files, scale: scale, reducedRows: y..<y + side, reducedColumns: x..<x + side, from: known))
    }

    private func rotated(_ part: PicturePair) -> PicturePair {
        func rotate(_ picture: inout Picture) {
            picture = picture.rotated(quarterRotations: quarterRotations)
            if isMirrored { picture = picture.mirrored() }
        }
        var part = part
        rotate(&part.reduced)
        rotate(&part.truth)
        for index in part.extras.indices { rotate(&part.extras[index].picture) }
        return part
    }
}
