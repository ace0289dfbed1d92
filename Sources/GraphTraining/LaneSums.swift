import GraphBasics
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime
import Synchronization

/// Runs a rank's lanes and sums what they hand over: over a binary tree whose leaves are the lanes in order, so that ranks
/// which have a part of the lanes each sum a part of the same tree.
///
/// The lanes are divided among teams of threads, each with neighbours, a subtree. Teams wait for nobody until their sums
/// are added, where threads that share each lane would wait for one another at the end of each step of its program, and each
/// would read all packed filters for half as many pictures. Whoever is done first helps those that are not.
final class LaneSums: @unchecked Sendable {
    private let teams: [LaneTeam]
    /// Prepares on all threads what the programs of several teams read; nil where there is one, which does it itself.
    private let preparing: Session?
    private let laneCount: Int

    /// - Parameters:
    ///   - laneCount: a power of two.
    ///   - threadCount: of all teams.
    /// - Throws: when there are no threads to be had, or memory is short.
    init(
        _ model: Model, _ program: Program, _ inputs: TrainingInputs, _ extras: TrainingExtras, _ layout: LaneLayout,
        laneCount: Int, threadCount: Int
    ) throws(TrainingError) {
        self.laneCount = laneCount
        let teamCount = Self.teamCount(laneCount: laneCount, threadCount: threadCount)
        func session(threadCount: Int, guestCount: Int = 0) throws(RuntimeError) -> Session {
            try Session(
                program, parameters: model.parameters,
                in: Workspace(threadCount: threadCount, guestCount: guestCount, spareByteCount: 0))
        }
        preparing = try teamCount == 1 ? nil : asTrainingError { try session(threadCount: threadCount) }
        teams = try asTrainingError {
            try (0..<teamCount).map { team in
                let threads = threadCount / teamCount + (team < threadCount % teamCount ? 1 : 0)
                let lanes = laneCount / teamCount * team..<laneCount / teamCount * (team + 1)
                return try LaneTeam(session(threadCount: threads, guestCount: teamCount - 1), inputs, extras, layout, lanes)
            }
        }
    }

    /// As many teams as there are threads, or lanes: the largest power of two that is at most either.
    private static func teamCount(laneCount: Int, threadCount: Int) -> Int {
        let most = max(1, min(laneCount, threadCount))
        return 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    }

    /// - Returns: the sum over all lanes of a batch, which is there until the next run.
    func run(on batch: Batch) throws(TrainingError) -> UnsafeMutableBufferPointer<Float> {
        try asTrainingError { try preparing?.prepare() }
        for team in teams { team.state.store(.waiting, ordering: .relaxed) }
        _ = try parallelMap(teams.count, threadCount: teams.count, tool: { () throws(TrainingError) in }) {
            (_, team) throws(TrainingError) in
            try self.teams[team].run(on: batch, laneCount: self.laneCount)
            // The teams behind this one in a ring, so that no two threads come to one as guests of the same number.
            for guest in 0..<self.teams.count - 1 {
                self.teams[(team + 1 + guest) % self.teams.count].assist(asGuest: guest)
            }
        }
        _ = parallelMap(teams.count, threadCount: teams.count, tool: {}) { _, part in
            let count = self.teams[0].sum.count
            self.addTeams(count * part / self.teams.count..<count * (part + 1) / self.teams.count)
        }
        return teams[0].sum
    }

    /// Adds some of the numbers of all teams to those of the first.
    private func addTeams(_ range: Range<Int>) {
        var distance = 1
        while distance < teams.count {
            for team in stride(from: 0, to: teams.count, by: 2 * distance) {
                UnsafeMutableBufferPointer(rebasing: teams[team].sum[range])
                    .add(UnsafeMutableBufferPointer(rebasing: teams[team + distance].sum[range]))
            }
            distance *= 2
        }
    }
}

/// Some threads, and the lanes that they run one after the other.
private final class LaneTeam {
    private let session: Session
    private let inputs: TrainingInputs
    private let layout: LaneLayout
    private let lanes: Range<Int>
    let state = Atomic<State>(.waiting)
    private let sources: BatchSources
    /// As many as are held at a time: a sum for each level of the tree but that of single lanes, every second of which is added
    /// as it comes. The first holds the sum of all behind a run.
    private let partialSums: [PartialSum]

    enum State: UInt8, AtomicRepresentable {
        case waiting, running, done
    }

    private struct PartialSum {
        let vector: FloatVector
        /// For all that a lane hands over but measures: they put it here, or add it to what is here.
        let sinks: [String: any RowSink], addingSinks: [String: any RowSink]

        init(_ layout: LaneLayout) throws(RuntimeError) {
            let vector = try FloatVector(count: layout.count)
            func sinks(adding adds: Bool) -> [String: any RowSink] {
                Dictionary(
                    uniqueKeysWithValues: (layout.gradients + layout.states).map { part in
                        (part.output, vector.sink(at: part.range.lowerBound, count: part.range.count, adds: adds))
                    })
            }
            self.vector = vector
            self.sinks = sinks(adding: false)
            addingSinks = sinks(adding: true)
        }
    }

    /// - Parameter lanes: a power of two.
    init(
        _ session: Session, _ inputs: TrainingInputs, _ extras: TrainingExtras, _ layout: LaneLayout, _ lanes: Range<Int>
    ) throws(RuntimeError) {
        self.session = session
        sources = BatchSources(inputs, extras, of: session.program.graph)
        for (name, number) in inputs.scalars(of: extras) { try session.setScalar(name, number) }
        self.inputs = inputs
        self.layout = layout
        self.lanes = lanes
        partialSums = try (0..<max(1, lanes.count.trailingZeroBitCount)).map { _ throws(RuntimeError) in try PartialSum(layout) }
    }

    /// The sum over the team's lanes, behind a run.
    var sum: UnsafeMutableBufferPointer<Float> { partialSums[0].vector.values }

    func run(on batch: Batch, laneCount: Int) throws(TrainingError) {
        state.store(.running, ordering: .releasing)
        defer { state.store(.done, ordering: .releasing) }
        // The lanes in each partial sum that is held: each half as many as the one before, or the same for an instant.
        var held: [Int] = []
        for lane in lanes {
            let batch = batch.lane(lane, of: laneCount)
            if held.last == 1 {
                try run(batch, into: partialSums[held.count - 1], adding: true)
                held[held.count - 1] = 2
            } else {
                try run(batch, into: partialSums[held.count], adding: false)
                held.append(1)
            }
            while held.count > 1, held[held.count - 1] == held[held.count - 2] {
                let count = held.removeLast()
                partialSums[held.count - 1].vector.values.add(partialSums[held.count].vector.values)
                held[held.count - 1] += count
            }
        }
    }

    private func run(_ batch: Batch, into sum: PartialSum, adding adds: Bool) throws(TrainingError) {
        sources.take(batch)
        try asTrainingError {
            try session.bind(inputs: sources.rows, outputs: adds ? sum.addingSinks : sum.sinks)
            try session.run()
        }
        for (place, measure) in zip(layout.measures, inputs.measures) {
            let number = session.measure(measure.name) ?? .nan
            sum.vector.values[place] = adds ? sum.vector.values[place] + number : number
        }
    }

    /// Takes part in the team's lanes until they are done; not where they have not begun, since it may be the caller who is
    /// to begin them.
    func assist(asGuest guest: Int) {
        guard state.load(ordering: .acquiring) == .running else { return }
        session.assist(asGuest: guest) { state.load(ordering: .acquiring) == .done }
    }
}

extension Batch {
    /// One of several equal parts.
    func lane(_ lane: Int, of count: Int) -> Batch {
        func part<Element>(_ elements: [Element]) -> [Element] {
            let length = elements.count / count
            return Array(elements[lane * length..<(lane + 1) * length])
        }
        return Batch(
            reduced: part(reduced), truth: part(truth), extras: extras.mapValues(part), noiseDeviations: part(noiseDeviations))
    }
}
