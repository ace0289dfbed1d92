import GraphBasics
import GraphIR

/// Plans an entry within memory: whole rows in bands where they fit, else strips of columns in bands.
///
/// A strip reads the columns that its results need (``StripReach``) and computes with the kernels of the
/// whole image on the same grid of tiles, so that its bytes are those of the whole image. What lies nearer
/// to its borders than the reach comes out wrong and is dropped: each strip but the outer ones computes
/// the reach twice.
///
/// - Parameter memoryLimit: bytes that ``Program/byteCount(threadCount:)`` may reach.
/// - Throws: when memory is too small for the narrowest strip, or a result needs the whole width.
func planInStrips(
    _ entry: Entry, _ whole: Program, sizes: [String: Int], memoryLimit: Int, threadCount: Int
) throws(ProgramError) -> [ColumnStrip] {
    var arenaLimit = memoryLimit - whole.bytesBesideArena(threadCount: threadCount)
    guard arenaLimit > 0 else { throw .memoryTooSmall(.filters(byteCount: memoryLimit - arenaLimit)) }
    let unsplit = ColumnStrip(try planInBands(whole, arenaLimit: min(arenaLimit, preferredArenaByteCount)))
    if unsplit.program.arenaByteCount <= arenaLimit { return [unsplit] }
    let reach = try StripReach(whole, along: .columns)
    // The first strip, the last and those between them have programs of their own, kept until they run.
    arenaLimit -= 3 * unsplit.program.instructionByteCount
    guard arenaLimit > 0 else { throw .memoryTooSmall(.instructions) }
    // Memory of bands grows with the width: what the limit holds says how many strips there must be at least.
    let readColumns = Int(Double(arenaLimit) / Double(unsplit.program.arenaByteCount) * Double(reach.inputSize))
    var stripCount = try reach.stripCount(reading: readColumns)
    while true {
        guard let cuts = try reach.cuts(stripCount: stripCount) else { throw .memoryTooSmall(.narrowestStrip) }
        if let strips = try strips(entry, whole, reach, cuts, sizes, arenaLimit) { return strips }
        stripCount += 1
    }
}

/// nil when a strip takes more memory than the limit.
private func strips(
    _ entry: Entry, _ whole: Program, _ reach: StripReach, _ cuts: [Range<Int>], _ sizes: [String: Int],
    _ arenaLimit: Int
) throws(ProgramError) -> [ColumnStrip]? {
    var plans: [Int: (program: Program, bandRows: Int?)] = [:]
    var strips: [ColumnStrip] = []
    for outputColumns in cuts {
        let inputColumns = try reach.inputRange(for: outputColumns)
        if plans[inputColumns.count] == nil {
            let program = try stripProgram(entry, whole, reach, sizes, inputColumns)
            let plan = try planInBands(program, arenaLimit: min(arenaLimit, preferredArenaByteCount))
            guard plan.program.arenaByteCount <= arenaLimit else { return nil }
            plans[inputColumns.count] = plan
        }
        guard let plan = plans[inputColumns.count] else { return nil }
        strips.append(
            ColumnStrip(
                inputColumns: inputColumns, outputColumns: outputColumns, program: plan.program, bandRows: plan.bandRows))
    }
    return strips
}

/// The steps of a strip, with the kernels that the whole image has.
///
/// - Parameter lines: of the input, which the strip reads.
func stripProgram(
    _ entry: Entry, _ whole: Program, _ reach: StripReach, _ sizes: [String: Int], _ lines: Range<Int>
) throws(ProgramError) -> Program {
    let program = try Pipeline.strip(of: whole, entry, sizes: reach.axis.sizes(sizes, of: entry, reading: lines))
    guard reach.isPart(program.graph, lines) else { throw .indivisible(.disproportionate(reach.axis)) }
    return program
}

extension Graph {
    /// This graph with the groups and kernels that another one of the same entry has.
    func arranged(inGroupsOf other: Graph) throws(ProgramError) -> Graph {
        // Passes that join groups have put the other into another order: names are the same.
        let idOf = Dictionary(ids.map { (self[$0].name, $0) }) { first, _ in first }
        let groups = try other.groups.map { group throws(ProgramError) in
            let members = try group.members.map { member throws(ProgramError) in
                guard let id = idOf[other[member].name] else { throw .indivisible(.lacksValue(other[member].name)) }
                return id
            }
            return Group(name: group.name, members: members, kernel: group.kernel)
        }
        return arranged(in: groups)
    }
}

extension Program {
    /// Bytes of prepared filters, and of the scratch of all threads.
    func bytesBesideArena(threadCount: Int) -> Int {
        let preparedByteCount = buffers.reduce(0) { sum, buffer in
            if case .prepared = buffer.storage { sum + buffer.byteCount } else { sum }
        }
        return preparedByteCount + threadCount * scratchByteCount
    }
}
