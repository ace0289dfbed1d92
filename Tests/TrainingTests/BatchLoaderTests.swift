import Testing

@testable import Training

struct BatchLoaderTests {
    @Test func aBatchHoldsTheChosenCropsInOrder() throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b", "c"])
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)
        let sampler = PatchSampler(seed: 3, batchCount: 5, reducedSide: 6)
        let sizes = Array(repeating: PictureSize(width: 12, height: 10), count: 3)
        let loader = BatchLoader(PictureCache(scale: 4, byteLimit: 1 << 20), files, sampler, reducedSizes: sizes)
        for step in [1, 2, 3, 9, 2] {
            var expected = Batch()
            for patch in sampler.patches(step: step, reducedSizes: sizes) {
                let part = patch.pair(from: try PicturePair(files[patch.picture], scale: 4), scale: 4)
                expected.reduced += part.reduced.pixels
                expected.truth += part.truth.pixels
            }
            let (batch, waited) = try loader.batch(step: step)
            #expect(batch == expected)
            #expect(waited >= .zero)
            #expect(expected.truth.count == 5 * 24 * 24 * 3)
        }
    }

    @Test func aFileThatVanishesIsNamed() throws {
        let folder = try TestFolder()
        try folder.pictures(["a"])
        var files = try DataFolder.forEvaluation(folder.path, scale: 4)
        files[0].truthPath = folder.path + "/gone.png"
        let loader = BatchLoader(
            PictureCache(scale: 4, byteLimit: 0), files, PatchSampler(seed: 0, batchCount: 1, reducedSide: 4),
            reducedSizes: [PictureSize(width: 12, height: 10)])
        #expect(message { _ = try loader.batch(step: 1) }.contains("gone.png: no such file"))
    }
}

struct PictureCacheTests {
    @Test func picturesThatFitAreKeptAndTheLeastRecentlyUsedGoes() throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b", "c"])
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)
        let pairs = try files.map { try PicturePair($0, scale: 4) }
        let size = pairs[0].byteCount
        let cache = PictureCache(scale: 4, byteLimit: 2 * size)
        for index in [0, 1, 0, 2] { #expect(try cache.pair(files[index]) == pairs[index]) }
        #expect(cache.byteCount == 2 * size)
        // What is kept is not read again: 1 was used longest ago and had to go for 2.
        for name in ["a", "b", "c"] { try folder.remove("\(name).png") }
        #expect(try cache.pair(files[0]) == pairs[0])
        #expect(try cache.pair(files[2]) == pairs[2])
        #expect(message { _ = try cache.pair(files[1]) }.contains("b.png: no such file"))
    }

    @Test(arguments: [0, 1, 1 << 20])
    func memoryChangesNothing(byteLimit: Int) throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b", "c"])
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)
        let cache = PictureCache(scale: 4, byteLimit: byteLimit)
        try cache.fill(files, threadCount: 2)
        #expect(cache.byteCount <= byteLimit)
        for file in files { #expect(try cache.pair(file) == PicturePair(file, scale: 4)) }
    }
}
