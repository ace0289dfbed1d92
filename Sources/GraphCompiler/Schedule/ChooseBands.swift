import GraphIR

/// The fastest plan within memory, by cost: whole images where they fit, else the largest bands that do,
/// else the smallest that there are.
///
/// Convolutions are bound by arithmetic, so that speed hardly depends on the band: fewer and larger
/// instructions gain a few percent as long as memory is small, and nothing is worth memory beyond that.
/// The choice depends on the shape and the limit alone, never on threads.
///
/// - Parameter arenaLimit: bytes that the arena should not pass.
/// - Returns: a planned program, and the rows of its bands; its arena passes the limit where even the smallest bands do.
func planInBands(_ steps: Program, arenaLimit: Int) throws(ProgramError) -> (program: Program, bandRows: Int?) {
    if steps.largestOperandByteCount <= arenaLimit,
        let whole = try Pipeline.planned(Pipeline.scheduled(steps, bandRows: nil), arenaLimit: arenaLimit)
    {
        return (whole, nil)
    }
    var bandRows = steps.smallestBandRows
    var best = try Pipeline.scheduled(steps, bandRows: bandRows)
    while bandRows * 2 < steps.inputRowCount {
        let next = try Pipeline.scheduled(steps, bandRows: bandRows * 2)
        guard next.rollingByteCount <= arenaLimit else { break }
        best = next
        bandRows *= 2
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
