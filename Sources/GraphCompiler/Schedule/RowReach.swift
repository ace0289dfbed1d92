import GraphIR

/// Which rows of a buffer some rows of a step's output need, counted over the batch. What is the same for all rows is found
/// once.
struct RowReach {
    private let bufferRowCount: Int
    /// Rows of one image of the output and of the buffer.
    private let imageHeight: Int, operandHeight: Int
    /// Whether any row needs the whole buffer.
    private let isWhole: Bool
    /// Those of all chains, one chain after the other, and where each of these ends.
    private let links: [RowLink], chainEnds: [Int]

    init(of input: StepInput, by step: Step, bufferRowCount: Int) {
        self.bufferRowCount = bufferRowCount
        imageHeight = step.imageHeight
        operandHeight = bufferRowCount / max(1, step.rowCount / step.imageHeight)
        isWhole = input.rowChains.contains { $0.links.contains { $0.map == .all } }
        var links: [RowLink] = [], chainEnds: [Int] = []
        if !isWhole {
            for chain in input.rowChains {
                links += chain.links
                chainEnds.append(links.count)
            }
        }
        self.links = links
        self.chainEnds = chainEnds
    }

    func rows(for rows: Range<Int>) -> Range<Int> {
        guard !rows.isEmpty else { return 0..<0 }
        if isWhole { return 0..<bufferRowCount }
        let firstImage = rows.lowerBound / imageHeight, lastImage = (rows.upperBound - 1) / imageHeight
        var union: Range<Int>?
        var start = 0
        for end in chainEnds {
            let chain = start..<end
            start = end
            let first = imageRows(for: rows, ofImage: firstImage, chain)
            let last = firstImage == lastImage ? first : imageRows(for: rows, ofImage: lastImage, chain)
            let needed = first.lowerBound..<max(first.lowerBound, last.upperBound)
            union = union.map { min($0.lowerBound, needed.lowerBound)..<max($0.upperBound, needed.upperBound) } ?? needed
        }
        return union ?? 0..<0
    }

    /// What one image's part of some rows needs by one chain.
    private func imageRows(for rows: Range<Int>, ofImage image: Int, _ chain: Range<Int>) -> Range<Int> {
        let first = image * imageHeight
        var needed = max(0, rows.lowerBound - first)..<min(imageHeight, rows.upperBound - first)
        for index in chain { needed = links[index].map.operandRows(for: needed, height: links[index].operandHeight) }
        return image * operandHeight + needed.lowerBound..<image * operandHeight + needed.upperBound
    }
}
