import GraphCommandSupport
import FoundationEssentials
import GraphBasics
import GraphCompiler
import GraphModel
import GraphTraining
import GraphMeasuring

/// What `bench` found, as text for people and as JSON for scripts.
struct BenchReport: Encodable {
    struct Speed: Encodable {
        var milliseconds: Double
        /// Multiplications and additions of direct convolution in a second.
        var effectiveGFLOPS: Double
        /// Those as a multiple of the processor's peak.
        var shareOfPeak: Double
    }

    struct Step: Encodable {
        var name: String
        var kernel: String
        var shape: String
        var calls: Int
        var speed: Speed
    }

    /// Steps on a batch in memory beside steps fed from pictures.
    struct Loader: Encodable {
        var pictures: Int
        var heldMilliseconds: [Double]
        var fedMilliseconds: [Double]
        /// As a share of the step.
        var cost: Double
    }

    struct Profile: Encodable {
        var peakGFLOPS: Double
        var steps: [Step]
    }

    var workload: String
    var images: Int
    var height: Int
    var width: Int
    var threads: Int
    var instructionSet: String
    var algorithm: String
    /// nil for whole images.
    var bandRows: Int?
    var runMilliseconds: [Double]
    var median: Speed
    var minimum: Speed
    var peakGFLOPS: Double
    var plannedByteCount: Int
    var residentByteCount: Int?
    var loader: Loader?
    /// On one thread.
    var profile: Profile?

    init(
        _ workload: Workload, threads: Int, _ algorithm: ConvolutionAlgorithm,
        _ measurement: WorkloadMeasurement, _ profile: (steps: [StepMeasurement], peak: Double)?,
        _ loader: LoaderMeasurement?
    ) {
        self.workload = workload.name
        images = workload.imageCount
        height = workload.height
        width = workload.width
        self.threads = threads
        instructionSet = measurement.instructionSet.rawValue
        self.algorithm = algorithm.rawValue
        bandRows = measurement.bandRows
        runMilliseconds = measurement.runs.map { 1000 * $0 }
        median = Speed(measurement.median, measurement.operationCount, peak: measurement.peak)
        minimum = Speed(measurement.minimum, measurement.operationCount, peak: measurement.peak)
        peakGFLOPS = measurement.peak / 1e9
        plannedByteCount = measurement.plannedByteCount
        residentByteCount = measurement.residentByteCount
        self.loader = loader.map {
            Loader(
                pictures: $0.pictureCount, heldMilliseconds: $0.held.map { 1000 * $0 },
                fedMilliseconds: $0.fed.map { 1000 * $0 }, cost: $0.cost)
        }
        self.profile = profile.map { steps, peak in
            Profile(
                peakGFLOPS: peak / 1e9,
                steps: steps.map {
                    Step(
                        name: $0.name, kernel: $0.kernel, shape: $0.shape, calls: $0.callCount,
                        speed: Speed($0.seconds, $0.operationCount, peak: peak))
                })
        }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension BenchReport.Speed {
    init(_ seconds: Double, _ operationCount: Int, peak: Double) {
        milliseconds = 1000 * seconds
        effectiveGFLOPS = seconds > 0 ? Double(operationCount) / seconds / 1e9 : 0
        shareOfPeak = effectiveGFLOPS * 1e9 / peak
    }
}

extension BenchReport {
    var text: String {
        let rows = bandRows.map { "bands of \(readable(count: $0, "row"))" } ?? "whole images"
        let resident = residentByteCount.map { ", \(readable(byteCount: $0)) resident at most" } ?? ""
        var lines = [
            "\(workload): \(images == 1 ? "" : "\(images) × ")\(height) rows × \(width) pixels, "
                + "\(readable(count: threads, "thread")), \(instructionSet), \(rows), algorithm \(algorithm)",
            "median   \(median.text) over \(readable(count: runMilliseconds.count, "run"))",
            "minimum  \(minimum.text)",
            "peak     " + "".padded(to: 11) + Self.number(peakGFLOPS, 1, 9) + " GFLOP/s in registers alone",
            "memory   \(readable(byteCount: plannedByteCount)) planned\(resident)",
        ]
        if let loader { lines.append(loader.line) }
        if let profile { lines += [""] + profile.lines }
        return lines.joined(separator: "\n")
    }

    fileprivate static func number(_ value: Double, _ decimals: Int, _ width: Int) -> String {
        printed("%\(width).\(decimals)f", value)
    }
}

extension BenchReport.Speed {
    /// Without a speed where there is no convolution.
    fileprivate var text: String {
        let time = BenchReport.number(milliseconds, 2, 8) + " ms"
        guard effectiveGFLOPS > 0 else { return time }
        return time + BenchReport.number(effectiveGFLOPS, 1, 9) + " GFLOP/s" + BenchReport.number(shareOfPeak, 2, 7) + "× peak"
    }
}

extension BenchReport.Loader {
    fileprivate var line: String {
        "loader   \(BenchReport.number(100 * cost, 1, 0))% on a step, fed from \(readable(count: pictures, "picture")): "
            + "median of \(readable(count: fedMilliseconds.count, "pair"))"
    }
}

extension BenchReport.Profile {
    /// A line for each step, then the sums of steps that have kernel and shape in common, longest first.
    fileprivate var lines: [String] {
        let alike = Dictionary(grouping: steps) { [$0.kernel, $0.shape] }.values.map(BenchReport.Step.init(sumOf:))
            .sorted { $0.speed.milliseconds > $1.speed.milliseconds }
        let widths = ((steps + alike).map(\.name.count).max() ?? 0, steps.map(\.kernel.count).max() ?? 0)
        let total = steps.map(\.speed.milliseconds).reduce(0, +)
        return [
            "On one thread, peak \(BenchReport.number(peakGFLOPS, 1, 0)) GFLOP/s, \(BenchReport.number(total, 2, 0)) ms in all:"
        ]
            + steps.map { $0.line(widths) } + [""] + alike.map { $0.line(widths) }
    }
}

extension BenchReport.Step {
    fileprivate init(sumOf steps: [Self]) {
        self = steps[0]
        name = readable(count: steps.count, "step")
        calls = steps.map(\.calls).reduce(0, +)
        // All do the same work, so that speeds go by the mean time.
        let milliseconds = steps.map(\.speed.milliseconds).reduce(0, +)
        let ratio = milliseconds > 0 ? Double(steps.count) * speed.milliseconds / milliseconds : 0
        speed = BenchReport.Speed(
            milliseconds: milliseconds, effectiveGFLOPS: ratio * speed.effectiveGFLOPS, shareOfPeak: ratio * speed.shareOfPeak)
    }

    fileprivate func line(_ widths: (name: Int, kernel: Int)) -> String {
        name.padded(to: widths.name + 2) + kernel.padded(to: widths.kernel + 2) + shape.padded(to: 24)
            + BenchReport.number(Double(calls), 0, 6) + " calls" + speed.text
    }
}
