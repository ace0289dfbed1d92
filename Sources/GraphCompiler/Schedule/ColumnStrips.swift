import GraphBasics
import GraphIR

/// Plans an entry within memory: whole rows in bands where they fit, else strips of columns in bands.
///
/// A strip reads the columns that its results need (``ColumnReach``) and computes with the kernels of the
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
    let reach = try ColumnReach(whole)
    // The first strip, the last and those between them have programs of their own, kept until they run.
    arenaLimit -= 3 * unsplit.program.instructionByteCount
    guard arenaLimit > 0 else { throw .memoryTooSmall(.instructions) }
    // Memory of bands grows with the width: what the limit holds says how many strips there must be at least.
    let readColumns = Int(Double(arenaLimit) / Double(unsplit.program.arenaByteCount) * Double(reach.inputWidth))
    var stripCount = try reach.stripCount(reading: readColumns)
    while true {
        guard let cuts = try reach.cuts(stripCount: stripCount) else { throw .memoryTooSmall(.narrowestStrip) }
        if let strips = try strips(entry, whole, reach, cuts, sizes, arenaLimit) { return strips }
        stripCount += 1
    }
}

/// nil when a strip takes more memory than the limit.
private func strips(
    _ entry: Entry, _ whole: Program, _ reach: ColumnReach, _ cuts: [Range<Int>], _ sizes: [String: Int],
    _ arenaLimit: Int
) throws(ProgramError) -> [ColumnStrip]? {
    var plans: [Int: (program: Program, bandRows: Int?)] = [:]
    var strips: [ColumnStrip] = []
    for outputColumns in cuts {
        let inputColumns = try reach.inputColumns(for: outputColumns)
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
func stripProgram(
    _ entry: Entry, _ whole: Program, _ reach: ColumnReach, _ sizes: [String: Int], _ columns: Range<Int>
) throws(ProgramError) -> Program {
    var sizes = sizes
    guard let width = entry.graph.nodes.first(where: { $0.content == .input })?.type.shape.dimensions[2].symbol else {
        throw .indivisible(.boundWidth)
    }
    sizes[width] = columns.count
    let program = try Pipeline.strip(of: whole, entry, sizes: sizes)
    guard reach.isPart(program.graph, columns) else { throw .indivisible(.disproportionateWidths) }
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

/// Which columns of the input some columns of the output need, bit by bit: by the column maps of all ops,
/// rounded out at each step to the columns that its kernel computes together.
struct ColumnReach {
    let inputWidth: Int
    let outputWidth: Int
    /// Strips begin at multiples of this many columns of the input: there every step begins a tile.
    let grid: Int
    private let program: Program
    private let input: ValueID
    private let output: ValueID
    /// What depends on the input.
    private let isImage: [Bool]

    init(_ program: Program) throws(ProgramError) {
        let graph = program.graph
        let inputs = graph.ids.filter { graph[$0].content == .input }
        guard inputs.count == 1, graph.outputs.count == 1, graph.boundShape(inputs[0]).count == 4,
            graph.boundShape(graph.outputs[0].value).count == 4
        else { throw .indivisible(.notOneImage) }
        self.program = program
        input = inputs[0]
        output = graph.outputs[0].value
        let inputWidth = graph.boundShape(input)[2]
        self.inputWidth = inputWidth
        outputWidth = graph.boundShape(output)[2]
        guard outputWidth % inputWidth == 0 else { throw .indivisible(.brokenColumns) }
        var isImage = graph.ids.map { $0 == inputs[0] }
        for id in graph.ids {
            if let operands = graph[id].operation?.operands, operands.contains(where: { isImage[$0.index] }) {
                isImage[id.index] = true
            }
        }
        self.isImage = isImage
        var grid = 1
        for (step, value) in program.results {
            let shape = graph.boundShape(value)
            // Such a grid is too wide for any strip; it must not grow past all bounds.
            guard shape.count == 4, grid < inputWidth else { continue }
            // The value has p/q columns for each of the input: a multiple of q · unit / gcd(q · unit, p).
            let divisor = greatestCommonDivisor(shape[2], inputWidth)
            let (p, q) = (shape[2] / divisor, inputWidth / divisor)
            let columns = q * step.columnUnit / greatestCommonDivisor(q * step.columnUnit, p)
            grid = grid / greatestCommonDivisor(grid, columns) * columns
        }
        self.grid = min(grid, inputWidth)
    }

    /// The fewest strips that read no more than so many columns each.
    func stripCount(reading readColumns: Int) throws(ProgramError) -> Int {
        let halo = try halo()
        return max(2, (inputWidth - 2 * halo) / max(grid, readColumns - 2 * halo))
    }

    /// The most strips that ``cuts(stripCount:)`` makes.
    func largestStripCount() throws(ProgramError) -> Int {
        let halo = try halo()
        return max(1, (inputWidth - 2 * halo) / grid)
    }

    /// Output columns of so many strips, so that all read about equally many; nil when they become too narrow.
    func cuts(stripCount: Int) throws(ProgramError) -> [Range<Int>]? {
        let halo = try halo()
        let readColumns = (inputWidth + 2 * (stripCount - 1) * halo) / stripCount
        guard readColumns - 2 * halo >= grid else { return nil }
        let scale = outputWidth / inputWidth
        var cuts: [Range<Int>] = []
        var start = 0
        for strip in 1...stripCount {
            let ideal = strip * (readColumns - 2 * halo) + halo
            let end = strip == stripCount ? inputWidth : min(inputWidth, ideal.roundedUp(to: grid))
            guard end > start else { break }
            cuts.append(start * scale..<end * scale)
            start = end
        }
        return cuts
    }

    /// What a strip reads beyond its own columns on one side, far from the picture's borders.
    private func halo() throws(ProgramError) -> Int {
        let scale = outputWidth / inputWidth
        let middle = inputWidth / 2 / grid * grid
        let columns = try inputColumns(for: middle * scale..<min(outputWidth, (middle + grid) * scale))
        return max(middle - columns.lowerBound, columns.upperBound - middle - grid, 0)
    }

    /// The columns that a strip reads, whole grid cells.
    func inputColumns(for outputColumns: Range<Int>) throws(ProgramError) -> Range<Int> {
        let needed = try neededColumns(for: outputColumns)
        guard let columns = needed[input.index] else { return 0..<min(grid, inputWidth) }
        let cells = columns.lowerBound / grid * grid..<min(inputWidth, columns.upperBound.roundedUp(to: grid))
        // Inside the program the strip's borders look like the picture's: nothing needed may lie beyond them.
        for (id, columns) in zip(program.graph.ids, needed) {
            guard let columns else { continue }
            let width = program.graph.boundShape(id)[2]
            guard columns.lowerBound * inputWidth >= cells.lowerBound * width,
                columns.upperBound * inputWidth <= cells.upperBound * width
            else { throw .indivisible(.needsOtherColumns(program.graph[id].name)) }
        }
        return cells
    }

    /// Whether every value of a strip's graph has its part of the whole image's columns.
    func isPart(_ graph: Graph, _ columns: Range<Int>) -> Bool {
        program.results.allSatisfy { _, value in
            guard isImage[value.index], program.graph.boundShape(value).count == 4 else { return true }
            return program.graph.boundShape(value)[2] * columns.count == graph.boundShape(value)[2] * inputWidth
        }
    }

    /// For each value, the columns of it that some columns of the output need.
    private func neededColumns(for outputColumns: Range<Int>) throws(ProgramError) -> [Range<Int>?] {
        let graph = program.graph
        var needed: [Range<Int>?] = Array(repeating: nil, count: graph.nodes.count)
        needed[output.index] = outputColumns
        for (step, value) in program.results.reversed() {
            if let columns = needed[value.index] {
                let unit = step.columnUnit
                needed[value.index] =
                    columns.lowerBound / unit * unit..<min(graph.boundShape(value)[2], columns.upperBound.roundedUp(to: unit))
            }
            // Results come last first: what they read is asked for once all are known.
            guard program[buffer: step.outputs[0]].value == value else { continue }
            for member in graph.groups[step.group].members.reversed() {
                guard let columns = needed[member.index], let operation = graph[member].operation else { continue }
                let shapes = BoundShapes(
                    operands: operation.operands.map(graph.boundShape), result: graph.boundShape(member))
                for (position, operand) in operation.operands.enumerated() where isImage[operand.index] {
                    let map = operation.op.definition.columnMap(operand: position, shapes, operation.attributes)
                    guard map != .all else { throw .indivisible(.needsWholeWidth(graph[member].name)) }
                    let more = map.operandRows(for: columns, height: graph.boundShape(operand)[2])
                    needed[operand.index] =
                        needed[operand.index].map {
                            min($0.lowerBound, more.lowerBound)..<max($0.upperBound, more.upperBound)
                        } ?? more
                }
            }
        }
        return needed
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

    /// Each step of a run with each value that it makes.
    fileprivate var results: [(step: Step, value: ValueID)] {
        steps.filter { !$0.isPreparation }.flatMap { step in
            step.outputs.compactMap { self[buffer: $0].value.map { (step, $0) } }
        }
    }
}

extension Step {
    /// Columns that the kernel computes together: tiles are square, as shuffled blocks are.
    fileprivate var columnUnit: Int { kernel == .reference ? 1 : rowUnit }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
