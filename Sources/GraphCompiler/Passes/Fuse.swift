import GraphIR
import GraphKernelInterface

/// Draws braces around operations that one kernel computes in one sweep.
///
/// Rewrites no operation: it sets ``Graph/groups`` and orders nodes so that each group stands together.
///
///     t   = conv2d(x, filter)          fuse s0 {
///     t_1 = t + bias                     t   = conv2d(x, filter)
///     y   = relu(t_1)             to     t_1 = t + bias
///                                        y   = relu(t_1)
///                                      }
///
/// A group is one of
/// - a convolution, with a pointwise chain or a concatenation of channels before it, pointwise operations behind it and chains that only
///   these read, a pixel shuffle behind that, and behind the shuffle a chain that needs no further image;
/// - a reduction with the pointwise chain that makes what it sums;
/// - a concatenation of channels with the slices that only it reads;
/// - pointwise operations of one shape;
/// - any other operation, alone.
///
/// Requires: a verified graph without groups. Ensures: invariant 7 of the ``Verifier``; a value inside
/// a group is read inside it alone, but for pointwise groups, which may store several results.
/// Does not fuse what a second reader would have to compute again. Examples: `Tests/Golden/Fuse`.
func fuse(_ graph: Graph) -> Graph {
    var fusion = Fusion(graph)
    for id in graph.ids where graph[id].operation != nil { fusion.place(id) }
    return fusion.grouped()
}

extension Graph {
    /// Whether its operations are grouped; that each belongs to one group is an invariant then.
    var hasGroups: Bool { !groups.isEmpty || nodes.allSatisfy { $0.operation == nil } }
}

private struct Fusion {
    enum Kind {
        case convolution, shuffled, pointwise, reduction, alone
    }

    struct Cluster {
        var kind: Kind
        var members: [ValueID]
        /// The shape of every member of a pointwise cluster.
        var shape: Shape
        var result: ValueID { members[members.count - 1] }
    }

    let graph: Graph
    let uses: Uses
    var clusters: [Int: Cluster] = [:]
    var clusterOf: [ValueID: Int] = [:]

    /// Kernels name values with one byte and take at most this many tensors.
    static let maximumMembers = 100
    static let maximumInputs = 16

    init(_ graph: Graph) {
        self.graph = graph
        uses = Uses(of: graph)
    }

    mutating func place(_ id: ValueID) {
        guard let operation = graph[id].operation else { return }
        if PointwiseTable.isFusable(operation, graph[id].type.shape, in: graph) {
            if !extendConvolution(with: id, operation) { startPointwise(id, operation) }
            return
        }
        switch operation.op {
        case .conv2D, .conv2DInputGradient:
            start(.convolution, id)
            absorbPrologue(into: id, operation.operands[0])
            if operation.op == .conv2D { absorbGather(into: id, operation.operands[0]) }
        case .depthToSpace:
            if !appendShuffle(id, operation) { start(.alone, id) }
        case .sum, .mean, .sumTo:
            let isRowSum = PointwiseTable.isRowSum(operation, graph)
            start(isRowSum ? .reduction : .alone, id)
            if isRowSum { absorbPrologue(into: id, operation.operands[0]) }
        case .concat:
            start(.alone, id)
            absorbSlices(into: id, of: id)
        case .conv2DFilterGradient, .psnr, .psnrGradient, .spaceToDepth, .slice, .padZero, .pad, .padGradient, .reshape,
            .transpose, .table, .matmul, .reduceMax, .softmax,
            .maxPool, .maxPoolGradient, .averagePool, .averagePoolGradient, .resize, .resizeGradient,
            .resizeBicubic, .resizeBicubicGradient:
            start(.alone, id)
        // Pointwise, on operands that kernels cannot spread over the result's rows.
        case .castToF32, .castToU8, .add, .subtract, .multiply, .divide, .negate, .relu, .leakyReLU, .prelu, .reluGradient,
            .tanh, .sigmoid, .exp, .log, .erf, .abs, .sign, .sqrt, .power, .round, .floor, .clip, .clipGradient, .less,
            .lessOrEqual, .equal, .maximum, .minimum, .select, .meanGradient, .sumGradient, .broadcast:
            start(.alone, id)
        }
    }

    private mutating func start(_ kind: Kind, _ id: ValueID) {
        clusterOf[id] = id.index
        clusters[id.index] = Cluster(kind: kind, members: [id], shape: graph[id].type.shape)
    }

    /// Appends a pointwise operation to the convolution that makes its latest operand.
    private mutating func extendConvolution(with id: ValueID, _ operation: Operation) -> Bool {
        for operand in operation.operands.sorted().reversed() {
            guard uses.onlyReader(of: operand) == id, let index = clusterOf[operand], var cluster = clusters[index],
                cluster.result == operand, graph[operand].type.shape == graph[id].type.shape,
                cluster.members.count < Self.maximumMembers
            else { continue }
            switch cluster.kind {
            case .convolution:
                guard externalInputs(of: cluster.members + [id]) <= Self.maximumInputs else { continue }
                absorbSideChains(of: id, operation, into: &cluster)
            case .shuffled:
                // Behind the shuffle rows have another order, in which no further image is read.
                guard externalInputs(of: cluster.members + [id]) <= Self.maximumInputs,
                    operation.operands.allSatisfy({ other in
                        other == operand || graph.constant(other) != nil
                            || PointwiseTable.spread(of: graph[other].type.shape, over: graph[id].type.shape)?
                                .isSameForAllRows == true
                    })
                else { continue }
            default:
                continue
            }
            cluster.members.append(id)
            clusters[index] = cluster
            for member in cluster.members { clusterOf[member] = index }
            return true
        }
        return false
    }

    /// Takes in pointwise chains that make an operand of `id` and nothing else.
    private mutating func absorbSideChains(of id: ValueID, _ operation: Operation, into cluster: inout Cluster) {
        for operand in Set(operation.operands).sorted() {
            guard uses.onlyReader(of: operand) == id, let index = clusterOf[operand], let chain = clusters[index],
                chain.kind == .pointwise, chain.shape == graph[id].type.shape,
                chain.members.allSatisfy({ !uses.isRoot($0) }),
                cluster.members.count + chain.members.count < Self.maximumMembers,
                externalInputs(of: cluster.members + chain.members + [id]) <= Self.maximumInputs
            else { continue }
            clusters[index] = nil
            cluster.members = (cluster.members + chain.members).sorted()
        }
    }

    private mutating func appendShuffle(_ id: ValueID, _ operation: Operation) -> Bool {
        let operand = operation.operands[0]
        guard uses.onlyReader(of: operand) == id, let index = clusterOf[operand], var cluster = clusters[index],
            cluster.kind == .convolution, cluster.result == operand
        else { return false }
        cluster.members.append(id)
        cluster.kind = .shuffled
        clusters[index] = cluster
        clusterOf[id] = index
        return true
    }

    /// A pointwise operation and all pointwise clusters whose results only it reads.
    private mutating func startPointwise(_ id: ValueID, _ operation: Operation) {
        let shape = graph[id].type.shape
        var members = [id]
        var absorbed: [Int] = []
        for operand in Set(operation.operands).sorted() {
            guard let index = clusterOf[operand], !absorbed.contains(index), let cluster = clusters[index],
                cluster.kind == .pointwise, cluster.shape == shape,
                cluster.members.allSatisfy({ member in
                    uses.readers(of: member).allSatisfy { $0 == id || clusterOf[$0] == index }
                }),
                members.count + cluster.members.count <= Self.maximumMembers,
                externalInputs(of: members + cluster.members) <= Self.maximumInputs
            else { continue }
            members += cluster.members
            absorbed.append(index)
        }
        for index in absorbed { clusters[index] = nil }
        for member in members { clusterOf[member] = id.index }
        clusters[id.index] = Cluster(kind: .pointwise, members: members.sorted(), shape: shape)
        joinProducer(id.index)
    }

    /// Makes a pointwise cluster that holds all readers of a convolution's result a part of what that one computes.
    private mutating func joinProducer(_ index: Int) {
        guard let chain = clusters[index], chain.members.dropLast().allSatisfy({ isInner($0, of: index) }) else { return }
        let operands = Set(chain.members.flatMap { graph[$0].operands }).sorted()
        for operand in operands.reversed() {
            guard graph[operand].type.shape == chain.shape, let producer = clusterOf[operand],
                let convolution = clusters[producer], convolution.kind == .convolution, convolution.result == operand,
                isInner(operand, of: index),
                convolution.members.count + chain.members.count <= Self.maximumMembers,
                externalInputs(of: convolution.members + chain.members) <= Self.maximumInputs
            else { continue }
            clusters[index] = nil
            clusters[producer]?.members += chain.members
            for member in chain.members { clusterOf[member] = producer }
            return
        }
    }

    /// Whether nothing outside of a cluster reads a value.
    private func isInner(_ value: ValueID, of cluster: Int) -> Bool {
        !uses.isRoot(value) && uses.readers(of: value).allSatisfy { clusterOf[$0] == cluster }
    }

    /// Takes the pointwise cluster that makes an anchor's operand, and nothing else, into the anchor's.
    private mutating func absorbPrologue(into id: ValueID, _ operand: ValueID) {
        guard uses.onlyReader(of: operand) == id, let index = clusterOf[operand], let cluster = clusters[index],
            cluster.kind == .pointwise, cluster.result == operand,
            cluster.members.dropLast().allSatisfy({ !uses.isRoot($0) })
        else { return }
        // Recomputing a chain over overlapping windows pays while it reads one tensor of that size and computes little.
        let tensors = Set(cluster.members.flatMap { graph[$0].operands }).filter {
            !cluster.members.contains($0) && graph[$0].type.shape == cluster.shape && graph.constant($0) == nil
        }
        guard tensors.count == 1 || (tensors.count > 1 && clusters[id.index]?.kind == .reduction) else { return }
        if hasWindows(id), cluster.members.contains(where: { graph[$0].operation.map(PointwiseTable.isTranscendental) ?? false })
        {
            return
        }
        take(index, into: id)
    }

    /// Whether an operation is a convolution whose filter has more than one tap.
    private func hasWindows(_ id: ValueID) -> Bool {
        guard let operation = graph[id].operation, operation.op == .conv2D || operation.op == .conv2DInputGradient else {
            return false
        }
        return graph[operation.operands[1]].type.shape.dimensions[..<2] != [Size(1), Size(1)]
    }

    /// Takes a concatenation of channels, or a slice, and what it is made of in the same way, into the convolution that
    /// alone reads it: that one reads channels where they lie.
    private mutating func absorbGather(into id: ValueID, _ operand: ValueID) {
        guard uses.onlyReader(of: operand) == id, let index = clusterOf[operand], index != id.index,
            clusters[index]?.kind == .alone,
            let operation = graph[operand].operation, operation.op == .concat || operation.op == .slice,
            graph[operand].type.shape.rank == 4, operation.attributes.integer("axis") == 3,
            operation.operands.count <= PartSizes.maximumCount,
            externalInputs(of: (clusters[id.index]?.members ?? []) + [operand]) <= Self.maximumInputs
        else { return }
        take(index, into: id)
        absorbSlices(into: id, of: operand)
    }

    /// Takes slices of channels that only a value's operation reads into the cluster of `id`.
    private mutating func absorbSlices(into id: ValueID, of reader: ValueID) {
        guard let read = graph[reader].operation, read.attributes.integer("axis") == 3 else { return }
        for part in Set(read.operands).sorted().reversed() where uses.onlyReader(of: part) == reader {
            guard let index = clusterOf[part], index != id.index, clusters[index]?.kind == .alone,
                let operation = graph[part].operation, operation.op == .slice,
                operation.attributes.integer("axis") == 3, graph[part].type.shape.rank == 4
            else { continue }
            take(index, into: id)
        }
    }

    /// Puts the members of another cluster before those of `id`'s.
    private mutating func take(_ index: Int, into id: ValueID) {
        guard let cluster = clusters.removeValue(forKey: index) else { return }
        for member in cluster.members { clusterOf[member] = id.index }
        clusters[id.index]?.members.insert(contentsOf: cluster.members, at: 0)
    }

    private func externalInputs(of members: [ValueID]) -> Int {
        let inside = Set(members)
        return Set(members.flatMap { graph[$0].operands }).filter { !inside.contains($0) && graph.constant($0) == nil }.count
    }

    /// The graph with a group for each cluster.
    func grouped() -> Graph {
        let inOrder = clusters.values.sorted { $0.result < $1.result }
        return graph.arranged(
            in: inOrder.enumerated().map { Group(name: "s\($0.offset)", members: $0.element.members) })
    }
}
