import GraphCompiler
import Synchronization

/// What programs compute from weights alone, such as transformed filters. It belongs to all sessions whose programs prepare
/// the same, and goes with the last of them; the ``ParameterStore`` only knows it.
final class PreparedValues: Sendable {
    /// nil for what no other session can share.
    let key: PreparationKey?
    let memory: AlignedMemory
    /// The change of the weights since which the values are there.
    private let generation = Mutex<Int?>(nil)

    init(_ key: PreparationKey?, byteCount: Int) throws(RuntimeError) {
        self.key = key
        memory = try AlignedMemory(byteCount: byteCount, inHugePages: true)
    }

    /// Computes the values, unless a session has done so since the weights changed. Who comes while another computes them
    /// waits.
    func prepare(for current: Int, _ compute: () throws(RuntimeError) -> Void) throws(RuntimeError) {
        try generation.withLock { (generation) throws(RuntimeError) in
            guard generation != current else { return }
            try compute()
            generation = current
        }
    }
}

/// The prepared values that sessions hold at present.
struct PreparedValuesTable {
    private struct Entry {
        weak var values: PreparedValues?
    }

    private var entries: [PreparationKey: Entry] = [:]

    /// - Parameter key: nil for values that no other session can share.
    mutating func values(_ key: PreparationKey?, byteCount: Int) throws(RuntimeError) -> PreparedValues {
        if let key, let known = entries[key]?.values { return known }
        entries = entries.filter { $0.value.values != nil }
        let values = try PreparedValues(key, byteCount: byteCount)
        if let key { entries[key] = Entry(values: values) }
        return values
    }
}
