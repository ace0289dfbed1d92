import CGraphC
import GraphC

@c @implementation
public func graphc_run(
    _ model: OpaquePointer?, _ entry: UnsafePointer<CChar>?, _ arrays: UnsafePointer<graphc_array>?, _ arrayCount: Int,
    _ results: UnsafeMutablePointer<OpaquePointer?>?, _ progress: graphc_progress?, _ context: UnsafeMutableRawPointer?
) -> graphc_status {
    results?.pointee = nil
    return status {
        let handle = try ModelHandle.at(model)
        let place = try given(results, "the place for the results")
        let role = try role(named: try text(entry, "entry"))
        guard arrayCount == 0 || arrays != nil, 0...4096 ~= arrayCount else {
            throw CallError(arrays == nil ? "arrays is null" : "\(arrayCount) arrays are too many: 4096 are the most")
        }
        var given: [String: Tensor<Float>] = [:]
        for array in UnsafeBufferPointer(start: arrays, count: arrayCount) {
            let name = try text(array.name, "the name of an array")
            guard given.updateValue(try Tensor(array, name: name), forKey: name) == nil else {
                throw CallError("two arrays are called '\(name)'")
            }
        }
        let made = try handle.withLock {
            let graph = try handle.model.entry(role).graph
            let inputNames = Set(graph.nodes.filter { $0.content == .input }.map(\.name))
            // One number is a scalar of the graph, or an input that is one.
            let inputs = given.filter { !$0.value.shape.isEmpty || inputNames.contains($0.key) }
            let scalars = given.filter { inputs[$0.key] == nil }.mapValues { $0.values[0] }
            let run = try handle.model.run(
                role, inputs: inputs, scalars: scalars, by: .compiled(threadCount: handle.threadCount, bandRows: nil),
                observer: observer(progress, context))
            return ResultsHandle(run, of: graph)
        }
        place.pointee = OpaquePointer(Unmanaged.passRetained(made).toOpaque())
    }
}

@c @implementation
public func graphc_result(_ results: OpaquePointer?, _ index: Int) -> UnsafePointer<graphc_array>? {
    var array: UnsafePointer<graphc_array>?
    _ = status {
        let pointer = UnsafeRawPointer(try given(results, "the results"))
        let arrays = Unmanaged<ResultsHandle>.fromOpaque(pointer).takeUnretainedValue().arrays
        guard arrays.indices.contains(index) else { throw CallError("there are \(arrays.count) results") }
        array = UnsafePointer(arrays.baseAddress.map { $0 + index })
    }
    return array
}

@c @implementation
public func graphc_free_results(_ results: OpaquePointer?) {
    guard let results else { return }
    Unmanaged<ResultsHandle>.fromOpaque(UnsafeRawPointer(results)).release()
}

extension Tensor<Float> {
    /// A copy of the caller's array.
    fileprivate init(_ array: graphc_array, name: String) throws(CallError) {
        guard 0...16 ~= array.rank else { throw CallError("'\(name)' has rank \(array.rank): 16 is the most") }
        let sizes = array.rank == 0 ? nil : try given(array.shape, "the shape of '\(name)'")
        let shape = Array(UnsafeBufferPointer(start: sizes, count: array.rank))
        var count = 1
        for size in shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: size)
            guard size >= 1, !overflows, product <= 1 << 40 else { throw CallError("the shape of '\(name)' is \(shape)") }
            count = product
        }
        let data = try given(array.data, "the data of '\(name)'")
        switch array.element {
        case GRAPHC_U8:
            let bytes = UnsafeBufferPointer(start: data.assumingMemoryBound(to: UInt8.self), count: count)
            self.init(shape: shape, values: bytes.map(Float.init))
        case GRAPHC_F32:
            let floats = UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: count)
            self.init(shape: shape, values: Array(floats))
        default:
            throw CallError("there is no graphc_element \(array.element.rawValue), as '\(name)' has it")
        }
    }
}

/// What a `graphc_results` points at: arrays in memory of its own.
final class ResultsHandle {
    let arrays: UnsafeMutableBufferPointer<graphc_array>
    private var owned: [UnsafeMutableRawPointer] = []

    init(_ results: Model.Results, of graph: Graph) {
        let outputs = graph.outputs.compactMap { output in
            results.outputs[output.name].map { (output.name, graph[output.value].type.element, $0) }
        }
        let measures = graph.measures.compactMap { measure in
            results.measures[measure.name].map { (measure.name, ElementType.f32, Tensor.scalar($0)) }
        }
        let all = outputs + measures
        arrays = .allocate(capacity: all.count)
        for (index, (name, element, tensor)) in all.enumerated() {
            let isBytes = element == .u8
            let data = isBytes ? copy(tensor.values.map { UInt8($0) }) : copy(tensor.values)
            arrays.initializeElement(
                at: index,
                to: graphc_array(
                    name: copy(Array(name.utf8CString)).assumingMemoryBound(to: CChar.self),
                    element: isBytes ? GRAPHC_U8 : GRAPHC_F32, rank: tensor.shape.count,
                    shape: tensor.shape.isEmpty ? nil : copy(tensor.shape).assumingMemoryBound(to: Int.self), data: data))
        }
    }

    deinit {
        for memory in owned { memory.deallocate() }
        arrays.deallocate()
    }

    private func copy<Number: BitwiseCopyable>(_ numbers: [Number]) -> UnsafeRawPointer {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: numbers.count * MemoryLayout<Number>.stride, alignment: 16)
        numbers.withUnsafeBytes { if let base = $0.baseAddress { memory.copyMemory(from: base, byteCount: $0.count) } }
        owned.append(memory)
        return UnsafeRawPointer(memory)
    }
}
