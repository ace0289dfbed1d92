import GraphIR
import GraphImport
import GraphInterchange
import Testing

/// Shuffles of pixels that are written as reshapes and transposes, as PyTorch's exporters write them.
@Suite struct ReshapeImportTests {
    /// Numbers 0, 1, 2, … in one picture of 4 × 6 pixels.
    private let picture = Tensor<Float>(shape: [1, 4, 6, 3], values: (0..<72).map(Float.init))

    private func sizes(_ numbers: [Int]) -> ForeignTensor { ForeignTensor(shape: [numbers.count], integers: numbers) }

    /// The inverse of a pixel shuffle of 2 × 2: reshapes, a transpose, reshapes, and whatever stands around.
    private func unshuffle(
        before: [[Int]], after: [[Int]], addsOne: Bool = false, input: [ForeignValue.Size]
    ) -> ForeignNetwork {
        var nodes: [ForeignNode] = []
        var tensors: [String: ForeignTensor] = [:]
        var last = "x"
        func name(_ step: String) -> String { "\(step)\(nodes.count)" }
        if addsOne {
            tensors["three"] = sizes([3])
            nodes.append(node("Unsqueeze", [last, "three"], ["one"]))
            last = "one"
        }
        func reshape(_ shape: [Int]) {
            let (shapeName, result) = (name("shape"), name("reshaped"))
            tensors[shapeName] = sizes(shape)
            nodes.append(node("Reshape", [last, shapeName], [result]))
            last = result
        }
        before.forEach(reshape)
        nodes.append(node("Transpose", [last], ["turned"], ["perm": .integers([0, 1, 3, 5, 2, 4])]))
        last = "turned"
        after.forEach(reshape)
        if after.last?.count == 6 {
            tensors["between"] = sizes([2, 3])
            nodes.append(node("Squeeze", [last, "between"], ["squeezed"]))
            last = "squeezed"
        }
        nodes.append(node("Relu", [last]))
        return ForeignNetwork(nodes, tensors: tensors, input: input)
    }

    private static let fixed: [ForeignValue.Size] = [.known(1), .known(3), .known(4), .known(6)]

    private var networks: [ForeignNetwork] {
        [
            // As the older exporter writes `pixel_unshuffle`, open and for one size.
            unshuffle(
                before: [[0, 0, -1, 2, 0], [0, 0, 0, 0, -1, 2]], after: [[0, -1, 1, 1, 0, 0]], addsOne: true,
                input: ForeignNetwork.image(3)),
            unshuffle(
                before: [[0, 0, -1, 2, 0], [0, 0, 0, 0, -1, 2]], after: [[0, -1, 1, 1, 0, 0]], addsOne: true, input: Self.fixed),
            // As it is written with `view` and `permute`, for one size.
            unshuffle(before: [[1, 3, 2, 2, 3, 2]], after: [[1, 12, 2, 3]], input: Self.fixed),
            unshuffle(before: [[-1, 3, 2, 2, 3, 2]], after: [[-1, 12, 2, 3]], input: Self.fixed),
        ]
    }

    @Test(arguments: 0..<4)
    func unshufflesAreFoundForAnySize(_ index: Int) throws {
        let network = networks[index]
        let text = try network.imported(pixels: .unit).source.text
        #expect(text.contains("space_to_depth") && !text.contains("transpose(") && !text.contains("reshape("))
        #expect(text.contains("f32[N, H//2, W//2, 12]"))
        // In PyTorch's order: channel c·4 + i·2 + j is colour c of pixel (i, j) of each square.
        let result = try network.result(of: picture, pixels: .bytes)
        #expect(result.shape == [1, 2, 3, 12])
        for y in 0..<2 {
            for x in 0..<3 {
                for channel in 0..<12 {
                    let (color, i, j) = (channel / 4, channel / 2 % 2, channel % 2)
                    #expect(
                        result.values[(y * 3 + x) * 12 + channel]
                            == picture.values[((2 * y + i) * 6 + 2 * x + j) * 3 + color])
                }
            }
        }
    }

    /// A pixel shuffle for one size takes pictures of any.
    @Test func shufflesOfOneSizeAreOpened() throws {
        let network = ForeignNetwork(
            [
                node("Conv", ["x", "w"], ["h"]), node("Reshape", ["h", "split"], ["parts"]),
                node("Transpose", ["parts"], ["turned"], ["perm": .integers([0, 1, 4, 2, 5, 3])]),
                node("Reshape", ["turned", "joined"], ["large"]),
                node("Resize", ["large", "", "", "size"], ["y"], ["mode": .text("nearest")]),
            ],
            tensors: [
                "w": ForeignTensor(shape: [12, 3, 1, 1], floats: (0..<36).map(Float.init)),
                "split": sizes([1, 3, 2, 2, 4, 6]), "joined": sizes([1, 3, 8, 12]), "size": sizes([1, 3, 16, 24]),
            ], input: Self.fixed)
        let text = try network.imported(pixels: .unit).source.text
        #expect(text.contains("f32[N, 4*H, 4*W, 3]") && text.contains("depth_to_space"))
    }

    private let ownSizeAlone = "its operations depend on the size of its pictures: others are cut into tiles of that size"

    /// A window as large as the picture, and a sum that is divided by the count of its pixels, would mean something else with others.
    @Test(arguments: [4, 3])
    func whatCountsItsPixelsKeepsItsSize(rows: Int) throws {
        let pooled = ForeignNetwork(
            [
                node("MaxPool", ["x"], ["largest"], ["kernel_shape": .integers([rows, 6]), "strides": .integers([1, 1])]),
                node("Mul", ["x", "largest"]),
            ], input: Self.fixed)
        let averaged = ForeignNetwork(
            [
                node("ReduceSum", ["x", "third"], ["rows"]), node("ReduceSum", ["rows", "fourth"], ["all"]),
                node("Div", ["all", "count"], ["mean"]), node("Mul", ["x", "mean"]),
            ],
            tensors: [
                "third": sizes([2]), "fourth": sizes([3]), "count": ForeignTensor(shape: [], floats: [Float(rows * 6)]),
            ], input: Self.fixed)
        if rows == 4 { #expect(try pooled.imported(pixels: .unit).notes.contains(ownSizeAlone)) }
        #expect(try averaged.imported(pixels: .unit).notes.contains(ownSizeAlone) == (rows == 4))
    }

    /// What adds a number to each place of its size fits no other.
    @Test func whatDependsOnItsSizeKeepsIt() throws {
        let network = ForeignNetwork(
            [
                node("Reshape", ["x", "flat"], ["line"]), node("Reshape", ["line", "back"], ["image"]),
                node("Add", ["image", "places"]),
            ],
            tensors: [
                "flat": sizes([1, 72]), "back": sizes([1, 3, 4, 6]),
                "places": ForeignTensor(shape: [1, 1, 4, 6], floats: (0..<24).map(Float.init)),
            ], input: Self.fixed)
        let imported = try network.imported(pixels: .unit)
        #expect(imported.source.text.contains("u8[1, 4, 6, 3]"))
        #expect(imported.notes.contains(ownSizeAlone))
    }
}
