import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime
import GraphImaging

/// How pictures are enlarged, whatever their size.
struct EnlargingOptions: Hashable {
    var threadCount: Int
    var bands: Bands
    var memoryLimit: Int?
    var border: Border
    var algorithm: ConvolutionAlgorithm
    var instructionSet = InstructionSet.best

    /// Threads and memory for one picture after another. Within a limit nothing is kept that the next does not need.
    func workspace() throws(EnlargingError) -> Workspace {
        do {
            return try Workspace(threadCount: threadCount, spareByteCount: memoryLimit == nil ? preferredArenaByteCount : 0)
        } catch {
            throw .runtime(error)
        }
    }
}

/// All that pictures of one size and one kind of samples need, one after another.
struct PreparedEnlargement {
    /// Of the small picture, without its border.
    let size: PictureSize
    /// What the process holds of the picture beside the plan, which counts where memory has a limit.
    let otherByteCount: Int
    /// Whether rows are f32 instead of u8.
    let isFloat: Bool
    let summary: EnlargingPlan.Summary
    /// Rows that a run counts for its observer.
    let rowCount: Int

    private let model: Model
    private let graphName: String
    private let enlargement: Enlargement
    private let margins: Margins
    private let workspace: Workspace
    private let parts: Parts
    /// nil on one rank.
    private let shares: RowShares?

    private enum Parts {
        /// Pictures one after another use its session again.
        case whole(Session)
        /// Of a network for one size, which another picture is cut into.
        case tiles(Tiles, Session)
        /// A session for each, one after the other.
        case strips([ColumnStrip])
    }

    /// - Parameters:
    ///   - entry: makes pictures of pictures, of f32 or u8.
    ///   - sideUnit: what the sides that the network sees are multiples of.
    ///   - ranks: share out the rows.
    ///   - workspace: with threads as many as the options say.
    init(
        _ model: Model, _ entry: Entry, _ enlargement: Enlargement, _ options: EnlargingOptions, _ size: PictureSize,
        sideUnit: Int, isFloat: Bool, otherByteCount: Int, _ ranks: any RankGroup, in workspace: Workspace
    ) throws(EnlargingError) {
        self.model = model
        graphName = entry.graph.name
        self.enlargement = enlargement
        self.workspace = workspace
        self.size = size
        self.isFloat = isFloat
        self.otherByteCount = otherByteCount
        let margins =
            enlargement.ownSize.map { Margins(of: size, fillingUp: $0) }
            ?? Margins(of: size, border: options.border, sideUnit: sideUnit)
        self.margins = margins
        let padded = margins.around(size)
        let tiles = enlargement.ownSize.flatMap { $0 == size ? nil : Tiles(of: padded, size: $0) }
        if let tiles, ranks.count > 1 { throw .otherSize(graph: entry.graph.name, tiles.size, found: size) }
        let pixelByteCount = Self.pixelByteCount(isFloat: isFloat)
        let tileByteCount = tiles?.byteCount(of: padded, scale: enlargement.scale, pixelByteCount: pixelByteCount) ?? 0
        let plan: EnlargingPlan
        do {
            let planned = tiles?.size ?? padded
            plan = try model.enlargingPlan(
                entry, enlargement, height: planned.height, width: planned.width,
                threadCount: options.threadCount, instructionSet: options.instructionSet, bands: options.bands,
                memoryLimit: options.memoryLimit,
                otherByteCount: otherByteCount + tileByteCount, algorithm: options.algorithm, ranks: ranks)
        } catch .memory(_, let byteLimit, let residentByteCount, let sufficientByteCount, let error) {
            throw .memory(
                size, byteLimit: byteLimit, residentByteCount: residentByteCount, sufficientByteCount: sufficientByteCount, error)
        }
        var summary = plan.summary
        summary.sideUnit = sideUnit
        summary.tiles = tiles.map { EnlargingPlan.Tiling(count: $0.count, size: $0.size) }
        self.summary = summary
        shares = plan.sharing.map { RowShares(ranks: ranks, strips: $0.strips) }
        rowCount = (tiles?.count ?? 1) * plan.plan.strips.reduce(0) { $0 + Self.rowCount(of: $1) }
        defer {
            if plan.plan.strips.contains(where: { $0.program.instructions.count > Self.fewInstructions }) { releaseFreedMemory() }
        }
        guard plan.plan.strips.count == 1 else {
            parts = .strips(plan.plan.strips)
            return
        }
        do {
            let session = try Session(plan.plan.strips[0].program, parameters: model.parameters, in: workspace)
            parts = tiles.map { .tiles($0, session) } ?? .whole(session)
        } catch {
            throw .runtime(error)
        }
    }

    /// Fewer leave too little behind for it to be worth while to look for it.
    private static let fewInstructions = 2000

    private static func rowCount(of strip: ColumnStrip) -> Int {
        strip.program.instructions.reduce(0) { $0 + $1.rows.count }
    }

    private var scale: Int { enlargement.scale }
    private var pixelByteCount: Int { Self.pixelByteCount(isFloat: isFloat) }
    private static func pixelByteCount(isFloat: Bool) -> Int { 3 * (isFloat ? MemoryLayout<Float>.stride : 1) }
    private var padded: PictureSize { margins.around(size) }

    /// Enlarges one picture.
    ///
    /// - Parameters:
    ///   - source: gives a source of all rows, once for each strip.
    ///   - extras: what the network takes beside the picture.
    ///   - orientation: how the picture was turned, and what is beside it is to be.
    ///   - makeRows: what keeps the strips' parts of rows, by the count of rows and the bytes of each.
    func run(
        from source: () throws -> any RowSource, to sink: any RowSink, extras: [String: ExtraValue],
        _ orientation: Orientation = .topLeft,
        keepingRowsIn makeRows: (Int, Int) throws -> any PartialRows, _ observer: RunObserver
    ) throws {
        func bordered() throws -> any RowSource {
            guard !margins.isEmpty else { return try source() }
            return MirroredRowSource(
                try source(), width: size.width, height: size.height, margins: margins, pixelByteCount: pixelByteCount)
        }
        let firstByte = scale * margins.before * pixelByteCount
        let cropped: any RowSink =
            margins.isEmpty
            ? sink
            : CroppedRowSink(
                sink, rows: scale * margins.before..<scale * (margins.before + size.height),
                bytes: firstByte..<firstByte + scale * size.width * pixelByteCount)
        if case .tiles(let tiles, _) = parts, extras.values.contains(where: \.isPicture) {
            throw EnlargingError.otherSize(graph: graphName, tiles.size, found: size)
        }
        func extraRows() -> Extras { enlargement.extraRows(extras, orientation, margins: margins, isFloat: isFloat) }
        guard let shares else {
            return try run(height: padded.height, from: bordered, extraRows(), to: cropped, keepingRowsIn: makeRows, observer)
        }
        let rowByteCount = scale * padded.width * pixelByteCount
        try shares.run(rowByteCount: rowByteCount, to: cropped, keepingRowsIn: makeRows) { strip, sink, hasFailed in
            let firstRow = strip.outputRows.lowerBound - scale * strip.inputRows.lowerBound
            try run(
                height: strip.inputRows.count,
                from: {
                    LaterRowSource(
                        try bordered(), from: strip.inputRows.lowerBound, rowByteCount: padded.width * pixelByteCount)
                }, extraRows(),
                to: CroppedRowSink(sink, rows: firstRow..<firstRow + strip.outputRows.count, bytes: 0..<rowByteCount),
                keepingRowsIn: makeRows, observer.alsoCancelled(when: hasFailed))
        }
    }

    /// Computes all that is planned.
    ///
    /// - Parameter height: rows that the source has.
    private func run(
        height: Int, from source: () throws -> any RowSource, _ extras: Extras, to sink: any RowSink,
        keepingRowsIn makeRows: (Int, Int) throws -> any PartialRows, _ observer: RunObserver
    ) throws {
        switch parts {
        case .whole(let session):
            try run(session, from: source(), extras, to: sink, observer)
        case .tiles(let tiles, let session):
            let rowsPerTile = rowCount / tiles.count
            try tiles.forEach(
                in: source(), width: padded.width, scale: scale, pixelByteCount: pixelByteCount, to: sink
            ) { index, source, sink in
                try run(session, from: source, extras, to: sink, observer.ofPart(after: index * rowsPerTile, of: rowCount))
            }
        case .strips(let strips):
            let rows = try makeRows(scale * height, scale * padded.width * pixelByteCount)
            var rowsBefore = 0
            for (index, strip) in strips.enumerated() {
                try run(
                    strip, from: source(), extras, keepingRowsIn: rows, lastTo: index == strips.count - 1 ? sink : nil,
                    observer.ofPart(after: rowsBefore, of: rowCount))
                rowsBefore += Self.rowCount(of: strip)
            }
        }
    }

    /// - Parameter sink: takes the rows that the last strip completes.
    private func run(
        _ strip: ColumnStrip, from source: any RowSource, _ extras: Extras, keepingRowsIn rows: any PartialRows,
        lastTo sink: (any RowSink)?,
        _ observer: RunObserver
    ) throws {
        releaseFreedMemory()
        let session = try Session(strip.program, parameters: model.parameters, in: workspace)
        let firstColumn = strip.outputColumns.lowerBound - scale * strip.inputColumns.lowerBound
        let ownBytes = pixelByteCount * firstColumn..<pixelByteCount * (firstColumn + strip.outputColumns.count)
        let stripSink: any RowSink =
            if let sink {
                LastColumnSink(rows, ownBytes: ownBytes, rowByteCount: pixelByteCount * scale * padded.width, to: sink)
            } else {
                ColumnSink(rows, ownBytes: ownBytes, firstByte: pixelByteCount * strip.outputColumns.lowerBound)
            }
        let stripSource = ColumnSource(
            source, rowByteCount: pixelByteCount * padded.width, firstByte: pixelByteCount * strip.inputColumns.lowerBound)
        try run(session, from: stripSource, extras, to: stripSink, observer)
    }

    private typealias Extras = (inputs: [String: any RowSource], scalars: [String: Float])

    private func run(
        _ session: Session, from source: any RowSource, _ extras: Extras, to sink: any RowSink, _ observer: RunObserver
    ) throws {
        _ = try session.run(
            inputs: extras.inputs.merging([enlargement.input: source]) { $1 }, scalars: extras.scalars,
            outputs: [enlargement.output: sink], observer: observer)
    }
}
