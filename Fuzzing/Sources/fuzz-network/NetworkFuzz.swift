// A libFuzzer target for networks of other programs, which Tools/check/fuzzed-networks builds.

import FuzzDriver
import Glibc
import SystemPackage
@testable import GraphFiles
@testable import GraphImport
@testable import GraphInterchange

@main struct NetworkFuzz {
    static func main() { runFuzzer(testOneInput) }
}

/// Reads whatever the fuzzer makes as a network, and makes a model's text of it. Nothing may trap, hang or take much memory,
/// and what is written is read back.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let network = try? network(bytes) else { return 0 }
    for pixels in [PixelRange.tensors, .unit] {
        do { _ = try NetworkImport(network, pixels: pixels) } catch {
            if case .readsBackDifferently = error { preconditionFailure("\(error)") }
        }
    }
    return 0
}

/// An ONNX file, or ncnn's two files with a zero between them.
private func network(_ bytes: [UInt8]) throws -> ForeignModel {
    guard bytes.starts(with: NCNNFile.signature) else { return try ONNXFile(InputFile(bytes, name: "fuzz")).model }
    let end = bytes.firstIndex(of: 0) ?? bytes.endIndex
    let text = InputFile(Array(bytes[..<end]), name: "fuzz"), weights = InputFile(Array(bytes[end...].dropFirst()), name: "fuzz")
    return try NCNNFile(text, weights: weights).model
}

/// With `GRAPHC_FUZZ_SEEDS` set to a folder, writes networks there for the fuzzer to begin with.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ argumentCount: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer>
) -> Int32 {
    guard let folder = getenv("GRAPHC_FUZZ_SEEDS").map({ FilePath(String(cString: $0)) }) else { return 0 }
    func size(_ number: Int) -> ForeignTensor { ForeignTensor(shape: [1], integers: [number]) }
    for (index, op) in translators.keys.sorted().enumerated() {
        let model = ForeignModel(
            path: "", format: .onnx(opset: 17),
            inputs: [ForeignValue(name: "x", element: .f32, sizes: [.symbol("n"), .known(3), .symbol("h"), .known(6)])],
            outputs: [ForeignValue(name: "y", element: .f32, sizes: nil)],
            nodes: [
                ForeignNode(
                    "Conv", name: "a", inputs: ["x", "a.w"], outputs: ["a"], attributes: ["pads": .integers([1, 1, 1, 1])]),
                ForeignNode(op, name: "b", inputs: index % 2 == 0 ? ["a"] : ["a", "one", "two", "three"], outputs: ["b"]),
                ForeignNode(
                    "DepthToSpace", name: "c", inputs: ["b"], outputs: ["y"],
                    attributes: ["blocksize": .integer(2), "mode": .text("CRD"), "axis": .integer(1), "alpha": .float(0.5)]),
            ],
            tensors: [
                "a.w": ForeignTensor(shape: [4, 3, 3, 3], floats: (0..<108).map { Float($0 % 7) }), "one": size(1),
                "two": size(2), "three": size(3),
            ])
        let file = try? ONNXWriter(model, opset: index % 3 == 0 ? 10 : 17, name: "g", producer: ("fuzz", "1"))
        try? file?.write(to: folder.appending("\(op).onnx"))
    }
    let layers = [
        "7767517", "4 4", "Input in 0 1 x", "Convolution c 1 1 x h 0=4 1=3 4=1 5=1 6=108 9=2 -23310=1,0.5",
        "PReLU p 1 1 h i 0=4", "PixelShuffle s 1 1 i y 0=2",
    ]
    let text = Array(layers.joined(separator: "\n").utf8) + [0]
    guard let file = try? AtomicFile(path: folder.appending("ncnn")) else { return 0 }
    try? file.append(text + [UInt8](repeating: 0, count: 4 * (1 + 108 + 4 + 4)))
    try? file.commit()
    return 0
}
