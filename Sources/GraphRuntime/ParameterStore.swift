import GraphBasics
import GraphIR
import GraphKernelInterface
import Synchronization

/// The weights of a model and the state that training keeps, by path: one owner for both, shared by
/// every session that runs on them.
///
/// Values lie in blocks of memory that never move, each tensor on a cache line. Sessions read and, in training,
/// write them in place; a caller changes them, and adds to them, between runs only.
public final class ParameterStore: @unchecked Sendable {
    /// A weight or state, without its values.
    public struct Tensor: Hashable, Sendable {
        /// Its path in the graph.
        public var path: String
        /// Its sizes; none for a scalar.
        public var shape: [Int]
        /// How it begins.
        public var initializer: Initializer
        /// A weight, or a state that is kept beside the weights: the graph's own, or training's.
        public var isState: Bool

        /// Whether it is a state that differentiation adds, and no graph declares.
        public var isTrainingState: Bool { isState && TrainingStates.contain(path) }

        /// How many numbers it holds.
        public var elementCount: Int { shape.reduce(1, *) }
    }

    /// Sorted by path.
    public private(set) var tensors: [Tensor] = []
    /// Counts changes, so that sessions know when what they prepared from weights is stale.
    public private(set) var generation = 0

    private var blocks: [AlignedMemory] = []
    private var addresses: [String: UnsafeMutableRawPointer] = [:]
    private var indices: [String: Int] = [:]
    private let prepared = Mutex(PreparedValuesTable())

    /// Room for every weight and state of some graphs, all zero.
    ///
    /// - Throws: when two graphs give one path different shapes, or memory runs out.
    public init(for graphs: [Graph]) throws(RuntimeError) { try add(graphs) }

    /// Makes room for the weights and states of graphs that have none yet, zero; others stay as they are.
    ///
    /// - Throws: when two graphs give one path different shapes, or memory runs out.
    public func add(_ graphs: [Graph]) throws(RuntimeError) {
        var known = Dictionary(uniqueKeysWithValues: tensors.map { ($0.path, $0) })
        for node in graphs.flatMap(\.nodes) {
            let tensor: Tensor
            guard let shape = node.type.shape.constant else { continue }
            switch node.content {
            case .weight(let path, let initializer):
                tensor = Tensor(path: path, shape: shape, initializer: initializer, isState: false)
            case .state(let path, let initializer):
                tensor = Tensor(path: path, shape: shape, initializer: initializer, isState: true)
            default:
                continue
            }
            if let other = known.updateValue(tensor, forKey: tensor.path), other != tensor {
                throw .unequalShapes(path: tensor.path, other.shape, tensor.shape)
            }
        }
        guard known.count > tensors.count else { return }
        let sorted = known.values.sorted { $0.path < $1.path }
        let added = sorted.filter { addresses[$0.path] == nil }
        func byteCount(_ tensor: Tensor) -> Int { (tensor.elementCount * 4).roundedUp(to: 64) }
        let block = try AlignedMemory(byteCount: added.reduce(0) { $0 + byteCount($1) })
        blocks.append(block)
        var place = block.base
        for tensor in added {
            addresses[tensor.path] = place
            place += byteCount(tensor)
        }
        tensors = sorted
        indices = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.path, $0) })
    }

    /// The values of a tensor, in row-major order; nil for an unknown path.
    public func values(of path: String) -> [Float]? {
        guard let index = indices[path], let place = address(of: path) else { return nil }
        let floats = place.assumingMemoryBound(to: Float.self)
        return Array(UnsafeBufferPointer(start: floats, count: tensors[index].elementCount))
    }

    /// Replaces the values of a tensor.
    public func setValues(_ values: [Float], of path: String) throws(RuntimeError) {
        guard let index = indices[path], let place = address(of: path) else {
            throw .unknownParameter(path: path)
        }
        guard values.count == tensors[index].elementCount else {
            throw .parameterCount(path: path, expected: tensors[index].elementCount, found: values.count)
        }
        values.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { place.copyMemory(from: base, byteCount: bytes.count) }
        }
        generation += 1
    }

    /// Lets a body write values in place, as they are decoded from a file.
    ///
    /// - Parameter body: takes the room of every tensor by path, and must not keep it.
    public func withMutableValues<Failure: Error>(
        _ body: ([String: UnsafeMutableBufferPointer<Float>]) throws(Failure) -> Void
    ) throws(Failure) {
        defer { generation += 1 }
        try body(
            Dictionary(
                uniqueKeysWithValues: tensors.map { tensor in
                    let place = address(of: tensor.path)?.assumingMemoryBound(to: Float.self)
                    return (tensor.path, UnsafeMutableBufferPointer(start: place, count: tensor.elementCount))
                }))
    }

    /// Fills every tensor as its initializer says: a function of seed and path alone.
    public func initialize(seed: UInt64) throws(RuntimeError) {
        // Memory is zero at first: what training keeps takes none until it is used.
        let isUntouched = generation == 0
        for tensor in tensors where !(isUntouched && tensor.initializer == .zeros) {
            try setValues(tensor.initializer.values(shape: tensor.shape, path: tensor.path, seed: seed), of: tensor.path)
        }
    }

    /// To be called after a run that updates weights.
    func noteChange() { generation += 1 }

    func address(of path: String) -> UnsafeMutableRawPointer? { addresses[path] }

    func tensor(of path: String) -> Tensor? { indices[path].map { tensors[$0] } }

    /// The values that a session holds which prepares the same, or else new ones.
    ///
    /// - Parameter key: nil for values that no other session can share.
    func preparedValues(_ key: PreparationKey?, byteCount: Int) throws(RuntimeError) -> PreparedValues {
        try prepared.withLock { (table) throws(RuntimeError) in try table.values(key, byteCount: byteCount) }
    }
}
