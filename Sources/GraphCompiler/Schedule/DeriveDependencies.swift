import GraphIR

/// Notes on what each instruction depends, so that workers may run ahead in any order.
///
/// Requires: buffers with places. Ensures: `dependencies` of each instruction as ``dependencies(of:_:)`` says. Examples:
/// `Tests/Golden/Plan`.
func deriveDependencies(_ program: Program) -> Program {
    var program = program
    for (index, needed) in dependencies(of: program, program.preparation).enumerated() {
        program.preparation[index].dependencies = needed
    }
    for (index, needed) in dependencies(of: program, program.instructions).enumerated() {
        program.instructions[index].dependencies = needed
    }
    return program
}

/// Derives on what each instruction depends.
///
/// Every step, source and sink counts the rows that it has done. An instruction depends on
/// - the rows that it reads, of what writes them,
/// - in rolling buffers and for updates in place, the rows of readers and of its own step that use the
///   rows which it overwrites; where results take an operand's place one after the other, those of the last, which
///   depends on all before it,
/// - for a result in place of an operand, the rows of that one's other readers,
/// - in a buffer that lies where another of the same rows lay, the rows of all that used those which it overwrites,
/// - all rows of whatever else uses memory that one of its buffers takes over,
/// - for a source or sink, its own rows, which are handed over in order.
///
/// All of these come earlier in the list. Of dependencies on the end of a step, those that
/// follow from another are left out. Requires: buffers with places.
///
/// - Parameter instructions: the program's preparation or its run.
func dependencies(of program: Program, _ instructions: [Instruction]) -> [[RowDependency]] {
    let numbers = WorkNumbers(program)
    let accesses = BufferAccesses(program, instructions)
    var (predecessors, sameRows) = memoryPredecessors(program, instructions, accesses, numbers)
    var isReduced = Array(repeating: false, count: program.buffers.count)
    var history = AccessHistory(program, accesses, numbers)
    var endings = Endings(instructions, numbers)
    var needed = DependencyList(numbers)
    let steps = StepAccesses(program)
    var ownAccesses: [(buffer: Int, access: BufferAccesses.Access)] = []
    var dependencies: [[RowDependency]] = []
    dependencies.reserveCapacity(instructions.count)
    for (index, instruction) in instructions.enumerated() {
        needed.removeAll()
        ownAccesses.removeAll(keepingCapacity: true)
        steps.forEach(of: instruction, at: index) { ownAccesses.append(($0, $1)) }
        for (buffer, access) in ownAccesses {
            history.addConflicts(of: access, with: buffer, by: instruction.work, to: &needed)
            guard access.isWrite else { continue }
            if !isReduced[buffer] {
                // On what these depend is known by now: those that follow from others are left out once, not for
                // each instruction.
                isReduced[buffer] = true
                let ends = predecessors[buffer].map { RowDependency($0, rowCount: endings.rowCount(of: $0)) }
                predecessors[buffer] = endings.withoutImplied(ends).map(\.work)
            }
            if let earlier = sameRows[buffer] {
                history.addUsers(of: access.rows, of: earlier, by: instruction.work, to: &needed)
            }
            for work in predecessors[buffer] { needed.add(work, endings.rowCount(of: work)) }
        }
        if instruction.isStream, instruction.rows.lowerBound > 0 { needed.add(instruction.work, instruction.rows.lowerBound) }
        for (slot, (buffer, access)) in ownAccesses.enumerated() {
            history.append(access, of: instruction, slot: slot, to: buffer)
        }
        dependencies.append(endings.withoutImplied(needed.list).byKeyword)
        endings.note(dependencies[index], of: instruction.work)
    }
    return dependencies
}

extension Instruction {
    fileprivate var isStream: Bool {
        switch work {
        case .source, .sink: true
        case .step: false
        }
    }
}

extension [RowDependency] {
    /// In the order of the plan's text.
    fileprivate var byKeyword: [RowDependency] {
        guard count > 1 else { return self }
        return DependencyKeyword.allCases.flatMap { keyword in filter { DependencyKeyword($0.work) == keyword } }
    }
}
