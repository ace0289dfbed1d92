import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime

/// How the rows of a picture are worked on. No choice changes a byte of the result.
public enum Bands: Hashable, Sendable {
    /// What is fastest within memory, by the plan's cost.
    case automatic
    /// All rows of each step before the next.
    case whole
    /// So many rows of the small picture at a time.
    case rows(Int)
}

/// How pictures of one size are enlarged.
public struct EnlargingPlan: Sendable {
    /// One, or several of which each is computed from top to bottom before the next.
    public var strips: [ColumnStrip]
    public var threadCount: Int

    public var summary: Summary {
        let width = strips.last?.inputColumns.upperBound ?? 1
        return Summary(
            bandRows: strips.first?.plan.bandRows, stripCount: strips.count,
            recomputedShare: Double(strips.map(\.inputColumns.count).reduce(0, +)) / Double(width) - 1,
            byteCount: strips.map { $0.plan.program.byteCount(threadCount: threadCount) }.max() ?? 0)
    }

    /// What was chosen, and what it takes.
    public struct Summary: Hashable, Sendable, CustomStringConvertible {
        /// Rows of the small picture in a band; nil for whole images.
        public var bandRows: Int?
        public var stripCount: Int
        /// Columns that are computed more than once, as a part of all.
        public var recomputedShare: Double
        /// Memory at the peak: activations, prepared filters, scratch of all threads.
        public var byteCount: Int

        /// `bands of 4 rows, 3 strips of columns (12% computed twice), 109.6 MiB planned`
        public var description: String {
            let bands = bandRows.map { "bands of \(readable(count: $0, "row"))" } ?? "whole images"
            let percent = (recomputedShare * 1000).rounded() / 10
            let cuts = stripCount > 1 ? ", \(stripCount) strips of columns (\(percent)% computed twice)" : ""
            return "\(bands)\(cuts), \(readable(byteCount: byteCount)) planned"
        }
    }
}

extension Pipeline {
    /// The program of an entry whose rows are worked on so.
    package static func specialize(
        _ entry: Entry, sizes: [String: Int], instructionSet: InstructionSet, bands: Bands,
        algorithm: ConvolutionAlgorithm
    ) throws(ProgramError) -> BandedProgram {
        let bandRows: Int?
        switch bands {
        case .automatic:
            return try specialize(
                entry, sizes: sizes, instructionSet: instructionSet, arenaLimit: preferredArenaByteCount,
                algorithm: algorithm)
        case .whole: bandRows = nil
        case .rows(let rows): bandRows = rows
        }
        let program = try specialize(
            entry, sizes: sizes, instructionSet: instructionSet, bandRows: bandRows, algorithm: algorithm)
        return BandedProgram(program: program, bandRows: bandRows)
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
    ) throws(ModelError) -> EnlargingPlan {
        let entry = try entry(.predict)
        let enlargement = try Enlargement(entry.graph)
        let sizes = enlargement.sizes(imageCount: 1, height: height, width: width)
        do throws(ProgramError) {
            if let memoryLimit {
                let strips = try Pipeline.specialize(
                    entry, sizes: sizes, splitting: enlargement.widthSymbol, instructionSet: instructionSet,
                    memoryLimit: memoryLimit - residentByteCount, threadCount: threadCount, algorithm: algorithm)
                return EnlargingPlan(strips: strips, threadCount: threadCount)
            }
            let plan = try Pipeline.specialize(
                entry, sizes: sizes, instructionSet: instructionSet, bands: bands, algorithm: algorithm)
            let columns = (input: 0..<width, output: 0..<enlargement.scale * width)
            return EnlargingPlan(
                strips: [ColumnStrip(inputColumns: columns.input, outputColumns: columns.output, plan: plan)],
                threadCount: threadCount)
        } catch {
            guard let memoryLimit else { throw ModelError(error.message) }
            throw ModelError(
                "\(width)×\(height) pixels do not fit in \(readable(byteCount: memoryLimit)), of which the process itself "
                    + "takes \(readable(byteCount: residentByteCount)): \(error.message)")
        }
    }

    /// What the process takes beside a plan: its code, the weights and what reading them left behind.
    var residentByteCount: Int {
        32 << 20 + parameters.tensors.reduce(0) { $0 + ($1.isState ? 0 : 4 * $1.elementCount) }
    }
}
