import GraphBasics

/// How long a program's steps take in bands of so many rows, by what is known when it is compiled.
///
/// A step takes as long as its arithmetic, or as what it reads and writes behind the caches, whichever is longer. A value
/// lies in the caches where little is written between the step that makes its rows and the one that reads them: in a turn of
/// narrow bands. Each turn in turn reads all filters again and has instructions of its own. So bands shorten networks whose
/// steps do little with much, as 1×1 and depthwise convolutions, and no others. The constants were chosen so that plans
/// measured on two processors (Zen 4 and Zen 5) come out in their order; the estimate is a function of the shape alone. It
/// compares plans of one program, and is no prediction.
///
/// Measured, one thread, AVX-512, milliseconds of `Tests/Networks/mobile.graph` on 128×128 pixels: 28.4 whole, in bands of
/// 32 rows 23.7, of 16 rows 21.0, of 8 rows 19.6, of 4 rows 19.8; of EDSR 140.3, 141.1, 143.7, 146.3, 149.3.
struct BandCost {
    /// What the second-level cache of one processor holds.
    private static let cacheByteCount = 1024.0 * 1024
    /// Operations, as ``Step/operationsPerRow`` counts them, and bytes from behind that cache in a second.
    private static let operationsPerSecond = 150e9
    private static let bytesPerSecond = 10e9
    /// Filters are read in one piece, ahead of their use.
    private static let filterBytesPerSecond = 40e9
    private static let secondsPerInstruction = 1e-6

    /// A buffer that a step reads once another has made it.
    private struct Reading {
        /// In ``steps``, or before all of them.
        var writer: Int
        var reader: Int
        var byteCount: Double
        /// Whether the reader begins when the last row is made, whatever the bands.
        var isBehindAll: Bool
    }

    private let inputRowCount: Int
    private let pace: (Int) -> Pace?
    private let steps: [Step]
    /// Bytes that each step writes, and those of the filters that it reads.
    private let writtenByteCounts: [Double]
    private let filterByteCount: Double
    private let readings: [Reading]

    init(_ program: Program) {
        inputRowCount = program.inputRowCount
        pace = { Pace(program, bandRows: $0) }
        steps = program.steps.filter { !$0.isPreparation }
        writtenByteCounts = steps.map { step in
            step.outputs.reduce(0) { $0 + program[buffer: $1].wholeByteCount }
        }
        var readings: [Reading] = []
        var filterByteCount = 0.0
        var writerOf: [BufferID: Int] = [:]
        // Steps behind the same sums over whole pictures.
        var waves: [Int] = []
        for (index, step) in steps.enumerated() {
            var wave = 0
            var read: [(buffer: BufferID, writer: Int)] = []
            for input in step.inputs {
                let buffer = program[buffer: input.buffer]
                guard buffer.isInArena, buffer.holdsValue else {
                    filterByteCount += buffer.wholeByteCount
                    continue
                }
                let writer = writerOf[input.buffer] ?? -1
                let readsAll = input.rowChains.contains { $0.links.contains { $0.map == .all } }
                if writer >= 0 { wave = max(wave, waves[writer] + (readsAll && buffer.rows.rowCount > 1 ? 1 : 0)) }
                read.append((input.buffer, writer))
            }
            waves.append(wave)
            for (buffer, writer) in read {
                readings.append(
                    Reading(
                        writer: writer, reader: index, byteCount: program[buffer: buffer].wholeByteCount,
                        isBehindAll: wave > (writer < 0 ? 0 : waves[writer])))
            }
            for output in step.outputs { writerOf[output] = index }
        }
        self.readings = readings
        self.filterByteCount = filterByteCount
    }

    /// - Parameter bandRows: nil for whole images.
    func seconds(bandRows: Int?) -> Double {
        let pace = bandRows.flatMap(pace)
        let turnCount = pace == nil ? 1 : inputRowCount.ceilingDivided(by: bandRows ?? inputRowCount)
        let rowCounts = steps.map { step in
            min(step.rowCount, (pace?.rows(of: step.rowCount) ?? step.rowCount).roundedUp(to: step.rowUnit))
        }
        // Bytes written before each step, in a turn and whole.
        var inTurn = [0.0], inAll = [0.0]
        for (index, step) in steps.enumerated() {
            inTurn.append(inTurn[index] + writtenByteCounts[index] * Double(rowCounts[index]) / Double(step.rowCount))
            inAll.append(inAll[index] + writtenByteCounts[index])
        }
        var farByteCounts = Array(repeating: 0.0, count: steps.count), farShares = farByteCounts
        for reading in readings {
            let written = reading.isBehindAll ? inAll : inTurn
            let share = Self.farShare(written[reading.reader + 1] - written[max(0, reading.writer)])
            farByteCounts[reading.reader] += share * reading.byteCount
            if reading.writer >= 0 { farShares[reading.writer] = max(farShares[reading.writer], share) }
        }
        var seconds = Double(turnCount) * filterByteCount / Self.filterBytesPerSecond
        for (index, step) in steps.enumerated() {
            let arithmetic = Double(step.rowCount) * Double(step.operationsPerRow) / Self.operationsPerSecond
            let memory = (farByteCounts[index] + farShares[index] * writtenByteCounts[index]) / Self.bytesPerSecond
            let turns = step.rowCount.ceilingDivided(by: rowCounts[index])
            let tasks = turns * rowCounts[index].ceilingDivided(by: step.rowsPerTask)
            seconds += max(arithmetic, memory) + Double(tasks) * Self.secondsPerInstruction
        }
        return seconds
    }

    /// How much of a value has left the cache when so many bytes were written since its rows were made.
    private static func farShare(_ byteCount: Double) -> Double { max(0, 1 - cacheByteCount / max(1, byteCount)) }
}

extension Buffer {
    /// Bytes of all rows, whether they exist at one time or not.
    fileprivate var wholeByteCount: Double { Double(rows.rowCount) * Double(rowByteStride) }
}
