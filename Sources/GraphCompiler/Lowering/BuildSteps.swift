import GraphBasics
import GraphIR
import GraphKernelInterface

/// Makes steps on buffers of groups with chosen kernels.
///
/// Requires: a bound graph whose groups name their kernels. Ensures: each group is one step, in order;
/// what a kernel wants made first, such as a packed filter, has a step directly before; a step that
/// depends on weights alone is marked as preparation, unless the entry updates weights. Every value
/// that exists in memory has a buffer. Schedules nothing and gives nothing a place.
func buildSteps(_ graph: Graph, _ context: PassContext) throws(ProgramError) -> Program {
    try buildSteps(graph, role: context.role, instructionSet: context.instructionSet)
}

/// As a reader of a plan does, which knows no more of what the plan was made for.
func buildSteps(_ graph: Graph, role: Role, instructionSet: InstructionSet) throws(ProgramError) -> Program {
    var construction = StepConstruction(graph, role: role, instructionSet: instructionSet)
    for output in graph.outputs where graph.constant(output.value) != nil {
        throw .unbuildable(.constant(for: .output(output.name)))
    }
    for update in graph.updates where graph.constant(update.value) != nil {
        throw .unbuildable(.constant(for: .target(graph[update.target].name)))
    }
    for index in graph.groups.indices { try construction.addSteps(for: index) }
    try construction.checkResults()
    return construction.program
}

private struct StepConstruction {
    var program: Program
    let uses: Uses
    let graph: Graph
    var bufferOf: [ValueID: BufferID] = [:]
    /// Values whose kernels run during preparation.
    var isPrepared: Set<ValueID> = []
    let preparesWeights: Bool

    /// Multiplications and additions in one task: about a tenth of a millisecond on one core.
    static let operationsPerTask = 8_000_000

    /// Tasks of a step, at most: enough for any number of threads, and few enough to list.
    static let mostTasks = 4096

    init(_ graph: Graph, role: Role, instructionSet: InstructionSet) {
        self.graph = graph
        uses = Uses(of: graph)
        preparesWeights = graph.updates.isEmpty
        program = Program(
            role: role, graph: graph, instructionSet: instructionSet, steps: [], buffers: [], preparation: [],
            instructions: [], arenaByteCount: 0, preparedByteCount: 0)
        for id in graph.ids {
            switch graph[id].content {
            case .weight(let path, _), .state(let path, _): addBuffer(id, .parameter(path: path))
            case .scalar: addBuffer(id, .scalar)
            case .input: addBuffer(id, .arena(offset: 0))
            case .constant, .operation: break
            }
        }
    }

    @discardableResult
    private mutating func addBuffer(_ id: ValueID, _ storage: Buffer.Storage) -> BufferID {
        let rows = RowLayout(graph.boundShape(id), graph[id].type.element)
        let buffer = append(
            Buffer(name: graph[id].name, role: .value(id), storage: storage, rows: rows, rowCapacity: rows.rowCount))
        bufferOf[id] = buffer
        return buffer
    }

    private mutating func append(_ buffer: Buffer) -> BufferID {
        program.buffers.append(buffer)
        return BufferID(index: program.buffers.count - 1)
    }

    mutating func addSteps(for index: Int) throws(ProgramError) {
        let group = graph.groups[index]
        let analysis = GroupAnalysis(group, in: graph, uses)
        guard let kernel = group.kernel, let lowering = KernelTable.lower(analysis, kernel: kernel) else {
            throw .unbuildable(.misfit(group.kernel, step: group.name))
        }
        let isPreparation = preparesWeights && lowering.inputs.allSatisfy(isKnownBeforeRuns)
        if isPreparation { isPrepared.formUnion(lowering.results) }

        var inputs: [StepInput] = []
        for input in lowering.inputs {
            switch input {
            case .value(let id):
                guard let buffer = bufferOf[id] else { throw .unbuildable(.withoutBuffer(graph[id].name)) }
                let chains = lowering.isWhole ? nil : rowChains(from: lowering.results, to: id, in: group)
                inputs.append(chains.map { StepInput(buffer: buffer, rowChains: $0) } ?? .whole(buffer))
            case .made(let auxiliary):
                inputs.append(.whole(try add(auxiliary, lowering.geometry, for: index)))
            }
        }
        let outputs = lowering.results.indices.map { position in
            let result = lowering.results[position]
            return inPlaceTarget(of: result, at: position, lowering, kernel: kernel, group: index)
                ?? addBuffer(result, isPreparation ? .prepared(offset: 0) : .arena(offset: 0))
        }
        for (result, buffer) in zip(lowering.results, outputs) { bufferOf[result] = buffer }

        let shape = graph.boundShape(lowering.results[0])
        let rowCount = program[buffer: outputs[0]].rows.rowCount
        guard lowering.isWhole || outputs.allSatisfy({ program[buffer: $0].rows.rowCount == rowCount }) else {
            throw .unbuildable(.unequalHeights(step: group.name))
        }
        let rowUnit = lowering.isWhole ? rowCount : lowering.rowUnit
        let unitsPerTask = max(
            lowering.leastRowsPerTask.ceilingDivided(by: rowUnit),
            Self.operationsPerTask / max(1, lowering.operationsPerRow * rowUnit),
            (rowCount / rowUnit).ceilingDivided(by: Self.mostTasks))
        program.steps.append(
            Step(
                name: group.name, kernel: kernel, group: index, inputs: inputs, outputs: outputs,
                geometry: lowering.geometry, prologue: lowering.prologue, epilogue: lowering.epilogue,
                prologueFirstInput: lowering.prologueFirstInput, epilogueFirstInput: lowering.epilogueFirstInput,
                rowCount: rowCount, imageHeight: lowering.isWhole ? rowCount : ImageShape(shape).height, rowUnit: rowUnit,
                rowsPerTask: min(rowCount, unitsPerTask * rowUnit), operationsPerRow: lowering.operationsPerRow,
                scratchByteCount: lowering.scratchByteCount, isPreparation: isPreparation))
    }

    private func isKnownBeforeRuns(_ input: Lowering.Input) -> Bool {
        switch input {
        case .value(let id): isKnownBeforeRuns(id)
        case .made(let auxiliary): auxiliary.sources.allSatisfy(isKnownBeforeRuns)
        }
    }

    private func isKnownBeforeRuns(_ id: ValueID) -> Bool {
        switch graph[id].content {
        case .weight, .state: true
        case .input, .scalar, .constant, .operation: isPrepared.contains(id)
        }
    }

    /// - Returns: the buffer of what the step makes.
    private mutating func add(
        _ auxiliary: AuxiliaryStep, _ geometry: StepGeometry, for index: Int
    ) throws(ProgramError) -> BufferID {
        let group = graph.groups[index]
        let sources = try auxiliary.sources.map { source throws(ProgramError) in
            switch source {
            case .value(let id):
                guard let buffer = bufferOf[id] else { throw .unbuildable(.withoutBuffer(graph[id].name)) }
                return StepInput.whole(buffer)
            case .made(let other):
                return .whole(try add(other, geometry, for: index))
            }
        }
        let isPreparation = preparesWeights && auxiliary.sources.allSatisfy(isKnownBeforeRuns)
        let rows = RowLayout(
            rowCount: auxiliary.rowCount, rowElementCount: auxiliary.rowElementCount, element: .f32)
        let result = append(
            Buffer(
                name: "\(group.name)_\(auxiliary.resultSuffix)", role: auxiliary.role,
                storage: isPreparation ? .prepared(offset: 0) : .arena(offset: 0), rows: rows,
                rowCapacity: rows.rowCount))
        program.steps.append(
            Step(
                name: "\(group.name)_\(auxiliary.suffix)", kernel: auxiliary.kernel, group: index,
                inputs: sources, outputs: [result], geometry: auxiliary.stepGeometry(serving: geometry), prologue: nil,
                epilogue: nil, prologueFirstInput: 0, epilogueFirstInput: 0, rowCount: rows.rowCount,
                imageHeight: rows.rowCount, rowUnit: 1, rowsPerTask: auxiliary.rowsPerTask,
                operationsPerRow: max(auxiliary.operationsPerRow, rows.rowByteCount),
                scratchByteCount: auxiliary.scratchByteCount,
                isPreparation: isPreparation))
        return result
    }

    /// The weight or state that a result may overwrite as it is made: a pointwise kernel reads each
    /// element before it writes it, nothing else takes the old value, and no later group reads it.
    ///
    /// That is known from the graph alone, and the result has no buffer of its own; a result that lies over an operand has
    /// one, and depends on the order of instructions (``chooseInPlaceResults(_:)``).
    private func inPlaceTarget(
        of result: ValueID, at position: Int, _ lowering: Lowering, kernel: KernelName, group index: Int
    ) -> BufferID? {
        guard kernel == .pointwise, !graph.outputs.contains(where: { $0.value == result }),
            !graph.measures.contains(where: { $0.value == result })
        else { return nil }
        let targets = graph.updates.filter { $0.value == result }.map(\.target)
        guard targets.count == 1, let target = targets.first, !uses.isRoot(target) else { return nil }
        // An operand handed on as it is may be what another result of the same step overwrites.
        guard let code = lowering.epilogue, Int(code.results[position].value) >= code.operands.count else { return nil }
        let lastMember = graph.groups[index].members[graph.groups[index].members.count - 1]
        guard uses.readers(of: target).allSatisfy({ $0 <= lastMember }) else { return nil }
        return bufferOf[target]
    }

    /// What the caller takes, and what updates assign, lies in memory.
    func checkResults() throws(ProgramError) {
        for output in graph.outputs where bufferOf[output.value] == nil {
            throw .unbuildable(.unmade(for: .output(output.name)))
        }
        for update in graph.updates where bufferOf[update.value] == nil {
            throw .unbuildable(.unmade(for: .target(graph[update.target].name)))
        }
    }

    // MARK: Row maps

    /// All paths from a group's results back to one of its operands; nil when the whole operand is needed.
    private func rowChains(from results: [ValueID], to operand: ValueID, in group: Group) -> [RowChain]? {
        let inside = Set(group.members)
        var complete: Set<RowChain> = []
        var open: [ValueID: Set<RowChain>] = [:]
        for result in results { open[result] = [RowChain(links: [])] }
        for member in group.members.reversed() {
            guard let chains = open[member], let operation = graph[member].operation else { continue }
            let shapes = BoundShapes(
                operands: operation.operands.map(graph.boundShape), result: graph.boundShape(member))
            for (position, source) in operation.operands.enumerated() {
                guard inside.contains(source) || source == operand else { continue }
                let map = operation.op.definition.rowMap(operand: position, shapes, operation.attributes)
                let height = ImageShape(shapes.operands[position]).height
                for chain in chains {
                    // Rows that map to themselves add nothing to a chain.
                    let isTrivial = map == .identity && height == ImageShape(shapes.result).height
                    let longer = isTrivial ? chain : RowChain(links: chain.links + [RowLink(map: map, operandHeight: height)])
                    if source == operand { complete.insert(longer) } else { open[source, default: []].insert(longer) }
                }
            }
        }
        guard !complete.isEmpty, !complete.contains(where: { $0.links.contains { $0.map == .all } }) else { return nil }
        return complete.sorted { "\($0)" < "\($1)" }
    }
}
