import Foundation
import Testing

struct BenchTests {
    private struct Report: Decodable {
        struct Speed: Decodable {
            var milliseconds: Double
            var effectiveGFLOPS: Double
            var shareOfPeak: Double
        }
        struct Step: Decodable {
            var kernel: String
            var shape: String
            var calls: Int
            var speed: Speed
        }
        struct Loader: Decodable {
            var pictures: Int
            var heldMilliseconds: [Double]
            var fedMilliseconds: [Double]
            var cost: Double
        }
        struct Profile: Decodable {
            var peakGFLOPS: Double
            var steps: [Step]
        }
        var images: Int
        var height: Int
        var width: Int
        var threads: Int
        var bandRows: Int?
        var runMilliseconds: [Double]
        var median: Speed
        var minimum: Speed
        var peakGFLOPS: Double
        var plannedByteCount: Int
        var residentByteCount: Int?
        var loader: Loader?
        var profile: Profile?
    }

    private func report(_ arguments: String..., in place: Workplace? = nil) throws -> Report {
        let json = try (place ?? Workplace()).graphrun(["bench"] + Models.small("edsr") + arguments + ["--json"]).success()
        return try JSONDecoder().decode(Report.self, from: Data(json.utf8))
    }

    /// The speeds go by the multiplications and additions of EDSR with 5 filters and 2 blocks, padding included.
    @Test func countsDirectConvolution() throws {
        let report = try report("--workload", "2x6x9", "--runs", "4", "--threads", "3", "--algorithm", "direct")
        #expect((report.images, report.height, report.width, report.threads) == (2, 6, 9, 3))
        #expect(report.bandRows == nil && report.runMilliseconds.count == 4)
        let perPixel = 3 * 5 + 5 * 5 * 5 + 5 * 20 + 4 * 5 * 20 + 16 * 5 * 3
        let operations = Double(2 * 9 * perPixel * 2 * 6 * 9)
        for speed in [report.median, report.minimum] {
            #expect(abs(speed.effectiveGFLOPS * speed.milliseconds * 1e6 / operations - 1) < 1e-9)
            #expect(abs(speed.effectiveGFLOPS / report.peakGFLOPS / speed.shareOfPeak - 1) < 1e-9)
        }
        let sorted = report.runMilliseconds.sorted()
        #expect(report.minimum.milliseconds == sorted[0])
        #expect(abs(report.median.milliseconds - (sorted[1] + sorted[2]) / 2) < 1e-9)
        #expect(report.peakGFLOPS > 0.1 && report.plannedByteCount > 0)
        #expect(report.residentByteCount.map { $0 > report.plannedByteCount } ?? true)
        #expect(report.profile == nil && report.loader == nil)
    }

    @Test func profilesEveryStepOnOneThread() throws {
        let report = try report("--workload", "17x9", "--runs", "1", "--bands", "4", "--profile")
        let profile = try #require(report.profile)
        let convolutions = profile.steps.filter { $0.kernel.hasPrefix("conv2d") }
        #expect(convolutions.map(\.shape).prefix(2) == ["17×9, 3×3, 3→5", "17×9, 3×3, 5→5"])
        #expect(convolutions.map(\.shape).last == "68×36, 3×3, 5→3")
        #expect(convolutions.allSatisfy { $0.speed.effectiveGFLOPS > 0 && $0.speed.shareOfPeak > 0 && $0.calls >= 1 })
        #expect(profile.peakGFLOPS > 0.1)
        let operations = convolutions.map { $0.speed.effectiveGFLOPS * $0.speed.milliseconds }.reduce(0, +)
        #expect(abs(operations / (report.median.effectiveGFLOPS * report.median.milliseconds) - 1) < 1e-9)
    }

    @Test func aTrainingStepWorksOnWholeImages() throws {
        let report = try report("--workload", "step", "--runs", "1")
        #expect((report.images, report.height, report.width, report.bandRows) == (16, 24, 24, nil))
        #expect(report.median.effectiveGFLOPS > 0)
    }

    @Test func stepsFedFromPicturesStandBesideStepsInMemory() throws {
        let place = try Workplace()
        try FileManager.default.createDirectory(at: place.url("data"), withIntermediateDirectories: false)
        for name in ["a", "b", "c"] { _ = try place.picture("data/\(name).png", width: 100, height: 97) }
        let report = try report("--workload", "step", "--runs", "3", "--data", "data", in: place)
        let loader = try #require(report.loader)
        #expect(loader.pictures == 2 && loader.heldMilliseconds.count == 3 && loader.fedMilliseconds.count == 3)
        let costs = zip(loader.fedMilliseconds, loader.heldMilliseconds).map { $0 / $1 - 1 }
        #expect(abs(loader.cost - costs.sorted()[1]) < 1e-9)
    }

    @Test func theTextNamesWhatWasMeasured() throws {
        let text = try Workplace().graphrun(
            ["bench"] + Models.small("edsr") + [
                "--workload", "5x4", "--runs", "1", "--threads", "1", "--bands", "0", "--profile",
            ]
        ).success()
        #expect(text.hasPrefix("5x4: 5 rows × 4 pixels, 1 thread, "))
        #expect(text.contains("whole images, algorithm best\nmedian ") && text.contains(" over 1 run\nminimum "))
        #expect(text.contains(" GFLOP/s in registers alone\nmemory ") && text.contains("\nOn one thread, peak "))
    }

    @Test(arguments: ["photograph", "0x4", "4", "4x", "1x2x3x4", "-4x4", "70000x4", "60000x60000x60000"])
    func anUnknownWorkloadIsAWrongUse(_ workload: String) throws {
        let finished = try Workplace().graphrun(["bench"] + Models.small("edsr") + ["--workload", workload])
        #expect(finished.status == 64 && finished.output.isEmpty && finished.errors.contains("--workload"))
    }

    @Test func whatDoesNotGoTogetherIsAWrongUse() throws {
        let finished = try Workplace().graphrun(["bench"] + Models.small("edsr") + ["--workload", "step", "--bands", "4"])
        #expect(finished.status == 64 && finished.errors.contains("--bands goes with inference"))
        let fed = try Workplace().graphrun(["bench"] + Models.small("edsr") + ["--workload", "tile", "--data", "."])
        #expect(fed.status == 64 && fed.errors.contains("--data goes with --workload step"))
    }
}
