import GraphIR

/// The weights of a model and the state that training keeps, by path: one owner for both, shared by
/// every session that runs on them.
///
/// Values lie in one block of memory, each tensor on a cache line. Sessions read and, in training,
/// write them in place; a caller changes them between runs only.
public final class ParameterStore: @unchecked Sendable {
    public struct Tensor: Hashable, Sendable {
        public var path: String
        public var shape: [Int]
        public var initializer: Initializer
        /// A weight, or a state that training keeps beside the weights.
        public var isState: Bool

        public var elementCount: Int { shape.reduce(1, *) }
    }

    /// Sorted by path.
    public let tensors: [Tensor]
    /// Counts changes, so that sessions know when what they prepared from weights is stale.
    public private(set) var generation = 0

    private let memory: AlignedMemory
    private let offsets: [String: Int]
    private let indices: [String: Int]

    /// Room for every weight and state of some graphs, all zero.
    ///
    /// - Throws: when two graphs give one path different shapes, or memory runs out.
    public init(for graphs: [Graph]) throws(RuntimeError) {
        var known: [String: Tensor] = [:]
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
                throw RuntimeError("two entries disagree about @\(tensor.path): \(other.shape) and \(tensor.shape)")
            }
        }
        tensors = known.values.sorted { $0.path < $1.path }
        var offset = 0
        var offsets: [String: Int] = [:]
        for tensor in tensors {
            offsets[tensor.path] = offset
            offset += (tensor.elementCount * 4 + 63) / 64 * 64
        }
        self.offsets = offsets
        indices = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.path, $0) })
        memory = try AlignedMemory(byteCount: offset)
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
            throw RuntimeError("the model has no tensor @\(path)")
        }
        guard values.count == tensors[index].elementCount else {
            throw RuntimeError("@\(path) holds \(tensors[index].elementCount) numbers, not \(values.count)")
        }
        values.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { place.copyMemory(from: base, byteCount: bytes.count) }
        }
        generation += 1
    }

    /// Fills every tensor as its initializer says: a function of seed and path alone.
    public func initialize(seed: UInt64) throws(RuntimeError) {
        for tensor in tensors {
            try setValues(tensor.initializer.values(shape: tensor.shape, path: tensor.path, seed: seed), of: tensor.path)
        }
    }

    /// To be called after a run that updates weights.
    func noteChange() { generation += 1 }

    func address(of path: String) -> UnsafeMutableRawPointer? {
        offsets[path].map { memory.base + $0 }
    }
}
