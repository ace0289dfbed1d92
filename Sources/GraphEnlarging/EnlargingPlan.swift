import GraphBasics
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime
import GraphImaging

/// How pictures of one size are enlarged.
public struct EnlargingPlan: Sendable {
    /// Its strips are computed one after the other, each from top to bottom.
    public var plan: Plan
    /// Threads that the plan's memory is counted for.
    public var threadCount: Int

    /// What was chosen, and what it takes.
    public var summary: Summary {
        let strips = plan.strips
        let width = strips.last?.inputColumns.upperBound ?? 1
        return Summary(
            bandRows: plan.bandRows, stripCount: strips.count,
            recomputedShare: Double(strips.map(\.inputColumns.count).reduce(0, +)) / Double(width) - 1,
            byteCount: strips.map { $0.program.byteCount(threadCount: threadCount) }.max() ?? 0)
    }

    /// What was chosen, and what it takes.
    public struct Summary: Hashable, Sendable, CustomStringConvertible {
        /// Rows of the small picture in a band; nil for whole images.
        public var bandRows: Int?
        /// Strips of columns, of which each is computed from top to bottom before the next; 1 for the whole width.
        public var stripCount: Int
        /// Columns that are computed more than once, as a part of all.
        public var recomputedShare: Double
        /// Memory at the peak: activations, prepared filters, scratch of all threads.
        public var byteCount: Int
        /// The picture is mirrored at its right and lower side until its sides are multiples of so many pixels, and what is
        /// computed of that is cut off again; 1 where the network takes any sides.
        public var sideUnit = 1

        /// `bands of 4 rows, 3 strips of columns (12% computed twice), 109.6 MiB planned`
        public var description: String {
            let bands = bandRows.map { "bands of \(readable(count: $0, "row"))" } ?? "whole images"
            let percent = (recomputedShare * 1000).rounded() / 10
            let cuts = stripCount > 1 ? ", \(stripCount) strips of columns (\(percent)% computed twice)" : ""
            let sides = sideUnit > 1 ? ", sides filled up to multiples of \(sideUnit)" : ""
            return "\(bands)\(cuts), \(readable(byteCount: byteCount)) planned\(sides)"
        }
    }
}

extension PlanOptions.Memory {
    package init(_ bands: Bands) {
        self =
            switch bands {
            case .automatic: .automatic
            case .whole: .wholeImages
            case .rows(let rows): .bands(rows: rows)
            }
    }
}

extension Model {
    /// Plans the enlargement of pictures of one size.
    ///
    /// - Parameter memoryLimit: bytes that the process may take at its peak; where bands of rows take more,
    ///   the picture is cut into strips of columns.
    /// - Throws: when the model makes no picture of a picture, or the limit is too small for any strip.
    public func enlargingPlan(
        height: Int, width: Int, threadCount: Int, instructionSet: InstructionSet = .best, bands: Bands = .automatic,
        memoryLimit: Int? = nil, algorithm: ConvolutionAlgorithm = .best
    ) throws(EnlargingError) -> EnlargingPlan {
        let entry = try predictEntry()
        return try enlargingPlan(
            entry, Enlargement(entry.graph), height: height, width: width, threadCount: threadCount,
            instructionSet: instructionSet, bands: bands, memoryLimit: memoryLimit, otherByteCount: 0, algorithm: algorithm)
    }

    /// The same for an entry that makes pictures of pictures, be they of u8 or f32.
    ///
    /// - Parameter otherByteCount: what the process holds of the picture beside the plan.
    func enlargingPlan(
        _ entry: Entry, _ enlargement: Enlargement, height: Int, width: Int, threadCount: Int,
        instructionSet: InstructionSet = .best, bands: Bands, memoryLimit: Int?, otherByteCount: Int,
        algorithm: ConvolutionAlgorithm
    ) throws(EnlargingError) -> EnlargingPlan {
        let sizes = enlargement.sizes(imageCount: 1, height: height, width: width)
        let residentByteCount = self.residentByteCount + otherByteCount
        do throws(ProgramError) {
            let memory = memoryLimit.map { limit in
                PlanOptions.Memory.all(byteCount: limit - residentByteCount, threadCount: threadCount)
            }
            let options = PlanOptions(instructionSet, algorithm: algorithm, memory: memory ?? .init(bands))
            return EnlargingPlan(plan: try Pipeline.plan(entry, sizes: sizes, options), threadCount: threadCount)
        } catch {
            guard let memoryLimit else { throw .program(error) }
            var sufficientByteCount: Int?
            switch error {
            case .memoryTooSmall, .indivisible:
                sufficientByteCount =
                    try? residentByteCount
                    + Pipeline.sufficientByteCount(
                        entry, sizes: sizes, instructionSet, algorithm: algorithm, threadCount: threadCount)
            default: break
            }
            throw .memory(
                PictureSize(width: width, height: height), byteLimit: memoryLimit, residentByteCount: residentByteCount,
                sufficientByteCount: sufficientByteCount, error)
        }
    }

    /// What makes pictures of pictures with three channels.
    func predictEntry() throws(EnlargingError) -> Entry {
        let entry: Entry
        do { entry = try self.entry(.predict) } catch { throw .model(error) }
        return try Enlargement(entry.graph).isGrey
            ? compiled(entry) { graph throws(NodeError) in try graph.onEachOfThreeChannels() } : entry
    }

    /// What ``predictEntry()`` computes, of pictures whose samples are f32 from 0 to 255, and without rounding the result.
    func floatPredictEntry() throws(EnlargingError) -> Entry {
        let entry: Entry
        do { entry = try self.entry(.predict) } catch { throw .model(error) }
        let isGrey = try Enlargement(entry.graph).isGrey
        return try compiled(entry) { graph throws(NodeError) in
            let float = try graph.withFloatSamples()
            return isGrey ? try float.onEachOfThreeChannels() : float
        }
    }

    /// An entry that is changed before its operations are fused.
    private func compiled(
        _ entry: Entry, _ change: (Graph) throws(NodeError) -> Graph
    ) throws(EnlargingError) -> Entry {
        do {
            let graph = try change(entry.graph)
            let module = Module(name: graph.name, entries: [Entry(role: .predict, graph: graph)])
            return try Pipeline.continue(module, after: .differentiated, upTo: .fused).entries[0]
        } catch let error as NodeError {
            throw .model(.evaluation(error))
        } catch {
            throw EnlargingError(error)
        }
    }

    /// What the process takes beside a plan: its code, the weights and what reading them left behind.
    var residentByteCount: Int {
        32 << 20 + parameters.tensors.reduce(0) { $0 + ($1.isTrainingState ? 0 : 4 * $1.elementCount) }
    }
}
