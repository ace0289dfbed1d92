import GraphIR

/// Takes the gradients of two convolutions with a pixel shuffle between together, so that neither the image between nor
/// its gradient exists in memory: `conv2d_composed` computes the input gradient as one convolution, and
/// `conv2d_filter_gradients_composed` those of the filters from sums for the composed filter.
///
///     fuse s0 {                                         fuse s0 { … }
///       t   = conv2d(x, f)                              fuse s1 { … }
///       t_1 = t + b                                     fuse s4 {
///       u   = depth_to_space(t_1, block = 2)              blocks = space_to_depth(dz, block = 2)
///     }                                                 }
///     fuse s1 {                                         fuse s6 {
///       z   = conv2d(u, g)                                dz_1 = depth_to_space(blocks, block = 2)
///     }                                                   du   = conv2d_input_gradient(dz_1, g)
///     fuse s2 {                                           dy   = space_to_depth(du, block = 2)
///       du  = conv2d_input_gradient(dz, g)                dx   = conv2d_input_gradient(dy, f)
///     }                                                 }
///     fuse s3 {                                    to   fuse s7 {
///       dg  = conv2d_filter_gradient(u, dz)               t_2  = conv2d(x, f)
///     }                                                   t_3  = t_2 + b
///     fuse s4 {                                           u_1  = depth_to_space(t_3, block = 2)
///       dy  = space_to_depth(du, block = 2)               dz_2 = depth_to_space(blocks, block = 2)
///     }                                                   dg   = conv2d_filter_gradient(u_1, dz_2)
///     fuse s5 {                                           du_1 = conv2d_input_gradient(dz_2, g)
///       db  = sum_to(dy)                                  dy_1 = space_to_depth(du_1, block = 2)
///     }                                                   df   = conv2d_filter_gradient(x, dy_1)
///     fuse s6 {                                           db   = sum_to(dy_1)
///       dx  = conv2d_input_gradient(dy, f)              }
///     }
///     fuse s7 {
///       df  = conv2d_filter_gradient(x, dy)
///     }
///
/// Requires: a bound, fused graph. Ensures: the new groups fit their kernels, and `composeConvolutions` joins s0 with
/// s1, to which alone u is left: gradients are composed where the convolutions are. Leaves alone what something reads
/// before its new place. Examples: `Tests/Golden/ComposeGradients`.
func composeGradients(_ graph: Graph) -> Graph {
    let pairs = convolutionPairs(in: graph)
    guard !pairs.isEmpty else { return graph }
    let composed = graph.composingGradients(of: pairs)
    let names = composed.composedGradientGroups()
    let fitting = pairs.filter { $0.groupNames.allSatisfy(names.contains) }
    return fitting.count == pairs.count ? composed : graph.composingGradients(of: fitting)
}

/// z = conv2d(u, g), u = depth_to_space(t + b) or of t alone, t = conv2d(x, f), and all their gradients: each in a group
/// of its own, and read by nothing else.
private struct ConvolutionPair {
    /// Operations that make u, which is the last of them.
    var forward: [ValueID]
    var dz: ValueID, du: ValueID, dy: ValueID
    var dg: ValueID, df: ValueID, dx: ValueID, db: ValueID?
    /// The names of the groups of dx and df.
    var groupNames: [String]
}

/// The pairs that take fewer operations composed, none of which shares a gradient with another.
private func convolutionPairs(in graph: Graph) -> [ConvolutionPair] {
    var search = PairSearch(graph)
    var isTaken: Set<ValueID> = []
    return graph.groups.compactMap { group in
        guard group.members.count == 1, let pair = search.pair(through: group.members[0]) else { return nil }
        let gradients = [pair.du, pair.dg, pair.df, pair.dx]
        guard gradients.allSatisfy({ !isTaken.contains($0) }), search.composingSaves(pair) else { return nil }
        isTaken.formUnion(gradients)
        return pair
    }
}

private struct PairSearch {
    let graph: Graph
    private var uses: Uses
    /// For each operation, the index of its group.
    private var groupOf: [ValueID: Int] = [:]

    init(_ graph: Graph) {
        self.graph = graph
        uses = Uses(of: graph)
        for (index, group) in graph.groups.enumerated() {
            for member in group.members { groupOf[member] = index }
        }
    }

    /// The pair between whose gradients stands a space_to_depth, dy.
    func pair(through dy: ValueID) -> ConvolutionPair? {
        guard let blocks = operation(dy, .spaceToDepth), let du = blocks.operands.first, isAlone(du),
            let dz = operation(du, .conv2DInputGradient)?.operands.first, uses.onlyReader(of: du) == dy,
            graph.boundShape(dz)[1...2] == graph.boundShape(du)[1...2],
            let df = gradient(.conv2DFilterGradient, of: dy, at: 1),
            let dx = gradient(.conv2DInputGradient, of: dy, at: 0), let x = graph[df].operands.first
        else { return nil }
        let db = gradient(.sumTo, of: dy, at: 0)
        guard uses.readers(of: dy).count == (db == nil ? 2 : 3), !uses.isRoot(dy) else { return nil }
        for dg in uses.readers(of: dz) where operation(dg, .conv2DFilterGradient)?.operands[1] == dz && isAlone(dg) {
            guard let forward = forward(to: graph[dg].operands[0], from: x), let u = forward.last, u < df,
                // All but dx are made where df was: behind what they read, and before what reads them.
                ([dg] + [db].compactMap { $0 }).allSatisfy({ uses.readers(of: $0).allSatisfy { $0 > df } }),
                uses.readers(of: u).count == 2, !uses.isRoot(u)
            else { continue }
            return ConvolutionPair(
                forward: forward, dz: dz, du: du, dy: dy, dg: dg, df: df, dx: dx, db: db,
                groupNames: [dx, df].compactMap { groupOf[$0] }.map { graph.groups[$0].name })
        }
        return nil
    }

    /// Whether u's convolution and the one that reads u take fewer operations as one.
    mutating func composingSaves(_ pair: ConvolutionPair) -> Bool {
        guard let u = pair.forward.last, let place = groupOf[u] else { return false }
        uses.remove(pair.dg, from: u)
        guard let reader = uses.onlyReader(of: u), let next = groupOf[reader] else { return false }
        return composed(graph.groups[place], then: graph.groups[next], in: graph, uses) != nil
    }

    private func operation(_ id: ValueID, _ op: OpName) -> Operation? {
        graph[id].operation.flatMap { $0.op == op ? $0 : nil }
    }

    /// Whether an operation is a group by itself.
    private func isAlone(_ id: ValueID) -> Bool { groupOf[id].map { graph.groups[$0].members.count } == 1 }

    /// The one gradient that reads a value as its operand `place`.
    private func gradient(_ op: OpName, of value: ValueID, at place: Int) -> ValueID? {
        let found = uses.readers(of: value).filter { operation($0, op)?.operands[place] == value }
        return found.count == 1 && isAlone(found[0]) ? found[0] : nil
    }

    /// What makes u of x: a convolution, perhaps the sum with its bias, and the pixel shuffle.
    private func forward(to u: ValueID, from x: ValueID) -> [ValueID]? {
        guard let value = operation(u, .depthToSpace)?.operands[0] else { return nil }
        let sum = operation(value, .add)
        guard let t = sum == nil ? value : sum?.operands.first(where: { operation($0, .conv2D) != nil }),
            operation(t, .conv2D)?.operands[0] == x
        else { return nil }
        return sum == nil ? [t, u] : [t, value, u]
    }
}

extension Graph {
    /// The graph with the gradients of pairs in the groups that this file begins with.
    fileprivate func composingGradients(of pairs: [ConvolutionPair]) -> Graph {
        var bare = self
        bare.groups = []
        var rewriter = GraphRewriter(bare)
        /// What takes the place of a gradient's group: its members; none where another group makes it.
        var members: [ValueID: [ValueID]] = [:]
        var pairOf: [ValueID: ConvolutionPair] = [:]
        for pair in pairs {
            for id in [pair.du, pair.dg, pair.db ?? pair.dg] { members[id] = [] }
            for id in [pair.dy, pair.dx, pair.df] { pairOf[id] = pair }
        }
        for id in ids {
            if let pair = pairOf[id] {
                let blocks =
                    members[pair.dy]?.first
                    ?? rewriter.shuffle(.spaceToDepth, rewriter.place(of: pair.dz), of: pair, named: "blocks")
                members[id] = id == pair.dy ? [blocks] : rewriter.gradients(of: pair, to: id, blocks)
            } else if members[id] == nil {
                rewriter.copy(id)
            }
        }
        for group in groups {
            let made = group.members.count == 1 ? members[group.members[0]] : nil
            let all = made ?? group.members.map(rewriter.place)
            if !all.isEmpty { rewriter.builder.setGroup(Group(name: group.name, members: all)) }
        }
        return rewriter.finish()
    }

    /// The names of groups that the kernels of composed gradients fit.
    fileprivate func composedGradientGroups() -> Set<String> {
        let uses = Uses(of: self)
        return Set(
            groups.lazy.filter { group in
                let analysis = GroupAnalysis(group, in: self, uses)
                return lowerComposedInputGradient(analysis) != nil || lowerComposedFilterGradients(analysis) != nil
            }.map(\.name))
    }
}

extension GraphRewriter {
    /// Appends the members of the group of dx or df: copies that read each other, and dz from its blocks.
    fileprivate mutating func gradients(of pair: ConvolutionPair, to last: ValueID, _ blocks: ValueID) -> [ValueID] {
        let gradients =
            last == pair.dx
            ? [pair.du, pair.dy, pair.dx] : [pair.dg, pair.du, pair.dy, pair.df] + [pair.db].compactMap { $0 }
        var copies: [ValueID: ValueID] = [:]
        for id in last == pair.dx ? [] : pair.forward { copies[id] = copy(id, reading: copies) }
        copies[pair.dz] = shuffle(.depthToSpace, blocks, of: pair, named: source[pair.dz].name)
        for id in gradients {
            copies[id] = copy(id, reading: copies)
            replace(id, with: copies[id] ?? id)
        }
        return copies.values.sorted()
    }

    private mutating func copy(_ id: ValueID, reading copies: [ValueID: ValueID]) -> ValueID {
        builder.copy(source[id], operands: source[id].operands.map { copies[$0] ?? place(of: $0) })
    }

    /// Appends a pixel shuffle with the pair's block.
    fileprivate mutating func shuffle(
        _ op: OpName, _ value: ValueID, of pair: ConvolutionPair, named name: String
    ) -> ValueID {
        guard let block = source[pair.dy].operation?.attributes,
            let shuffled = try? builder.apply(op, [value], block, named: name)
        else { preconditionFailure("dz is as high and as wide as du, whose pixels lie in blocks") }
        return shuffled
    }
}
