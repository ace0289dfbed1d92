import GraphCompiler

/// The instructions of a list as workers read them, in memory that does not grow with a picture's height.
///
/// Turns repeat: most instructions of a tall picture are those of the turn before, some rows further on. One turn is kept
/// for all that equal it.
struct TaskTable {
    /// One instruction. Steps, sources and sinks are numbered in the order of their first instructions.
    struct Task {
        var firstRow: Int
        var rowCount: Int32
        /// The number of its step, source or sink, and its own among the instructions of that.
        var work: Int32, ordinal: Int32
        /// Where its dependencies begin; they end where those of the next begin.
        fileprivate var firstDependency: Int32
        /// In bands: where it lies in the work of its stretch of the list, from 0 to 1.
        fileprivate var share: Float = 0

        var rows: Range<Int> { firstRow..<firstRow + Int(rowCount) }
    }

    /// `count` instructions of a step, source or sink have ended.
    struct Dependency {
        var work: Int32
        var count: Int32
    }

    let count: Int
    let works: [Instruction.Work]
    /// Instructions of each step, source or sink.
    let taskCounts: [Int]
    /// Whether the list goes in turns, one for each band.
    private let isBanded: Bool
    /// Without the turns that equal the first of those that repeat; one more at the end has no dependencies.
    let tasks: [Task]
    private let dependencies: [Dependency]
    private let repetition: Repetition

    /// - Throws: when an instruction depends on what does not come before it, which no verified plan does.
    init(_ program: Program, _ instructions: [Instruction]) throws(RuntimeError) {
        var listing = Listing()
        for instruction in instructions {
            try listing.append(instruction, operationCount: program.operationCount(of: instruction))
        }
        count = instructions.count
        works = listing.works
        taskCounts = listing.rowsDone.map(\.count)
        isBanded = listing.turnCount > 1
        if isBanded { listing.shareStretches() }
        repetition = listing.repetition()
        (tasks, dependencies) = listing.kept(but: repetition)
    }

    subscript(index: Int) -> Task {
        let (place, turns) = repetition.place(of: index)
        var task = tasks[place]
        guard turns > 0 else { return task }
        let advance = repetition.advances[Int(task.work)]
        task.firstRow += turns * advance.rowCount
        task.ordinal += Int32(turns * advance.taskCount)
        return task
    }

    /// The worker in whose caches what an instruction reads should lie.
    ///
    /// Of whole images each step's rows are divided evenly, in order: the same part of the picture is one worker's in every
    /// step. In bands the steps are: a worker keeps to some, whose filters it reads once for all rows of a turn, and rows
    /// go to another worker only where its steps begin.
    func affinity(of index: Int, workerCount: Int) -> Int {
        let task = self[index]
        if isBanded { return min(workerCount - 1, Int(task.share * Float(workerCount))) }
        let taskCount = taskCounts[Int(task.work)]
        return Int(task.ordinal) * min(taskCount, workerCount) / taskCount
    }

    /// Whether all dependencies of an instruction are met.
    @inline(__always)
    func dependencies(of index: Int, allSatisfy isMet: (Dependency) -> Bool) -> Bool {
        let (place, turns) = repetition.place(of: index)
        for position in tasks[place].firstDependency..<tasks[place + 1].firstDependency {
            var dependency = dependencies[Int(position)]
            if turns > 0 { dependency.count += Int32(turns * repetition.advances[Int(dependency.work)].taskCount) }
            guard isMet(dependency) else { return false }
        }
        return true
    }
}

extension Instruction.Work {
    fileprivate var isSource: Bool { if case .source = self { true } else { false } }
}

/// Turns of a list that are equal but for rows and counts, which advance from one to the next. The affinities of the first are
/// those of all.
private struct Repetition {
    /// What one step, source or sink does in a turn.
    struct Advance {
        var rowCount = 0, taskCount = 0
    }

    /// The first instruction of the first of these turns, and instructions of each.
    var first = 0, period = 1
    var turnCount = 1
    var advances: [Advance] = []

    /// Instructions that need not be kept.
    var savedCount: Int { (turnCount - 1) * period }

    /// Where an instruction is kept, and how many turns it is ahead of what is kept there.
    @inline(__always)
    func place(of index: Int) -> (place: Int, turns: Int) {
        guard index >= first + period else { return (index, 0) }
        guard index < first + turnCount * period else { return (index - savedCount, 0) }
        let (turns, place) = (index - first).quotientAndRemainder(dividingBy: period)
        return (first + place, turns)
    }
}

/// A list's instructions one by one.
private struct Listing {
    private(set) var works: [Instruction.Work] = []
    /// Rows done after each instruction of a step, source or sink.
    private(set) var rowsDone: [[Int]] = []
    private var numbers: [Instruction.Work: Int] = [:]
    private var tasks: [TaskTable.Task] = []
    private var operationCounts: [Double] = []
    private var dependencies: [TaskTable.Dependency] = []

    /// Bands that sources come in; 1 where images are worked on whole.
    var turnCount: Int { zip(works, rowsDone).map { work, rowsDone in work.isSource ? rowsDone.count : 1 }.max() ?? 1 }

    mutating func append(_ instruction: Instruction, operationCount: Double) throws(RuntimeError) {
        let work = numbers[instruction.work] ?? works.count
        if work == works.count {
            numbers[instruction.work] = work
            works.append(instruction.work)
            rowsDone.append([])
        }
        guard let rowCount = Int32(exactly: instruction.rows.count) else {
            throw .tooManyRows(instruction.rows.count)
        }
        tasks.append(
            TaskTable.Task(
                firstRow: instruction.rows.lowerBound, rowCount: rowCount, work: Int32(work),
                ordinal: Int32(rowsDone[work].count), firstDependency: Int32(dependencies.count)))
        operationCounts.append(operationCount)
        for dependency in instruction.dependencies {
            guard let earlier = numbers[dependency.work], dependency.rowCount >= 1,
                dependency.rowCount <= rowsDone[earlier].last ?? 0
            else {
                throw .dependsOnLaterInstruction
            }
            dependencies.append(
                TaskTable.Dependency(
                    work: Int32(earlier), count: Int32(rowsDone[earlier].countOfInstructions(for: dependency.rowCount))))
        }
        rowsDone[work].append(instruction.rows.upperBound)
    }

    /// Places each task in the work of its stretch of the list, in the order of steps. A stretch is about as long as a turn.
    ///
    /// Turns overlap, and the first and last have work for few steps: a stretch is what workers do at about the same time.
    mutating func shareStretches() {
        let turnOperationCount = operationCounts.reduce(0, +) / Double(turnCount)
        var first = 0
        while first < tasks.count {
            var end = first, operationCount = 0.0
            while end < tasks.count, operationCount <= turnOperationCount {
                operationCount += operationCounts[end]
                end += 1
            }
            var before = 0.0
            for index in (first..<end).sorted(by: { (tasks[$0].work, $0) < (tasks[$1].work, $1) }) {
                tasks[index].share = Float((before + operationCounts[index] / 2) / operationCount)
                before += operationCounts[index]
            }
            first = end
        }
    }

    /// The turns around the middle that repeat: a turn is as long as it is to one of the next instructions of the
    /// same step.
    func repetition() -> Repetition {
        let middle = tasks.count / 2
        let next = tasks.indices.dropFirst(middle + 1).lazy.filter { tasks[$0].work == tasks[middle].work }
        let candidates = next.prefix(16).map { repetition(around: middle, period: $0 - middle) }
        return candidates.max { $0.savedCount < $1.savedCount } ?? Repetition()
    }

    private func repetition(around middle: Int, period: Int) -> Repetition {
        var advances = Array(repeating: Repetition.Advance(), count: works.count)
        for task in tasks[middle..<middle + period] {
            advances[Int(task.work)].rowCount += Int(task.rowCount)
            advances[Int(task.work)].taskCount += 1
        }
        var first = middle, end = middle
        while end + period < tasks.count, isRepeated(end, after: period, advances) { end += 1 }
        while first > 0, isRepeated(first - 1, after: period, advances) { first -= 1 }
        return Repetition(
            first: first, period: period, turnCount: (end - first) / period + 1, advances: advances)
    }

    private func isRepeated(_ index: Int, after period: Int, _ advances: [Repetition.Advance]) -> Bool {
        let task = tasks[index], other = tasks[index + period], advance = advances[Int(task.work)]
        let taskDependencies = dependencies(of: index), otherDependencies = dependencies(of: index + period)
        return other.work == task.work && other.rowCount == task.rowCount
            && other.firstRow == task.firstRow + advance.rowCount && Int(other.ordinal) == Int(task.ordinal) + advance.taskCount
            && otherDependencies.count == taskDependencies.count
            && zip(taskDependencies, otherDependencies).allSatisfy { dependency, otherDependency in
                otherDependency.work == dependency.work
                    && Int(otherDependency.count) == Int(dependency.count) + advances[Int(dependency.work)].taskCount
            }
    }

    private func dependencies(of index: Int) -> ArraySlice<TaskTable.Dependency> {
        let end = index + 1 < tasks.count ? Int(tasks[index + 1].firstDependency) : dependencies.count
        return dependencies[Int(tasks[index].firstDependency)..<end]
    }

    func kept(but repetition: Repetition) -> ([TaskTable.Task], [TaskTable.Dependency]) {
        var keptTasks: [TaskTable.Task] = [], keptDependencies: [TaskTable.Dependency] = []
        keptTasks.reserveCapacity(tasks.count - repetition.savedCount + 1)
        let repeated = repetition.first + repetition.period..<repetition.first + repetition.turnCount * repetition.period
        for index in tasks.indices where !repeated.contains(index) {
            var task = tasks[index]
            task.firstDependency = Int32(keptDependencies.count)
            keptTasks.append(task)
            keptDependencies += dependencies(of: index)
        }
        keptTasks.append(
            TaskTable.Task(firstRow: 0, rowCount: 0, work: 0, ordinal: 0, firstDependency: Int32(keptDependencies.count)))
        return (keptTasks, keptDependencies)
    }
}

extension [Int] {
    /// How many instructions, of those that have done so many rows one after the other, make a row count.
    fileprivate func countOfInstructions(for rowCount: Int) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < rowCount { low = middle + 1 } else { high = middle }
        }
        return low + 1
    }
}
