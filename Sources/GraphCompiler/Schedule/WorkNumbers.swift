/// Steps, sources and sinks of a program numbered from 0.
struct WorkNumbers {
    let count: Int
    /// Those of sources, by buffer.
    private let sourceNumbers: [Int]
    /// Those of sinks come before.
    private let firstStep: Int

    init(_ program: Program) {
        firstStep = program.graph.outputs.count
        var count = firstStep + program.steps.count
        var sourceNumbers = Array(repeating: -1, count: program.buffers.count)
        for instruction in program.instructions {
            guard case .source(let buffer) = instruction.work, sourceNumbers[buffer.index] < 0 else { continue }
            sourceNumbers[buffer.index] = count
            count += 1
        }
        self.sourceNumbers = sourceNumbers
        self.count = count
    }

    subscript(work: Instruction.Work) -> Int {
        switch work {
        case .step(let step): firstStep + step
        case .source(let buffer): sourceNumbers[buffer.index]
        case .sink(let output, _): output
        }
    }
}

/// Some of these numbers, a bit for each.
struct WorkSet {
    private var words: [UInt64] = []

    var isEmpty: Bool { words.isEmpty }

    func contains(_ number: Int) -> Bool {
        let word = number >> 6
        return word < words.count && words[word] & 1 << UInt64(number & 63) != 0
    }

    mutating func insert(_ number: Int) {
        lengthen(to: number >> 6 + 1)
        words[number >> 6] |= 1 << UInt64(number & 63)
    }

    mutating func formUnion(_ other: WorkSet) {
        lengthen(to: other.words.count)
        for word in other.words.indices { words[word] |= other.words[word] }
    }

    private mutating func lengthen(to wordCount: Int) {
        if words.count < wordCount { words += Array(repeating: 0, count: wordCount - words.count) }
    }
}
