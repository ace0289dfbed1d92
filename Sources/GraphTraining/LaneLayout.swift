import GraphIR

/// How what a lane hands over lies in one vector: gradients, what states become, and measures.
///
/// The vector is cut into blocks; a weight's gradient may begin anywhere, but no block holds gradients and other numbers. What
/// a block holds is a function of the model alone, so that sums over blocks are.
struct LaneLayout: Hashable, Sendable {
    /// Numbers of a block.
    static let blockCount = 1024

    /// Where numbers of one weight or state lie.
    struct Part: Hashable, Sendable {
        /// Of the lane's output.
        var output: String
        /// Of the weight or state.
        var path: String
        var range: Range<Int>
    }

    private(set) var gradients: [Part] = []
    private(set) var states: [Part] = []
    let measures: Range<Int>
    /// Numbers of all blocks that hold gradients.
    let gradientCount: Int
    /// Numbers of all blocks.
    let count: Int

    /// - Parameter lane: the entry's graph, as ``GraphIR/Graph/withLaneResults()`` makes it.
    init(_ lane: Graph, measureCount: Int) {
        var end = 0
        func parts(_ prefix: String) -> [Part] {
            lane.outputs.filter { $0.name.hasPrefix(prefix) }.map { output in
                let count = (lane[output.value].type.shape.constant ?? []).reduce(1, *)
                defer { end += count }
                return Part(
                    output: output.name, path: String(output.name.dropFirst(prefix.count)), range: end..<end + count)
            }
        }
        gradients = parts(Graph.gradientPrefix)
        end = Self.roundedUp(end)
        gradientCount = end
        states = parts(Graph.nextPrefix)
        measures = end..<end + measureCount
        count = Self.roundedUp(measures.upperBound)
    }

    /// Whole blocks for each rank, in order.
    func slices(rankCount: Int) -> [Range<Int>] {
        let blocks = count / Self.blockCount
        return (0..<rankCount).map { rank in
            blocks * rank / rankCount * Self.blockCount..<blocks * (rank + 1) / rankCount * Self.blockCount
        }
    }

    private static func roundedUp(_ count: Int) -> Int { (count + blockCount - 1) / blockCount * blockCount }
}
