/// What has ended for sure once a step, source or sink has.
struct Endings {
    private let numbers: WorkNumbers
    /// By number.
    private var rowCounts: [Int]
    private var ended: [WorkSet]

    init(_ instructions: [Instruction], _ numbers: WorkNumbers) {
        self.numbers = numbers
        rowCounts = Array(repeating: 0, count: numbers.count)
        ended = Array(repeating: WorkSet(), count: numbers.count)
        for instruction in instructions {
            let number = numbers[instruction.work]
            rowCounts[number] = max(rowCounts[number], instruction.rows.upperBound)
        }
    }

    func rowCount(of work: Instruction.Work) -> Int { rowCounts[numbers[work]] }

    /// Takes note of the dependencies of one instruction.
    mutating func note(_ dependencies: [RowDependency], of work: Instruction.Work) {
        let number = numbers[work]
        for dependency in dependencies {
            let other = numbers[dependency.work]
            guard other != number, dependency.rowCount >= rowCounts[other], !ended[number].contains(other) else { continue }
            ended[number].formUnion(ended[other])
            ended[number].insert(other)
        }
    }

    /// Whether some dependencies include another, by name or because one is on an end that comes after it.
    func implies(_ dependencies: [RowDependency], _ needed: RowDependency) -> Bool {
        dependencies.contains { dependency in
            if dependency.work == needed.work { return dependency.rowCount >= needed.rowCount }
            let number = numbers[dependency.work]
            return dependency.rowCount >= rowCounts[number] && ended[number].contains(numbers[needed.work])
        }
    }

    /// The dependencies of some on different work that do not follow from another of them.
    func withoutImplied(_ dependencies: [RowDependency]) -> [RowDependency] {
        guard dependencies.count > 1 else { return dependencies }
        let ends = dependencies.compactMap { dependency in
            let number = numbers[dependency.work]
            return dependency.rowCount >= rowCounts[number] && !ended[number].isEmpty ? number : nil
        }
        guard !ends.isEmpty else { return dependencies }
        return dependencies.filter { needed in
            let number = numbers[needed.work]
            return !ends.contains { $0 != number && ended[$0].contains(number) }
        }
    }
}
