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
    /// Of several ranks, how they share out the rows, and which rows: the plan is that of one of the strips.
    var sharing: (summary: RowSharing, strips: [RowStrips.Strip])?

    /// What was chosen, and what it takes.
    public var summary: Summary {
        let strips = plan.strips
        let width = strips.last?.inputColumns.upperBound ?? 1
        return Summary(
            bandRows: plan.bandRows, stripCount: strips.count,
            recomputedShare: Double(strips.map(\.inputColumns.count).reduce(0, +)) / Double(width) - 1,
            byteCount: strips.map { $0.program.byteCount(threadCount: threadCount) }.max() ?? 0, sharing: sharing?.summary)
    }

    /// How several ranks share out the rows of a picture.
    public struct RowSharing: Hashable, Sendable, CustomStringConvertible {
        /// Ranks that there are.
        public var rankCount: Int
        /// Strips of rows, each of which one rank computes; 1 where the first computes all.
        public var stripCount: Int
        /// Rows that are computed more than once, as a part of all.
        public var recomputedShare: Double
        /// Why the network's work cannot be shared out; nil where the picture has too few rows for it.
        public var fault: StripFault?

        /// `rows shared out among 4 ranks (12% computed twice)`
        public var description: String {
            guard stripCount == 1 else {
                let percent = (recomputedShare * 1000).rounded() / 10
                return "rows shared out among \(stripCount) ranks (\(percent)% computed twice)"
            }
            return "by the first of \(rankCount) ranks alone: \(fault?.description ?? "there are too few rows to share out")"
        }
    }

    /// The tiles into which a picture is cut for a network that takes those of one size alone.
    public struct Tiling: Hashable, Sendable, CustomStringConvertible {
        /// How many there are, which overlap.
        public var count: Int
        /// Of each.
        public var size: PictureSize

        /// `12 tiles of 64×64 pixels`
        public var description: String { "\(readable(count: count, "tile")) of \(size.width)×\(size.height) pixels" }
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
        /// nil where the picture is not cut so.
        public var tiles: Tiling?
        /// Of several ranks; nil on one.
        public var sharing: RowSharing?

        /// `bands of 4 rows, 3 strips of columns (12% computed twice), 109.6 MiB planned`
        public var description: String {
            let bands = bandRows.map { "bands of \(readable(count: $0, "row"))" } ?? "whole images"
            let percent = (recomputedShare * 1000).rounded() / 10
            let cuts = stripCount > 1 ? ", \(stripCount) strips of columns (\(percent)% computed twice)" : ""
            let sides = sideUnit > 1 ? ", sides filled up to multiples of \(sideUnit)" : ""
            let rows = sharing.map { ", \($0)" } ?? ""
            return "\(tiles?.description ?? bands)\(cuts), \(readable(byteCount: byteCount)) planned\(sides)\(rows)"
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
    /// - Parameters:
    ///   - otherByteCount: what the process holds of the picture beside the plan.
    ///   - ranks: share out the rows, as far as the network and the picture allow.
    func enlargingPlan(
        _ entry: Entry, _ enlargement: Enlargement, height: Int, width: Int, threadCount: Int,
        instructionSet: InstructionSet = .best, bands: Bands, memoryLimit: Int?, otherByteCount: Int,
        algorithm: ConvolutionAlgorithm, ranks: any RankGroup = LoneRank()
    ) throws(EnlargingError) -> EnlargingPlan {
        let sizes = enlargement.sizes(imageCount: 1, height: height, width: width)
        let residentByteCount = self.residentByteCount + otherByteCount
        do throws(ProgramError) {
            let memory = memoryLimit.map { limit in
                PlanOptions.Memory.all(byteCount: limit - residentByteCount, threadCount: threadCount)
            }
            let options = PlanOptions(instructionSet, algorithm: algorithm, memory: memory ?? .init(bands))
            guard ranks.count > 1 else {
                return EnlargingPlan(plan: try Pipeline.plan(entry, sizes: sizes, options), threadCount: threadCount)
            }
            return try sharedPlan(
                entry, enlargement, sizes, options, height: height, threadCount: threadCount, ranks)
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

    private func sharedPlan(
        _ entry: Entry, _ enlargement: Enlargement, _ sizes: [String: Int], _ options: PlanOptions, height: Int,
        threadCount: Int, _ ranks: any RankGroup
    ) throws(ProgramError) -> EnlargingPlan {
        var sharing = EnlargingPlan.RowSharing(rankCount: ranks.count, stripCount: 1, recomputedShare: 0)
        var rows: RowStrips?
        do throws(ProgramError) {
            rows = try RowStrips(of: entry, sizes: sizes, options, atMost: ranks.count)
        } catch {
            guard case .indivisible(let fault) = error else { throw error }
            sharing.fault = fault
        }
        let strips = rows?.strips ?? [RowStrips.Strip(inputRows: 0..<height, outputRows: 0..<enlargement.scale * height)]
        sharing.stripCount = strips.count
        sharing.recomputedShare = Double(strips.map(\.inputRows.count).reduce(0, +)) / Double(height) - 1
        // A rank without a strip computes nothing.
        let plan =
            if let rows { try rows.plan(min(ranks.rank, strips.count - 1)) } else {
                try Pipeline.plan(entry, sizes: sizes, options)
            }
        return EnlargingPlan(plan: plan, threadCount: threadCount, sharing: (sharing, strips))
    }

    /// What makes pictures of pictures with three channels.
    func predictEntry() throws(EnlargingError) -> Entry {
        let entry: Entry
        do { entry = try self.entry(.predict) } catch { throw .model(error) }
        let enlargement = try Enlargement(entry.graph)
        return enlargement.isGrey
            ? try compiled(entry) { graph throws(NodeError) in try graph.onEachOfThreeChannels(of: enlargement.input) } : entry
    }

    /// What ``predictEntry()`` computes, of pictures whose samples are f32 from 0 to 255, and without rounding the result.
    func floatPredictEntry() throws(EnlargingError) -> Entry {
        let entry: Entry
        do { entry = try self.entry(.predict) } catch { throw .model(error) }
        let enlargement = try Enlargement(entry.graph)
        return try compiled(entry) { graph throws(NodeError) in
            let float = try graph.withFloatSamples()
            return enlargement.isGrey ? try float.onEachOfThreeChannels(of: enlargement.input) : float
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
