extension Graph {
    /// Symbols that the types of inputs introduce, sorted.
    public var sizeSymbols: [String] {
        var symbols: Set<String> = []
        for node in nodes where node.content == .input {
            for dimension in node.type.shape.dimensions { symbols.formUnion(dimension.symbols) }
        }
        return symbols.sorted()
    }

    /// The value of each symbolic size, read off the shapes that the inputs have in one run.
    ///
    /// - Throws: ``NodeError`` for an input that is missing, has another number of dimensions, or whose
    ///   sizes fit no value of the symbols or contradict those of another input.
    public func sizes(fromInputShapes shapes: [String: [Int]]) throws(NodeError) -> [String: Int] {
        let inputs = nodes.filter { $0.content == .input }
        var sizes: [String: Int] = [:]
        for input in inputs {
            guard let shape = shapes[input.name] else {
                throw .missing(.input(input.name), input.type, at: input.place)
            }
            guard shape.count == input.type.shape.rank, shape.allSatisfy({ $0 >= 1 && $0 <= Size.limit }) else {
                throw input.misfit(shape)
            }
            for (dimension, size) in zip(input.type.shape.dimensions, shape) {
                guard let symbol = dimension.symbol, sizes[symbol] == nil else { continue }
                sizes[symbol] = size
            }
        }
        for input in inputs {
            let shape = shapes[input.name] ?? []
            guard input.type.shape.dimensions.map({ $0.bound(to: sizes) }) == shape.map(Size.init) else {
                throw input.misfit(shape, where: sizes)
            }
        }
        return sizes
    }

    /// This graph for given values of symbolic sizes, in all types and attributes. Sizes not named stay
    /// symbolic.
    ///
    /// Every op is asked for its result's type again, so that what could not be decided before is
    /// decided now.
    ///
    /// - Throws: ``NodeError`` for sizes that some op rejects, or a tensor that becomes too large.
    public func bound(to sizes: [String: Int]) throws(NodeError) -> Graph {
        for (name, size) in sizes.sorted(by: { $0.key < $1.key }) where size < 1 {
            throw .size(name, size)
        }
        var bound = self
        for index in nodes.indices {
            bound.nodes[index].type = nodes[index].type.bound(to: sizes)
            if case .operation(var operation) = nodes[index].content {
                operation.attributes = operation.attributes.bound(to: sizes)
                bound.nodes[index].content = .operation(operation)
            }
            do throws(OpError) {
                try bound.checkType(of: ValueID(index))
                try checkRepetition(of: ValueID(index), to: sizes)
            } catch {
                throw .op(error, at: nodes[index].place)
            }
        }
        return bound
    }

    /// Checks that an operation repeats no operand along a size that the model leaves open. Such a size may be bound to 1,
    /// and still means what it does for any other number.
    private func checkRepetition(of id: ValueID, to sizes: [String: Int]) throws(OpError) {
        guard let operation = self[id].operation else { return }
        for operand in operation.operands {
            var (small, large) = (self[operand].type, self[id].type)
            if operation.op == .sumTo {
                swap(&small, &large)
            } else if operation.op == .matmul {
                // The matrices meet by a rule of their own.
                small.shape.dimensions.removeLast(2)
                large.shape.dimensions.removeLast(2)
            } else if !operation.op.definition.isPointwise {
                continue
            }
            guard Broadcasting.repeatsOnlyOnes(of: small.shape, in: large.shape, boundTo: sizes) else {
                throw .repeatedSize(operation.op, expected: large.bound(to: sizes), found: small.bound(to: sizes))
            }
        }
    }

    /// Checks that a node's type is small enough and, for an operation, the one its op states.
    private func checkType(of id: ValueID) throws(OpError) {
        let node = self[id]
        try TensorLimits.check(node.type, isResult: node.operation != nil)
        guard let operation = node.operation else { return }
        let stated = try operation.op.definition
            .resultType(operation.operands.map { self[$0].type }, operation.attributes)
        guard stated == node.type else { throw .otherResult(operation.op, expected: node.type, found: stated) }
        try checkWork(of: operation, node.type)
    }

    /// Checks that what a convolution or one of its gradients multiplies can be counted.
    private func checkWork(of operation: Operation, _ result: TensorType) throws(OpError) {
        let filtersAndImages: (TensorType, TensorType)
        switch operation.op {
        case .conv2D: filtersAndImages = (self[operation.operands[1]].type, result)
        case .conv2DInputGradient: filtersAndImages = (self[operation.operands[1]].type, self[operation.operands[0]].type)
        case .conv2DFilterGradient: filtersAndImages = (result, self[operation.operands[1]].type)
        default: return
        }
        // Each pixel of the images meets each tap of the filters.
        let (filters, images) = filtersAndImages
        let sizes = images.shape.dimensions.dropLast().compactMap(\.constant) + filters.shape.dimensions.compactMap(\.constant)
        guard TensorLimits.isWithin(TensorLimits.convolutionOperationCount / 2, sizes) else {
            throw .tooMuchWork(operation.op, images)
        }
    }
}

extension Node {
    fileprivate func misfit(_ shape: [Int], where sizes: [String: Int] = [:]) -> NodeError {
        .shape(.input(name), type, where: sizes, found: shape, at: place)
    }
}

extension TensorType {
    /// The type with numbers for symbols.
    public func bound(to sizes: [String: Int]) -> TensorType {
        TensorType(element, Shape(shape.dimensions.map { $0.bound(to: sizes) }))
    }
}

extension Attributes {
    /// All symbols that the values depend on.
    var symbols: Set<String> {
        pairs.reduce(into: []) { symbols, pair in
            switch pair.value {
            case .size(let size): symbols.formUnion(size.symbols)
            case .sizes(let list): for size in list { symbols.formUnion(size.symbols) }
            case .float, .padding, .truth, .word, .table: break
            }
        }
    }

    /// The attributes with numbers for symbols.
    public func bound(to sizes: [String: Int]) -> Attributes {
        var bound = self
        for pair in pairs {
            switch pair.value {
            case .size(let size): bound[pair.name] = .size(size.bound(to: sizes))
            case .sizes(let list): bound[pair.name] = .sizes(list.map { $0.bound(to: sizes) })
            case .float, .padding, .truth, .word, .table: break
            }
        }
        return bound
    }
}
