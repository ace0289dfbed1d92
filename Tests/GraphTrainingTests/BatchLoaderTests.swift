import Foundation
import GraphImaging
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

struct BatchLoaderTests {
    @Test func aBatchHoldsTheChosenCropsInOrder() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "b", "c"])
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)
        let sampler = PatchSampler(seed: 3, batchCount: 5, reducedSide: 6)
        let sizes = Array(repeating: PictureSize(width: 12, height: 10), count: 3)
        let loader = BatchLoader(PictureCache(scale: 4, byteLimit: 1 << 20), files, sampler, reducedSizes: sizes)
        for step in [1, 2, 3, 9, 2] {
            var expected = Batch()
            for patch in sampler.patches(step: step, reducedSizes: sizes) {
                let part = patch.pair(from: try PicturePair(files[patch.picture], scale: 4), scale: 4)
                expected.append(part, isGrey: false)
            }
            let (batch, waited) = try loader.batch(step: step)
            #expect(batch == expected)
            #expect(waited >= .zero)
            #expect(expected.truth.count == 5 * 24 * 24 * 3)
        }
    }

    @Test func aFileThatVanishesIsNamed() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"])
        var files = try DataFolder.forEvaluation(folder.path, scale: 4)
        files[0].truthPath = folder.path.appending("gone.png")
        let loader = BatchLoader(
            PictureCache(scale: 4, byteLimit: 0), files, PatchSampler(seed: 0, batchCount: 1, reducedSide: 4),
            reducedSizes: [PictureSize(width: 12, height: 10)])
        #expect(errorText { _ = try loader.batch(step: 1) }.contains("gone.png: no such file"))
    }

    /// Not waited for, as its writer may never come.
    @Test func aPipeInThePlaceOfAPictureIsNamed() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"])
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)
        try folder.remove("a.png")
        #expect(mkfifo(files[0].truthPath.string, 0o600) == 0)
        for cache in [0, 1 << 20].map({ PictureCache(scale: 4, byteLimit: $0) }) {
            let loader = BatchLoader(
                cache, files, PatchSampler(seed: 0, batchCount: 1, reducedSide: 4),
                reducedSizes: [PictureSize(width: 12, height: 10)])
            #expect(errorText { _ = try loader.batch(step: 1) }.contains("a.png: is not a regular file"))
        }
        #expect(errorText { _ = try files[0].storedSize(from: DigestedFiles()) }.contains("a.png: is not a regular file"))
    }

    @Test(.disabled(if: hasSanitizer))
    func batchesAreMadeWithoutThreads() async {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            try folder.pictures(["a", "b"])
            let files = try DataFolder.forEvaluation(folder.path, scale: 4)
            func loader() -> BatchLoader {
                BatchLoader(
                    PictureCache(scale: 4, byteLimit: 1 << 20), files, PatchSampler(seed: 3, batchCount: 2, reducedSide: 6),
                    reducedSizes: Array(repeating: PictureSize(width: 12, height: 10), count: 2))
            }
            let expected = try loader().batch(step: 7).batch
            try whileThreadsAreRefused {
                let alone = loader()
                guard !alone.hasThreads, try alone.batch(step: 7).batch == expected else { exit(2) }
            }
            // Removed here: the threads that were taken never end.
            for name in ["a.png", "b.png"] { try folder.remove(name) }
            exit(0)
        }
    }
}

struct PictureCacheTests {
    @Test func picturesAreKeptAsTheyComeUntilTheMemoryIsFull() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "b", "c"])
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)
        let pairs = try files.map { try PicturePair($0, scale: 4) }
        let size = pairs[0].byteCount
        let cache = PictureCache(scale: 4, byteLimit: 2 * size)
        for index in [0, 1, 0, 2] { #expect(try cache.pair(files[index]) == pairs[index]) }
        #expect(cache.byteCount == 2 * size)
        // What is kept is not read again.
        for name in ["a", "b", "c"] { try folder.remove("\(name).png") }
        let patch = Patch(picture: 0, x: 1, y: 2, side: 5, quarterRotations: 1, isMirrored: true)
        for index in [0, 1] {
            #expect(try cache.pair(files[index]) == pairs[index])
            #expect(try cache.part(patch, of: files[index]) == patch.pair(from: pairs[index], scale: 4))
        }
        #expect(errorText { _ = try cache.pair(files[2]) }.contains("c.png: no such file"))
        #expect(errorText { _ = try cache.part(patch, of: files[2]) }.contains("c.png: no such file"))
    }

    /// Crops at every edge and within, of small pictures that are made and of those that are read.
    @Test(arguments: [2, 3, 4], [true, false])
    func aPartReadAloneIsThePartOfTheWhole(scale: Int, makesReduced: Bool) throws {
        let folder = TemporaryFolder()
        // Neither side is a multiple of the scale, where the small picture is made.
        let (width, height) = makesReduced ? (12 * scale + 1, 9 * scale + 1) : (12 * scale, 9 * scale)
        try folder.pictures(["a"], in: "HR", width: width, height: height)
        if !makesReduced {
            try folder.pictures(["ax\(scale)"], in: "LR_bicubic/X\(scale)", width: 12, height: 9)
        }
        let files = try DataFolder.forEvaluation(folder.path, scale: scale)[0]
        #expect((files.reducedPath == nil) == makesReduced)
        let whole = try PicturePair(files, scale: scale)
        for side in [1, 4, 9] {
            for (x, y) in [(0, 0), (12 - side, 9 - side), (0, 9 - side), ((12 - side) / 2, (9 - side) / 2)] {
                let patch = Patch(picture: 0, x: x, y: y, side: side, quarterRotations: 3, isMirrored: side == 4)
                #expect(try patch.pair(from: files, scale: scale) == patch.pair(from: whole, scale: scale))
            }
        }
        let outside = Patch(picture: 0, x: 0, y: 5, side: 5, quarterRotations: 0, isMirrored: false)
        #expect(errorText { _ = try outside.pair(from: files, scale: scale) }.contains("smaller than when the run began"))
    }

    /// Rows below a crop are not read: it does without them.
    @Test func aPartNeedsNoRowBelowIt() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"], width: 400, height: 400)
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)[0]
        let whole = try PicturePair(files, scale: 4)
        let bytes = try folder.bytes("a.png")
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: files.truthPath.string))
        let patch = Patch(picture: 0, x: 3, y: 4, side: 10, quarterRotations: 0, isMirrored: false)
        #expect(try patch.pair(from: files, scale: 4) == patch.pair(from: whole, scale: 4))
        #expect(errorText { _ = try PicturePair(files, scale: 4) }.contains("cut short"))
    }

    @Test(arguments: [0, 1, 1 << 20])
    func memoryChangesNothing(byteLimit: Int) throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "b", "c"])
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)
        let cache = PictureCache(scale: 4, byteLimit: byteLimit)
        try cache.fill(files, threadCount: 2)
        #expect(cache.byteCount <= byteLimit)
        for file in files { #expect(try cache.pair(file) == PicturePair(file, scale: 4)) }
    }
}
