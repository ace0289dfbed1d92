import Foundation
import GraphIR
import GraphModel
import GraphRuntime
import GraphImaging
import Synchronization
import GraphTestSupport
import Testing

@testable import GraphEnlarging

/// What callers are told of runs, and how they end them.
struct RunObserverTests {
    /// Ways to enlarge a picture of 600 × 40 pixels.
    enum Way: CaseIterable {
        case file, pngInMemory, picture, strips, wholeImages

        /// - Parameter output: where a file goes.
        func enlarge(_ model: Model, in folder: TemporaryFolder, _ observer: RunObserver) throws {
            let picture = SmallModels.picture(600, 40)
            switch self {
            case .file, .strips:
                let plan = try model.enlargingPlan(height: 40, width: 600, threadCount: 2, bands: .rows(4))
                let program = plan.plan.program
                let limit = model.residentByteCount + program.byteCount(threadCount: 2) - program.arenaByteCount / 3
                let enlarger = try PictureEnlarger(model, threadCount: 2, memoryLimit: self == .strips ? limit : nil)
                try picture.writePNG(to: folder.file("small.png"))
                let report = try enlarger.enlarge(folder.file("small.png"), to: folder.file("large.png"), observer: observer)
                #expect(self == .file || report.plan.stripCount > 1)
            case .pngInMemory:
                _ = try PictureEnlarger(model, threadCount: 2).enlarged(file: picture.pngBytes(), observer: observer)
            case .picture:
                _ = try PictureEnlarger(model, threadCount: 2).enlarged(picture, observer: observer)
            case .wholeImages:
                _ = try PictureEnlarger(model, threadCount: 2, bands: .whole).enlarged(picture, observer: observer)
            }
        }
    }

    @Test(arguments: Way.allCases)
    func progressGoesFromNothingToAllOnTheCallersThread(_ way: Way) throws {
        var seen: [RunProgress] = []
        let caller = pthread_self()
        let observer = RunObserver(progress: {
            #expect(pthread_equal(pthread_self(), caller) != 0)
            seen.append($0)
        })
        try way.enlarge(Model(source: SmallModels.sharp), in: TemporaryFolder(), observer)
        #expect(seen.count > 1 && seen.first?.rowsDone == 0)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.rowsDone <= $1.rowsDone && $0.rowCount == $1.rowCount })
        #expect(seen.last?.rowsDone == seen.last?.rowCount)
    }

    @Test(arguments: Way.allCases)
    func aCancelledRunThrowsItsOwnErrorAndLeavesNoFile(_ way: Way) throws {
        let folder = TemporaryFolder()
        let model = try Model(source: SmallModels.sharp)
        for share in [0, 0.3, 0.9] {
            var isEnough = false
            let observer = RunObserver(
                progress: { isEnough = Double($0.rowsDone) >= share * Double($0.rowCount) }, isCancelled: { isEnough })
            #expect(throws: EnlargingError.cancelled) { try way.enlarge(model, in: folder, observer) }
            #expect(Set(folder.names).isSubset(of: ["small.png"]))
        }
    }

    @Test func aCancelledEnlargerHoldsNoFile() throws {
        let folder = TemporaryFolder()
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 2)
        let small = folder.file("small.png", holding: try SmallModels.picture(50, 40).pngBytes())
        var isEnough = false
        let observer = RunObserver(progress: { isEnough = $0.rowsDone > 20 }, isCancelled: { isEnough })
        #expect(throws: EnlargingError.cancelled) {
            try enlarger.enlarge(small, to: folder.file("large.png"), observer: observer)
        }
        #expect(folder.names == ["small.png"])
        try enlarger.enlarge(small, to: folder.file("large.png"))
        #expect(folder.names == ["large.png", "small.png"])
    }

    @Test func anEnlargerGoesOnAfterACancelledPicture() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 2)
        let picture = SmallModels.picture(50, 40)
        let whole = try enlarger.enlarged(picture)
        var callCount = 0
        let observer = RunObserver(isCancelled: {
            callCount += 1
            return callCount > 1
        })
        #expect(throws: EnlargingError.cancelled) { try enlarger.enlarged(picture, observer: observer) }
        #expect(try enlarger.enlarged(picture) == whole)
    }

    @Test func aTaskThatIsCancelledEndsItsRun() async throws {
        let model = try Model(source: SmallModels.sharp)
        let task = Task {
            let enlarger = try PictureEnlarger(model, threadCount: 1)
            while true {
                _ = try enlarger.enlarged(
                    SmallModels.picture(300, 200), observer: RunObserver(isCancelled: { Task.isCancelled }))
            }
        }
        task.cancel()
        await #expect(throws: EnlargingError.cancelled) { try await task.value }
    }

    /// It would wait for itself.
    @Test func anObserverThatCallsItsEnlargerIsTold() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 2)
        let picture = SmallModels.picture(8, 6)
        let told = Mutex<EnlargingError?>(nil)
        let observer = RunObserver(progress: { _ in
            do throws(EnlargingError) { _ = try enlarger.enlarged(picture) } catch { told.withLock { $0 = error } }
        })
        #expect(try enlarger.enlarged(picture, observer: observer) == enlarger.enlarged(picture))
        #expect(told.withLock { $0 } == .calledByItsObserver)
    }

    @Test(arguments: [(0, 40), (40, 0), (-3, 40), (.max, .max), (1 << 40, 1 << 20), (1 << 20 + 1, 1)])
    func sizesThatNoPictureHasAreRefused(_ size: (width: Int, height: Int)) throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 1)
        let error = #expect(throws: EnlargingError.self) {
            try enlarger.enlarge(
                width: size.width, height: size.height, from: TensorSource([UInt8]()),
                to: TensorSink(count: 0, repeating: UInt8(0)))
        }
        #expect(error?.description.hasSuffix(" pixels: each side is from 1 to 1,048,576") == true)
    }

    @Test func aRunOfAnEntryIsObserved() throws {
        let model = try Model(source: SmallModels.sharp)
        let input = Tensor<Float>(shape: [1, 8, 9, 3], values: (0..<216).map { Float($0 % 256) })
        var seen: [RunProgress] = []
        let execution = Execution.compiled(threadCount: 2, bandRows: nil)
        let results = try model.run(
            .predict, inputs: ["lr": input], by: execution, observer: RunObserver(progress: { seen.append($0) }))
        #expect(results.outputs["image"]?.shape == [1, 16, 18, 3])
        #expect(seen.first?.rowsDone == 0 && seen.last.map { $0.rowsDone == $0.rowCount } == true)
        #expect(throws: ModelError.cancelled) {
            try model.run(.predict, inputs: ["lr": input], by: execution, observer: RunObserver(isCancelled: { true }))
        }
    }
}
