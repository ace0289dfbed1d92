import GraphIR

extension Graph {
    /// The graph with other values in the place of some, and without what only those needed: what a pass is that looks at one
    /// operation after the other.
    ///
    /// - Parameter replacement: builds what shall stand for a value, from operands in their new places; nil where the value
    ///   stays as it is.
    func replacingValues(
        _ replacement: (_ id: ValueID, _ rewriter: inout GraphRewriter) throws(OpError) -> ValueID?
    ) throws(NodeError) -> Graph {
        var rewriter = GraphRewriter(self)
        for id in ids {
            do {
                if let other = try replacement(id, &rewriter) {
                    rewriter.replace(id, with: other)
                } else {
                    rewriter.copy(id)
                }
            } catch {
                throw .op(error, at: nil)
            }
        }
        return eliminateDeadCode(rewriter.finish())
    }
}
