import GraphIR
import GraphModel
@testable import GraphInterchange
@testable import GraphPack

/// An enlarging model with a loss, small enough to run thousands of times in a second.
private let model = try! Model(
    source: SourceText(
        """
        graph g(x: u8[N, H, W, 3], v: f32[K]) -> (y: f32[N, 2*H, 2*W, 1]) {
          weight w: f32[3, 3, 3, 4] ~ glorot_uniform
          y = depth_to_space(relu(conv2d(f32(x), w)), block = 2) + mean(v)
        }
        train g() { loss l = mean(abs(y)) }
        """, name: "fuzz"))

/// A file of tensors as `graphrun run` takes it; the first byte chooses entry and engine.
func takeTensors(_ bytes: [UInt8]) {
    guard let choice = bytes.first, let file = try? WeightFile(bytes: Array(bytes.dropFirst()), name: "fuzz") else { return }
    var inputs: [String: Tensor<Float>] = [:]
    for tensor in file.tensors { inputs[tensor.path] = Tensor(shape: tensor.shape, values: tensor.values) }
    let role = [Role.forward, .train, .predict][Int(choice) % 3]
    let scalars: [String: Float] = role == .train ? ["learning_rate": 0, "step": 1] : [:]
    let execution: Execution = choice & 64 == 0 ? .interpreted : .compiled(threadCount: 1, bandRows: choice & 32 == 0 ? nil : 1)
    guard let results = try? model.run(role, inputs: inputs, scalars: scalars, by: execution) else { return }
    for tensor in results.outputs.values {
        precondition(tensor.values.count == tensor.shape.reduce(1, *), "an output has more or fewer values than its shape")
    }
}

func tensorSeeds() throws -> [String: [UInt8]] {
    let header =
        #"{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[1,2,2,3],"data_offsets":[8,56]}}"#
    var file: [UInt8] = []
    file.appendLittleEndian(UInt64(header.utf8.count))
    file += Array(header.utf8)
    for index in 0..<14 { file.appendLittleEndian(Float(index).bitPattern) }
    return Dictionary(uniqueKeysWithValues: (0..<6).map { ("choice-\($0)", [UInt8($0 % 3 + ($0 < 3 ? 0 : 64))] + file) })
}
