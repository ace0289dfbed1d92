import GraphBasics
import GraphIR

/// Which columns of the input some columns of the output need, bit by bit, or which rows: by the maps of all ops, rounded out
/// at each step to what its kernel computes together. Columns and rows are lines of the image alike.
struct StripReach {
    let axis: StripAxis
    /// Lines of the input.
    let inputSize: Int
    /// Lines of the output.
    let outputSize: Int
    /// Strips begin at multiples of this many lines of the input: there every step begins a tile.
    let grid: Int
    private let program: Program
    private let input: ValueID
    private let output: ValueID
    /// What depends on the input.
    private let isImage: [Bool]

    init(_ program: Program, along axis: StripAxis) throws(ProgramError) {
        let graph = program.graph
        let inputs = graph.ids.filter { graph[$0].content == .input }
        guard inputs.count == 1, graph.outputs.count == 1, graph.boundShape(inputs[0]).count == 4,
            graph.boundShape(graph.outputs[0].value).count == 4
        else { throw .indivisible(.notOneImage) }
        self.program = program
        self.axis = axis
        input = inputs[0]
        output = graph.outputs[0].value
        let inputSize = graph.boundShape(input)[axis.dimension]
        self.inputSize = inputSize
        outputSize = graph.boundShape(output)[axis.dimension]
        guard outputSize % inputSize == 0 else { throw .indivisible(.broken(axis)) }
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
            guard shape.count == 4, grid < inputSize else { continue }
            // The value has p/q lines for each of the input: a multiple of q · unit / gcd(q · unit, p).
            let size = shape[axis.dimension]
            let divisor = greatestCommonDivisor(size, inputSize)
            let (p, q) = (size / divisor, inputSize / divisor)
            let lines = q * step.stripUnit / greatestCommonDivisor(q * step.stripUnit, p)
            grid = grid / greatestCommonDivisor(grid, lines) * lines
        }
        self.grid = min(grid, inputSize)
    }

    /// The fewest strips that read no more than so many lines each.
    func stripCount(reading readCount: Int) throws(ProgramError) -> Int {
        let halo = try halo()
        return max(2, (inputSize - 2 * halo) / max(grid, readCount - 2 * halo))
    }

    /// The most strips that ``cuts(stripCount:)`` makes.
    func largestStripCount() throws(ProgramError) -> Int {
        let halo = try halo()
        return max(1, (inputSize - 2 * halo) / grid)
    }

    /// Output lines of so many strips, so that all read about equally many; nil when they become too narrow.
    func cuts(stripCount: Int) throws(ProgramError) -> [Range<Int>]? {
        let halo = try halo()
        let readCount = (inputSize + 2 * (stripCount - 1) * halo) / stripCount
        guard readCount - 2 * halo >= grid else { return nil }
        let scale = outputSize / inputSize
        var cuts: [Range<Int>] = []
        var start = 0
        for strip in 1...stripCount {
            let ideal = strip * (readCount - 2 * halo) + halo
            let end = strip == stripCount ? inputSize : min(inputSize, ideal.roundedUp(to: grid))
            guard end > start else { break }
            cuts.append(start * scale..<end * scale)
            start = end
        }
        return cuts
    }

    /// What a strip reads beyond its own lines on one side, far from the picture's borders.
    private func halo() throws(ProgramError) -> Int {
        let scale = outputSize / inputSize
        let middle = inputSize / 2 / grid * grid
        let lines = try inputRange(for: middle * scale..<min(outputSize, (middle + grid) * scale))
        return max(middle - lines.lowerBound, lines.upperBound - middle - grid, 0)
    }

    /// The lines that a strip reads, whole grid cells.
    func inputRange(for outputLines: Range<Int>) throws(ProgramError) -> Range<Int> {
        let needed = try neededLines(for: outputLines)
        guard let lines = needed[input.index] else { return 0..<min(grid, inputSize) }
        let cells = lines.lowerBound / grid * grid..<min(inputSize, lines.upperBound.roundedUp(to: grid))
        // Inside the program the strip's borders look like the picture's: nothing needed may lie beyond them.
        for (id, lines) in zip(program.graph.ids, needed) {
            guard let lines else { continue }
            let size = program.graph.boundShape(id)[axis.dimension]
            guard lines.lowerBound * inputSize >= cells.lowerBound * size,
                lines.upperBound * inputSize <= cells.upperBound * size
            else { throw .indivisible(.needsOther(program.graph[id].name, axis)) }
        }
        return cells
    }

    /// Whether every value of a strip's graph has its part of the whole image's lines.
    func isPart(_ graph: Graph, _ lines: Range<Int>) -> Bool {
        program.results.allSatisfy { _, value in
            let shape = program.graph.boundShape(value)
            guard isImage[value.index], shape.count == 4 else { return true }
            return shape[axis.dimension] * lines.count == graph.boundShape(value)[axis.dimension] * inputSize
        }
    }

    /// For each value, the lines of it that some lines of the output need.
    private func neededLines(for outputLines: Range<Int>) throws(ProgramError) -> [Range<Int>?] {
        let graph = program.graph
        var needed: [Range<Int>?] = Array(repeating: nil, count: graph.nodes.count)
        needed[output.index] = outputLines
        for (step, value) in program.results.reversed() {
            if let lines = needed[value.index] {
                let unit = step.stripUnit
                let size = graph.boundShape(value)[axis.dimension]
                needed[value.index] = lines.lowerBound / unit * unit..<min(size, lines.upperBound.roundedUp(to: unit))
            }
            // Results come last first: what they read is asked for once all are known.
            guard program[buffer: step.outputs[0]].value == value else { continue }
            for member in graph.groups[step.group].members.reversed() {
                guard let lines = needed[member.index], let operation = graph[member].operation else { continue }
                let shapes = BoundShapes(
                    operands: operation.operands.map(graph.boundShape), result: graph.boundShape(member))
                for (position, operand) in operation.operands.enumerated() where isImage[operand.index] {
                    let map = axis.map(of: operation, operand: position, shapes)
                    guard map != .all else { throw .indivisible(.needsWhole(graph[member].name, axis)) }
                    let more = map.operandRows(for: lines, height: graph.boundShape(operand)[axis.dimension])
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

extension StripAxis {
    /// Of an image's shape.
    fileprivate var dimension: Int { self == .rows ? 1 : 2 }

    /// The sizes of a strip that reads some lines of the input.
    func sizes(
        _ sizes: [String: Int], of entry: Entry, reading lines: Range<Int>
    ) throws(ProgramError) -> [String: Int] {
        var sizes = sizes
        guard let symbol = entry.graph.nodes.first(where: { $0.content == .input })?.type.shape.dimensions[dimension].symbol
        else { throw .indivisible(.boundSide(self)) }
        sizes[symbol] = lines.count
        return sizes
    }

    /// Which lines of an operand some lines of a result need, in a part of the image as in the whole.
    fileprivate func map(of operation: Operation, operand: Int, _ shapes: BoundShapes) -> RowMap {
        let op = operation.op.definition
        let columns = op.columnMap(operand: operand, shapes, operation.attributes)
        guard self == .rows, columns != .all else { return columns }
        // What a part of the columns would not tell, a part of the rows does not, either.
        return op.rowMap(operand: operand, shapes, operation.attributes)
    }
}

extension Program {
    /// Each step of a run with each value that it makes.
    fileprivate var results: [(step: Step, value: ValueID)] {
        steps.filter { !$0.isPreparation }.flatMap { step in
            step.outputs.compactMap { self[buffer: $0].value.map { (step, $0) } }
        }
    }
}

extension Step {
    /// Rows, and columns, that the kernel computes together: tiles are square, as shuffled blocks are.
    fileprivate var stripUnit: Int { kernel == .reference ? 1 : rowUnit }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
