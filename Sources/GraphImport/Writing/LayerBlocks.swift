import GraphIR
import GraphLanguage

/// Finds the layers of a graph, operations with weights of their own, and the blocks that they are calls of.
struct LayerBlocks {
    /// A layer as a call.
    struct Call {
        var block: String
        var parameters: [Expression]
        var operand: ValueID
        var path: String
    }

    private var calls: [ValueID: Call] = [:]
    private var inside: Set<ValueID> = []
    private var beforeActivation: Set<ValueID> = []
    private(set) var declarations: [Declaration] = []
    private var blocks: [Block: String] = [:]
    private var takenNames: Set<String> = []

    /// What tells blocks apart.
    private struct Block: Hashable {
        var op: OpName
        var attributes: Attributes
        var filterHeight = 0
        var filterWidth = 0
        /// The weights by the last parts of their paths; that of a bias is the last.
        var weightNames: [String]
    }

    init(_ graph: Graph, useCounts: [Int]) {
        takenNames.insert(graph.name)
        for name in OpName.allCases.map(\.rawValue) { takenNames.insert(name) }
        var readers: [ValueID: ValueID] = [:]
        for id in graph.ids { for operand in graph[id].operands { readers[operand] = id } }
        for id in graph.ids {
            guard let operation = graph[id].operation else { continue }
            switch operation.op {
            case .conv2D: addConvolution(id, operation, graph, useCounts, readers)
            case .prelu: addSlopes(id, operation, graph, useCounts)
            default: break
            }
        }
        for id in graph.ids {
            guard let operation = graph[id].operation, Self.activations.contains(operation.op),
                let x = operation.operands.first, calls[x] != nil
            else { continue }
            beforeActivation.insert(x)
        }
    }

    private static let activations: Set<OpName> = [.relu, .leakyReLU, .prelu, .tanh, .sigmoid, .clip]

    /// Whether a value belongs to a layer and is not its result.
    func isInside(_ id: ValueID) -> Bool { inside.contains(id) }

    /// Whether a value is a layer's result that an activation reads.
    func isBeforeActivation(_ id: ValueID) -> Bool { beforeActivation.contains(id) }

    /// The call whose result a value is.
    func call(_ id: ValueID) -> Call? { calls[id] }

    private mutating func addConvolution(
        _ id: ValueID, _ operation: Operation, _ graph: Graph, _ useCounts: [Int], _ readers: [ValueID: ValueID]
    ) {
        let filter = operation.operands[1]
        guard let (layer, filterName) = Self.ownWeight(filter, graph, useCounts),
            let filterShape = graph[filter].type.shape.constant
        else { return }
        var result = id
        var names = [filterName]
        var members: Set<ValueID> = [filter]
        if useCounts[id.index] == 1, let sum = readers[id], let addition = graph[sum].operation, addition.op == .add,
            addition.operands[0] == id, let (other, biasName) = Self.ownWeight(addition.operands[1], graph, useCounts),
            other == layer, graph[addition.operands[1]].type.shape.rank == 1
        {
            members.formUnion([id, addition.operands[1]])
            names.append(biasName)
            result = sum
        }
        let block = Block(
            op: operation.op, attributes: operation.attributes, filterHeight: filterShape[0], filterWidth: filterShape[1],
            weightNames: names)
        guard let name = blocks[block] ?? declare(block) else { return }
        inside.formUnion(members)
        calls[result] = Call(
            block: name, parameters: [.number(Double(filterShape[3]))], operand: operation.operands[0], path: layer)
    }

    private mutating func addSlopes(_ id: ValueID, _ operation: Operation, _ graph: Graph, _ useCounts: [Int]) {
        let slope = operation.operands[1]
        guard let (layer, name) = Self.ownWeight(slope, graph, useCounts), graph[slope].type.shape.rank == 1,
            graph[operation.operands[0]].type.shape.rank == 4
        else { return }
        let block = Block(op: .prelu, attributes: Attributes(), weightNames: [name])
        guard let blockName = blocks[block] ?? declare(block) else { return }
        inside.insert(slope)
        calls[id] = Call(block: blockName, parameters: [], operand: operation.operands[0], path: layer)
    }

    /// The path of a weight that nothing else reads, without its last part, and that part.
    private static func ownWeight(_ id: ValueID, _ graph: Graph, _ useCounts: [Int]) -> (layer: String, name: String)? {
        guard case .weight(let path, _) = graph[id].content, useCounts[id.index] == 1,
            let point = path.lastIndex(of: "."), point > path.startIndex
        else { return nil }
        let name = String(path[path.index(after: point)...])
        guard let first = name.first, !first.isNumber, NameMaker.valueName(name) == name else { return nil }
        return (String(path[..<point]), name)
    }

    // MARK: Declarations

    private mutating func declare(_ block: Block) -> String? {
        guard let declaration = block.op == .prelu ? Self.slopes(block) : Self.convolution(block) else { return nil }
        var declared = declaration
        let base = declared.name.text
        var suffix = 2
        while !takenNames.insert(declared.name.text).inserted {
            declared.name = Name("\(base)_\(suffix)")
            suffix += 1
        }
        blocks[block] = declared.name.text
        declarations.append(declared)
        return declared.name.text
    }

    private static let x = TensorType(.f32, Shape(["N", "H", "W", "C"].map { Size(symbol: $0) }))

    private static func convolution(_ block: Block) -> Declaration? {
        var builder = GraphBuilder(name: "")
        let groups = block.attributes.integer("groups"), dilation = block.attributes.integer("dilation")
        let filterType = TensorType(
            .f32,
            Shape([
                Size(block.filterHeight), Size(block.filterWidth), Size(symbol: "C").floorDivided(by: groups),
                Size(symbol: "out"),
            ]))
        let input = builder.declare(.input, type: x, named: "x")
        let filter = builder.declare(.weight(path: "f", initializer: .glorotUniform), type: filterType, named: "f")
        guard let y = try? builder.apply(block.op, [input, filter], block.attributes) else { return nil }
        guard let operation = builder.graph[y].operation else { return nil }
        let side = block.filterHeight == block.filterWidth
        var name = side ? "conv\(block.filterHeight)x\(block.filterWidth)" : "conv\(block.filterHeight)by\(block.filterWidth)"
        let hasBias = block.weightNames.count > 1
        if dilation > 1 { name += "_dilated\(dilation)" }
        if groups > 1 { name += "_groups\(groups)" }
        if !hasBias { name += "_plain" }
        var value = operation.syntax([.named("x"), .named(block.weightNames[0])])
        if hasBias { value = Expression(.binary(.add, value, .named(block.weightNames[1])), at: .none) }
        var body = [Statement(weight: block.weightNames[0], filterType, .glorotUniform)]
        if hasBias {
            body.append(Statement(weight: block.weightNames[1], TensorType(.f32, Shape([Size(symbol: "out")])), .zeros))
        }
        body.append(Statement(.assignment(Name("y"), nil, value), at: .none))
        return Declaration(
            keyword: .block,
            documentation: [
                "Convolution \(block.filterHeight)×\(block.filterWidth)\(groups > 1 ? " of \(groups) groups" : "")"
                    + "\(hasBias ? " with bias" : "")."
            ],
            name: Name(name), parameters: [Parameter(name: Name("out"), kind: Name("int"))],
            inputs: [TypedName(name: Name("x"), type: x.syntax)],
            outputs: [TypedName(name: Name("y"), type: builder.type(of: y).syntax)], body: body, at: .none)
    }

    private static func slopes(_ block: Block) -> Declaration {
        let slope = block.weightNames[0]
        let value = Operation(.prelu, []).syntax([.named("x"), .named(slope)])
        return Declaration(
            keyword: .block, documentation: ["PReLU with a slope for each channel."], name: Name("prelu_channels"),
            inputs: [TypedName(name: Name("x"), type: x.syntax)], outputs: [TypedName(name: Name("y"), type: x.syntax)],
            body: [
                Statement(weight: slope, TensorType(.f32, Shape([Size(symbol: "C")])), .constant(0.25)),
                Statement(.assignment(Name("y"), nil, value), at: .none),
            ], at: .none)
    }
}

extension Expression {
    fileprivate static func named(_ name: String) -> Expression { Expression(.name(name), at: .none) }
}

extension Statement {
    fileprivate init(weight name: String, _ type: TensorType, _ initializer: Initializer) {
        self.init(
            .storage(.weight, TypedName(name: Name(name), type: type.syntax), initializer: initializer.syntax, path: nil),
            at: .none)
    }
}
