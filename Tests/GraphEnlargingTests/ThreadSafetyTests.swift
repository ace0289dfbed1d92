import GraphEnlarging
import GraphIR
import GraphModel
import GraphImaging
import GraphTestSupport
import Testing

/// What the documentation says of threads.
struct ThreadSafetyTests {
    private let sizes = [(40, 30), (7, 5), (64, 64), (1, 1)]

    @Test func oneEnlargerServesManyThreads() async throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 2)
        let expected = try sizes.map { try enlarger.enlarged(SmallModels.picture($0, $1)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<16 {
                let (width, height) = sizes[index % sizes.count]
                group.addTask {
                    let large = try enlarger.enlarged(SmallModels.picture(width, height))
                    #expect(large == expected[index % expected.count])
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func manyEnlargersShareAModel() async throws {
        let model = try Model(source: SmallModels.sharp)
        let folder = TemporaryFolder()
        let small = SmallModels.picture(60, 45)
        let expected = try PictureEnlarger(model, threadCount: 1).enlarged(small)
        try small.writePNG(to: folder.file("small.png"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let enlarger = try PictureEnlarger(model, threadCount: 1 + index % 3)
                    for round in 0..<3 {
                        let output = folder.file("large-\(index)-\(round).png")
                        try enlarger.enlarge(folder.file("small.png"), to: output)
                        #expect(try Picture(contentsOf: output) == expected)
                        #expect(try enlarger.enlarged(small) == expected)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func entriesOfAModelRunAtOnce() async throws {
        let model = try Model(source: SmallModels.sharp)
        let input = Tensor<Float>(shape: [2, 9, 8, 3], values: (0..<432).map { Float($0 % 256) })
        @Sendable func run() throws -> Tensor<Float>? {
            try model.run(.predict, inputs: ["lr": input], by: .compiled(threadCount: 2, bandRows: nil)).outputs["image"]
        }
        let expected = try run()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let image = try run()
                    #expect(image == expected)
                }
            }
            try await group.waitForAll()
        }
    }
}
