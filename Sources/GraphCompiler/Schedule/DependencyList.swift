/// The furthest count of each that is depended on, in the order of first mention.
struct DependencyList {
    private(set) var list: [RowDependency] = []
    private let numbers: WorkNumbers
    /// Places in the list, by number; negative for what is not in it.
    private var places: [Int]

    init(_ numbers: WorkNumbers) {
        self.numbers = numbers
        places = Array(repeating: -1, count: numbers.count)
    }

    mutating func removeAll() {
        for dependency in list { places[numbers[dependency.work]] = -1 }
        list.removeAll(keepingCapacity: true)
    }

    mutating func add(_ work: Instruction.Work, _ rowCount: Int) {
        let number = numbers[work]
        if places[number] >= 0 {
            list[places[number]].rowCount = max(list[places[number]].rowCount, rowCount)
        } else {
            places[number] = list.count
            list.append(RowDependency(work, rowCount: rowCount))
        }
    }
}
