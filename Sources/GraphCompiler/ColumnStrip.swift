import GraphIR

/// Some columns of an image, as a rule all.
public struct ColumnStrip: Sendable {
    /// Columns of the first input that the strip reads: what its results need, and the grid's rest.
    public var inputColumns: Range<Int>
    /// Columns of the first output that it makes. The strip's program makes more: its first column belongs to the
    /// first of `inputColumns`.
    public var outputColumns: Range<Int>
    /// Reads `inputColumns` and makes the columns that are computed from them.
    public var program: Program
    /// Rows of the first input in a band; nil for whole images.
    public var bandRows: Int?

    init(inputColumns: Range<Int>, outputColumns: Range<Int>, program: Program, bandRows: Int?) {
        self.inputColumns = inputColumns
        self.outputColumns = outputColumns
        self.program = program
        self.bandRows = bandRows
    }

    /// All columns.
    init(_ plan: (program: Program, bandRows: Int?)) {
        let graph = plan.program.graph
        let input = graph.ids.first { graph[$0].content == .input }
        let output = graph.outputs.first?.value
        self.init(
            inputColumns: 0..<(input.map(graph.width) ?? 0), outputColumns: 0..<(output.map(graph.width) ?? 0),
            program: plan.program, bandRows: plan.bandRows)
    }
}

extension Graph {
    fileprivate func width(_ id: ValueID) -> Int { ImageShape(boundShape(id)).width }
}
