import GraphIR

/// An image in strips of rows, each of which another process computes, with the bytes of the whole.
///
/// A strip reads the rows that its results need, and is computed as one of columns is: with the kernels of the whole image, on
/// the same grid of tiles.
public struct RowStrips: Sendable {
    /// Some rows of an image.
    public struct Strip: Hashable, Sendable {
        /// Rows of the input that it reads. Its program's first row belongs to the first of them.
        public var inputRows: Range<Int>
        /// Rows of the output that it makes; its program makes more.
        public var outputRows: Range<Int>

        /// Each argument is the property of its name.
        public init(inputRows: Range<Int>, outputRows: Range<Int>) {
            self.inputRows = inputRows
            self.outputRows = outputRows
        }
    }

    /// From the top, without gaps.
    public let strips: [Strip]

    private let entry: Entry
    private let memory: PlanOptions.Memory
    /// Of each strip.
    private let sizes: [[String: Int]]
    private let programs: [Program]

    /// - Parameters:
    ///   - sizes: of the whole image.
    ///   - count: fewer strips are made where the image has not enough rows. All read about equally many.
    /// - Throws: ``ProgramError/indivisible(_:)`` where no strip can be computed by itself; when an op rejects the sizes.
    public init(of entry: Entry, sizes: [String: Int], _ options: PlanOptions, atMost count: Int) throws(ProgramError) {
        let whole = try Pipeline.run(
            entry, sizes: sizes, options.instructionSet, algorithm: options.algorithm, upTo: .lowered
        ).program
        let reach = try StripReach(whole, along: .rows)
        var cuts = [0..<reach.outputSize]
        for count in stride(from: count, to: 1, by: -1) {
            guard let found = try reach.cuts(stripCount: count) else { continue }
            cuts = found
            break
        }
        self.entry = entry
        memory = options.memory
        guard cuts.count > 1 else {
            strips = [Strip(inputRows: 0..<reach.inputSize, outputRows: cuts[0])]
            self.sizes = [sizes]
            programs = [whole]
            return
        }
        var strips: [Strip] = []
        var programs: [Program] = []
        for outputRows in cuts {
            let inputRows = try reach.inputRange(for: outputRows)
            strips.append(Strip(inputRows: inputRows, outputRows: outputRows))
            // All of them, so that what cannot be computed by itself is found by everyone.
            programs.append(try stripProgram(entry, whole, reach, sizes, inputRows))
        }
        self.strips = strips
        self.sizes = try strips.map { strip throws(ProgramError) in
            try StripAxis.rows.sizes(sizes, of: entry, reading: strip.inputRows)
        }
        self.programs = programs
    }

    /// Plans one strip, as ``Pipeline/plan(_:sizes:_:)`` does an image.
    public func plan(_ index: Int) throws(ProgramError) -> Plan {
        try Pipeline.plan(programs[index], entry, sizes: sizes[index], memory)
    }
}
