import GraphIR

/// Bytes within which ``planInStrips(_:_:sizes:memoryLimit:threadCount:)`` finds a plan: those of the smallest bands of the
/// whole width, or of the narrowest strips of columns.
func sufficientByteCount(
    _ entry: Entry, _ whole: Program, sizes: [String: Int], threadCount: Int
) throws(ProgramError) -> Int {
    let unsplit = try planInBands(whole, arenaLimit: 0).program
    var arenaByteCount = unsplit.arenaByteCount
    if let strips = try? narrowestStrips(entry, whole, sizes: sizes) {
        arenaByteCount = min(arenaByteCount, strips + 3 * unsplit.instructionByteCount)
    }
    return whole.bytesBesideArena(threadCount: threadCount) + arenaByteCount
}

/// The largest arena of as many strips as there can be; nil where there is but one.
private func narrowestStrips(_ entry: Entry, _ whole: Program, sizes: [String: Int]) throws(ProgramError) -> Int? {
    let reach = try StripReach(whole, along: .columns)
    guard let cuts = try reach.cuts(stripCount: reach.largestStripCount()) else { return nil }
    var arenas: [Int: Int] = [:]
    for outputColumns in cuts {
        let inputColumns = try reach.inputRange(for: outputColumns)
        guard arenas[inputColumns.count] == nil else { continue }
        let program = try stripProgram(entry, whole, reach, sizes, inputColumns)
        arenas[inputColumns.count] = try planInBands(program, arenaLimit: 0).program.arenaByteCount
    }
    return arenas.values.max()
}
