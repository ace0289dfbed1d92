import GraphImaging
import Testing

@testable import GraphTraining

struct PatchSamplerTests {
    private let sizes = [(12, 10), (9, 16), (8, 8)].map { PictureSize(width: $0.0, height: $0.1) }

    @Test func aStepIsAFunctionOfSeedAndStep() {
        let sampler = PatchSampler(seed: 7, batchCount: 16, reducedSide: 8)
        let tenth = sampler.patches(step: 10, reducedSizes: sizes)
        _ = sampler.patches(step: 3, reducedSizes: sizes)
        #expect(sampler.patches(step: 10, reducedSizes: sizes) == tenth)
        #expect(sampler.patches(step: 11, reducedSizes: sizes) != tenth)
        #expect(PatchSampler(seed: 8, batchCount: 16, reducedSide: 8).patches(step: 10, reducedSizes: sizes) != tenth)
    }

    @Test func theChoiceIsTheSameOnEveryMachine() {
        let patches = PatchSampler(seed: 1, batchCount: 4, reducedSide: 8).patches(step: 1, reducedSizes: sizes)
        let described = patches.map {
            "\($0.picture) at \($0.x),\($0.y) rotated \($0.quarterRotations)\($0.isMirrored ? " mirrored" : "")"
        }
        #expect(
            described == [
                "1 at 1,5 rotated 3 mirrored", "0 at 1,1 rotated 0 mirrored", "2 at 0,0 rotated 2 mirrored",
                "2 at 0,0 rotated 1 mirrored",
            ])
    }

    @Test func cropsLieInsideTheirPicturesAndReachEveryPlaceAndRotation() {
        let sampler = PatchSampler(seed: 0, batchCount: 16, reducedSide: 8)
        let patches = (1...100).flatMap { sampler.patches(step: $0, reducedSizes: sizes) }
        for patch in patches {
            #expect(patch.x >= 0 && patch.x + patch.side <= sizes[patch.picture].width)
            #expect(patch.y >= 0 && patch.y + patch.side <= sizes[patch.picture].height)
        }
        let first = patches.filter { $0.picture == 0 }
        #expect(Set(first.map(\.x)) == Set(0...4))
        #expect(Set(first.map(\.y)) == Set(0...2))
        #expect(Set(patches.map { [$0.quarterRotations, $0.isMirrored ? 1 : 0] }).count == 8)
    }

    @Test func everyPictureIsSeenOnceBeforeAnyIsSeenAgain() {
        let manySizes = Array(repeating: PictureSize(width: 8, height: 8), count: 10)
        let sampler = PatchSampler(seed: 5, batchCount: 4, reducedSide: 8)
        let pictures = (1...10).flatMap { sampler.patches(step: $0, reducedSizes: manySizes) }.map(\.picture)
        let passes = stride(from: 0, to: 40, by: 10).map { Array(pictures[$0..<$0 + 10]) }
        #expect(passes.allSatisfy { Set($0).count == 10 })
        #expect(Set(passes).count == 4)
    }

    /// Crops lie on the low-resolution grid, so that away from the borders a crop's own reduction is the
    /// crop of the reduction.
    @Test func bothPartsOfAPairShowTheSame() throws {
        let pair = PicturePair(truth: sample(width: 120, height: 96, seed: 1), scale: 4)
        for quarterRotations in 0..<4 {
            for isMirrored in [false, true] {
                let patch = Patch(picture: 0, x: 3, y: 2, side: 16, quarterRotations: quarterRotations, isMirrored: isMirrored)
                let part = patch.pair(from: pair, scale: 4)
                #expect(part.truth.size == PictureSize(width: 64, height: 64))
                #expect(part.reduced.size == PictureSize(width: 16, height: 16))
                let reduction = part.truth.bicubicReduction(scale: 4)
                // Rotation exchanges rows and columns, between which values are rounded.
                for y in 3..<13 {
                    for x in 3..<13 {
                        #expect(abs(Int(reduction[x, y].red) - Int(part.reduced[x, y].red)) <= 1)
                        #expect(abs(Int(reduction[x, y].blue) - Int(part.reduced[x, y].blue)) <= 1)
                    }
                }
            }
        }
    }

    @Test func anUnturnedPatchIsTheCropOfBothPictures() {
        let pair = PicturePair(truth: sample(width: 48, height: 36, seed: 2), scale: 3)
        let patch = Patch(picture: 0, x: 2, y: 5, side: 6, quarterRotations: 0, isMirrored: false)
        let part = patch.pair(from: pair, scale: 3)
        #expect(part.reduced == pair.reduced.cropped(x: 2, y: 5, width: 6, height: 6))
        #expect(part.truth == pair.truth.cropped(x: 6, y: 15, width: 18, height: 18))
    }
}
