import SystemPackage

extension ForeignModel {
    /// Puts nodes behind those that make what they read.
    ///
    /// - Throws: naming a value that nothing makes, that two nodes make, or a node that waits for its own result.
    mutating func putInOrder() throws(InterchangeError) {
        var makers: [String: Int] = [:]
        func fault(_ node: ForeignNode?, _ problem: FormatFault.Network) -> InterchangeError {
            .damaged(path: path, FormatFault(node.map { .node($0.shownName) } ?? .network, .network(problem)))
        }
        var given = Set(tensors.keys)
        for input in inputs {
            guard given.insert(input.name).inserted else { throw fault(nil, .isMadeTwice(input.name)) }
        }
        for (index, node) in nodes.enumerated() {
            for output in node.outputs where !output.isEmpty {
                guard !given.contains(output), makers.updateValue(index, forKey: output) == nil else {
                    throw fault(node, .isMadeTwice(output))
                }
            }
        }
        var waiting = [Int](repeating: 0, count: nodes.count)
        var readers = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for input in Set(node.inputs) where !input.isEmpty && !given.contains(input) {
                guard let maker = makers[input] else { throw fault(node, .isNotMade(input)) }
                readers[maker].append(index)
                waiting[index] += 1
            }
        }
        for output in outputs where makers[output.name] == nil && !given.contains(output.name) {
            throw fault(nil, .isNotMade(output.name))
        }
        var order = nodes.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < order.count {
            for reader in readers[order[next]] {
                waiting[reader] -= 1
                if waiting[reader] == 0 { order.append(reader) }
            }
            next += 1
        }
        guard order.count == nodes.count else {
            let stuck = nodes.indices.first { waiting[$0] > 0 } ?? 0
            throw fault(nodes[stuck], .waitsForItself)
        }
        // A file that is in order keeps its own.
        if order != nodes.indices.map(\.self) { order = inFileOrder(makers) ?? order }
        nodes = order.map { nodes[$0] }
    }

    /// The order of the file, if each node stands behind those that it reads.
    private func inFileOrder(_ makers: [String: Int]) -> [Int]? {
        for (index, node) in nodes.enumerated() {
            for input in node.inputs { if let maker = makers[input], maker >= index { return nil } }
        }
        return Array(nodes.indices)
    }
}
