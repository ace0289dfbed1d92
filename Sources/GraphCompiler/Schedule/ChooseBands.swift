import GraphIR

/// The fastest plan within memory, by ``BandCost``: whole images, or bands where these save a thirtieth; where whole images
/// do not fit, the fastest bands that do; else the smallest that there are.
///
/// The choice depends on the shape and the limit alone, never on threads. A training step, whose gradients read whole
/// batches, gains nothing by bands.
///
/// - Parameter arenaLimit: bytes that the arena should not pass.
/// - Returns: a planned program, and the rows of its bands; its arena passes the limit where even the smallest bands do.
func planInBands(_ steps: Program, arenaLimit: Int) throws(ProgramError) -> (program: Program, bandRows: Int?) {
    let cost = BandCost(steps)
    if steps.largestOperandByteCount <= arenaLimit {
        let fastest = steps.possibleBandRows.map { (rows: $0, seconds: cost.seconds(bandRows: $0)) }
            .min { ($0.seconds, $1.rows) < ($1.seconds, $0.rows) }
        if steps.role != .train, let fastest, fastest.seconds < 0.97 * cost.seconds(bandRows: nil) {
            let banded = try Pipeline.scheduled(steps, bandRows: fastest.rows)
            if banded.rollingByteCount <= arenaLimit { return (try Pipeline.planned(banded), fastest.rows) }
        }
        if let whole = try Pipeline.planned(Pipeline.scheduled(steps, bandRows: nil), arenaLimit: arenaLimit) {
            return (whole, nil)
        }
    }
    var bandRows = steps.smallestBandRows
    var best = try Pipeline.scheduled(steps, bandRows: bandRows)
    for rows in steps.possibleBandRows.dropFirst() {
        let next = try Pipeline.scheduled(steps, bandRows: rows)
        guard next.rollingByteCount <= arenaLimit else { break }
        if cost.seconds(bandRows: rows) <= cost.seconds(bandRows: bandRows) { (best, bandRows) = (next, rows) }
    }
    return (try Pipeline.planned(best), bandRows)
}

/// The arena up to which larger bands are taken: what the caches and the memory of any machine bear.
public let preferredArenaByteCount = 96 << 20

extension Program {
    var inputRowCount: Int { buffers.first { isInput($0) }?.rows.rowCount ?? 1 }

    /// With fewer rows some step could not make a unit of its rows in each turn.
    fileprivate var smallestBandRows: Int {
        steps.filter { !$0.isPreparation && $0.rowUnit < $0.imageHeight }
            .map { Int((Double($0.rowUnit) * Double(inputRowCount) / Double($0.rowCount)).rounded(.up)) }.max() ?? 1
    }

    /// Rows of bands that are tried: the smallest, and twice as many again and again while one band is not all.
    fileprivate var possibleBandRows: [Int] {
        Array(sequence(first: smallestBandRows) { $0 * 2 < self.inputRowCount ? $0 * 2 : nil })
    }

    /// What a step needs at least when it runs whole.
    fileprivate var largestOperandByteCount: Int {
        let byteCounts = steps.map { step in
            Set(step.inputs.map(\.buffer) + (inPlaceOperands(of: step).isEmpty ? step.outputs : [])).map { id in
                self[buffer: id].isInArena ? self[buffer: id].byteCount : 0
            }.reduce(0, +)
        }
        return byteCounts.max() ?? 0
    }

    /// All rolling buffers side by side.
    fileprivate var rollingByteCount: Int {
        buffers.filter { $0.isInArena && $0.inPlaceOf == nil }.map(\.byteCount).reduce(0, +)
    }
}
