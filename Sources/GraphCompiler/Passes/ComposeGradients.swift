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
/// Requires: a bound, fused graph. Ensures: the new groups fit their kernels, and `composeConvolutions` joins s0 with s1,
/// of which alone u is left: so the convolutions' gradients are composed where they are themselves. Leaves alone what
/// something reads before its new place. Examples: `Tests/Golden/ComposeGradients`.
func composeGradients(_ graph: Graph) -> Graph {
    for pair in convolutionPairs(in: graph) {
        let forward = graph.groups.first { $0.members.contains(pair.u) }
        guard let composed = graph.composingGradients(of: pair),
            !composeConvolutions(composed).groups.contains(where: { $0.name == forward?.name })
        else { continue }
        // Values have other places in the new graph.
        return composeGradients(composed)
    }
    return graph
}

/// z = conv2d(u, g), u = depth_to_space(t + b) or of t alone, t = conv2d(x, f), and all their gradients: each in a group of
/// its own, and read by nothing else.
struct ConvolutionPair {
    /// Operations that make u.
    var forward: [ValueID]
    var u: ValueID
    var dz: ValueID, du: ValueID, dy: ValueID
    var dg: ValueID, df: ValueID, dx: ValueID, db: ValueID?
}

/// The pairs whose gradients may be taken together, in the order of their gradients.
func convolutionPairs(in graph: Graph) -> [ConvolutionPair] {
    let uses = Uses(of: graph)
    let alone = Set(graph.groups.filter { $0.members.count == 1 }.map { $0.members[0] })
    func operation(_ id: ValueID, _ op: String) -> Operation? {
        graph[id].operation.flatMap { $0.op == op ? $0 : nil }
    }
    /// The one gradient that reads a value as its operand `place`.
    func gradient(_ op: String, of value: ValueID, at place: Int = 0) -> ValueID? {
        let found = uses.readers(of: value).filter { operation($0, op)?.operands[place] == value }
        return found.count == 1 && alone.contains(found[0]) ? found[0] : nil
    }
    return graph.groups.compactMap { group in
        let dy = group.members[0]
        guard group.members.count == 1, let blocks = operation(dy, "space_to_depth"), let du = blocks.operands.first,
            let inputGradient = operation(du, "conv2d_input_gradient"), let dz = inputGradient.operands.first,
            alone.contains(du), uses.onlyReader(of: du) == dy,
            let df = gradient("conv2d_filter_gradient", of: dy, at: 1), let dx = gradient("conv2d_input_gradient", of: dy),
            let x = graph[df].operands.first,
            // u is left to the convolution that reads it.
            let dg = uses.readers(of: dz).first(where: { operation($0, "conv2d_filter_gradient")?.operands[1] == dz }),
            let u = graph[dg].operands.first, let shuffle = operation(u, "depth_to_space"), alone.contains(dg),
            uses.readers(of: u).count == 2, !uses.isRoot(u)
        else { return nil }
        let db = gradient("sum_to", of: dy)
        guard uses.readers(of: dy).count == (db == nil ? 2 : 3), !uses.isRoot(dy), dx < df,
            // Gradients are made with that of the first filter.
            [dg, db ?? dg].allSatisfy({ uses.readers(of: $0).allSatisfy { $0 > df } })
        else { return nil }
        var forward = [u, shuffle.operands[0]]
        if let sum = operation(forward[1], "add"), let t = sum.operands.first(where: { operation($0, "conv2d") != nil }) {
            forward.append(t)
        }
        guard let convolution = operation(forward[forward.count - 1], "conv2d"), convolution.operands[0] == x else { return nil }
        return ConvolutionPair(forward: forward.reversed(), u: u, dz: dz, du: du, dy: dy, dg: dg, df: df, dx: dx, db: db)
    }
}

extension Graph {
    /// The graph with the gradients of a pair in the groups that this file begins with; nil where their kernels do not
    /// fit them.
    func composingGradients(of pair: ConvolutionPair) -> Graph? {
        var bare = self
        bare.groups = []
        var rewriter = GraphRewriter(bare)
        var members: [ValueID: [ValueID]] = [pair.du: [], pair.dg: []]
        if let db = pair.db { members[db] = [] }
        for id in ids {
            if id == pair.dy {
                guard let blocks = rewriter.shuffle("space_to_depth", rewriter.place(of: pair.dz), as: id, named: "blocks")
                else { return nil }
                members[id] = [blocks]
            } else if id == pair.dx || id == pair.df {
                guard let blocks = members[pair.dy]?.first, let made = rewriter.gradients(of: pair, to: id, blocks) else {
                    return nil
                }
                members[id] = made
            } else if members[id] == nil {
                rewriter.copy(id)
            }
        }
        for group in groups {
            let made = group.members.count == 1 ? members[group.members[0]] : nil
            let all = made ?? group.members.map(rewriter.place)
            if !all.isEmpty { rewriter.builder.setGroup(Group(name: group.name, members: all)) }
        }
        let graph = rewriter.finish()
        let uses = Uses(of: graph)
        let names = groups.filter { $0.members == [pair.dx] || $0.members == [pair.df] }.map(\.name)
        let fits = graph.groups.filter { names.contains($0.name) }.allSatisfy { group in
            let analysis = GroupAnalysis(group, in: graph, uses)
            return lowerComposedInputGradient(analysis) != nil || lowerComposedFilterGradients(analysis) != nil
        }
        return fits ? graph : nil
    }
}

extension GraphRewriter {
    /// Appends the members of the group of dx or df: copies that read each other, and dz from its blocks.
    fileprivate mutating func gradients(of pair: ConvolutionPair, to last: ValueID, _ blocks: ValueID) -> [ValueID]? {
        let isInput = last == pair.dx
        let rest = isInput ? [pair.du, pair.dy, pair.dx] : [pair.dg, pair.du, pair.dy, pair.df] + [pair.db].compactMap { $0 }
        var copies: [ValueID: ValueID] = [:]
        var members: [ValueID] = []
        for id in (isInput ? [] : pair.forward) + [pair.dz] + rest {
            let copy = id == pair.dz
                ? shuffle("depth_to_space", blocks, as: pair.dy, named: source[id].name)
                : builder.copy(source[id], operands: source[id].operands.map { copies[$0] ?? place(of: $0) })
            guard let copy else { return nil }
            copies[id] = copy
            members.append(copy)
        }
        for id in rest { replace(id, with: copies[id] ?? id) }
        return members
    }

    /// Appends a pixel shuffle with the block of another.
    fileprivate mutating func shuffle(_ op: String, _ value: ValueID, as other: ValueID, named name: String) -> ValueID? {
        try? builder.apply(op, [value], source[other].operation?.attributes ?? Attributes(), named: name)
    }
}
