import GraphIR
import GraphInterchange
import GraphModel
import Testing

@testable import GraphImport

/// Networks that take more than a picture.
@Suite struct SeveralInputsTests {
    /// The types of a graph's inputs, by their names.
    private func inputs(_ network: ForeignNetwork) throws -> [String: String] {
        let graph = try network.imported(pixels: .unit).model().entry(.forward).graph
        let inputs = graph.nodes.filter { $0.content == .input }
        return Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, "\($0.type)") })
    }

    private func network(_ nodes: [ForeignNode], beside name: String, _ sizes: [ForeignValue.Size]) -> ForeignNetwork {
        var network = ForeignNetwork(nodes)
        network.model.inputs.insert(ForeignValue(name: name, element: .f32, sizes: sizes), at: 0)
        return network
    }

    /// A strength for all pixels, or a map of it, is a number of its own range, whichever input comes first.
    @Test func aStrengthStandsBesideThePicture() throws {
        let one = network([node("Mul", ["x", "sigma"])], beside: "sigma", [.known(1), .known(1), .known(1), .known(1)])
        #expect(try inputs(one) == ["sigma": "f32[1, 1, 1, 1]", "x": "u8[N, H, W, 3]"])
        let map = network(
            [node("Mul", ["x", "sigma"])], beside: "sigma", [.known(1), .known(1), .symbol("rows"), .symbol("columns")])
        #expect(try inputs(map) == ["sigma": "f32[1, H, W, 1]", "x": "u8[N, H, W, 3]"])
    }

    @Test func aSecondPictureIsOne() throws {
        let two = network([node("Add", ["before", "x"])], beside: "before", ForeignNetwork.image(3))
        #expect(try inputs(two) == ["before": "u8[N, H, W, 3]", "x": "u8[N, H, W, 3]"])
    }

    /// A strength that is spread over the picture by its shape, and laid behind its channels.
    @Test func aStrengthIsSpreadOverThePicture() throws {
        var spread = network(
            [
                node("Shape", ["x"], ["shape"]), node("Slice", ["shape", "two", "four"], ["sides"]),
                node("Concat", ["ones", "sides"], ["wanted"], ["axis": .integer(0)]),
                node("Expand", ["sigma", "wanted"], ["map"]), node("Concat", ["x", "map"], ["all"], ["axis": .integer(1)]),
                node("ReduceMax", ["all"], ["y"], ["axes": .integers([1]), "keepdims": .integer(1)]),
            ], beside: "sigma", [.known(1), .known(1), .known(1), .known(1)])
        spread.model.inputs[1].sizes = [.known(1), .known(3), .symbol("rows"), .symbol("columns")]
        for (name, numbers) in [("two", [2]), ("four", [4]), ("ones", [1, 1])] {
            spread.model.tensors[name] = ForeignTensor(shape: [numbers.count], integers: numbers)
        }
        #expect(try inputs(spread) == ["sigma": "f32[1, 1, 1, 1]", "x": "u8[N, H, W, 3]"])
        let result = try spread.imported(pixels: .unit).model().run(
            .forward,
            inputs: [
                "x": Tensor(shape: [1, 1, 2, 3], values: [255, 0, 51, 0, 0, 0]),
                "sigma": Tensor(shape: [1, 1, 1, 1], values: [0.6]),
            ], by: .interpreted)
        #expect(result.outputs["y"]?.values == [255, 153])
    }

    /// Of several results the first picture is what comes out, and what is left out is said; as tensors all stay.
    @Test func theFirstPictureOfSeveralResultsIsMade() throws {
        var network = ForeignNetwork(
            [node("GlobalAveragePool", ["x"], ["mean"]), node("Relu", ["x"], ["y"]), node("Neg", ["x"], ["z"])], output: "y")
        network.model.outputs = [
            ForeignValue(name: "mean", element: .f32, sizes: [.symbol("n"), .known(3)]),
            ForeignValue(name: "y", element: .f32, sizes: ForeignNetwork.image(3)),
            ForeignValue(name: "z", element: .f32, sizes: ForeignNetwork.image(3)),
        ]
        let pictures = try network.imported(pixels: .unit)
        #expect(pictures.source.text.contains("-> (y: f32[N, H, W, 3])"), "\(pictures.source.text)")
        #expect(pictures.notes.contains { $0.contains("'y' is the picture, and 'mean', 'z' left out") }, "\(pictures.notes)")
        let tensors = try network.imported(pixels: .tensors)
        #expect(["mean", "y", "z"].allSatisfy { tensors.source.text.contains("\($0): f32[") }, "\(tensors.source.text)")
    }
}
