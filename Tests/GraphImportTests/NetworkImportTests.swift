import GraphIR
import GraphInterchange
import GraphTestSupport
import GraphModel
import Testing

@testable import GraphImport

/// Networks of other programs as models.
@Suite struct NetworkImportTests {
    private let numbers = Tensor<Float>(shape: [1, 2, 2, 3], values: (0..<12).map { Float($0) - 4 })

    /// A convolution with bias and slopes, named as PyTorch names them, is two layers with the file's paths.
    @Test func layersBecomeBlocksUnderTheirNames() throws {
        let network = try ForeignNetwork(
            [
                node("Conv", ["x", "head.0.weight", "head.0.bias"], ["h"], ["pads": .integers([1, 1, 1, 1])]),
                node("PRelu", ["h", "head.1.weight"]),
            ],
            tensors: [
                "head.0.weight": ForeignTensor(shape: [2, 3, 3, 3], floats: (0..<54).map { Float($0) }),
                "head.0.bias": ForeignTensor(shape: [2], floats: [0.5, -0.5]),
                "head.1.weight": ForeignTensor(shape: [2, 1, 1], floats: [0.25, 0.5]),
            ]
        ).imported(pixels: .unit)
        #expect(
            network.source.text.contains(
                "y = 255 * prelu_channels(conv3x3<2>(x / 255) @head.0) @head.1".replacing("x / 255", with: "f32(x) / 255")),
            "\(network.source.text)")
        #expect(network.weights.map(\.path) == ["head.0.weight", "head.0.bias", "head.1.weight"])
        // OIHW to HWIO.
        #expect(network.weights[0].shape == [3, 3, 3, 2])
        #expect(Array(network.weights[0].values.prefix(4)) == [0, 27, 9, 36])
    }

    /// Groups and dilations are those of `conv2d`, also in blocks.
    @Test func groupsAndDilationsAreKept() throws {
        let network = ForeignNetwork(
            [
                node(
                    "Conv", ["x", "depth.weight", "depth.bias"], ["h"],
                    ["group": .integer(3), "pads": .integers([0, 1, 0, 1])]),
                node(
                    "Conv", ["h", "spread.weight"], ["y"],
                    ["dilations": .integers([1, 2]), "pads": .integers([0, 2, 0, 2])]),
            ],
            tensors: [
                "depth.weight": ForeignTensor(shape: [3, 1, 1, 3], floats: [0, 1, 0, 2, 0, 0, 0, 0, -1]),
                "depth.bias": ForeignTensor(shape: [3], floats: [0, 0, 10]),
                "spread.weight": ForeignTensor(shape: [1, 3, 1, 3], floats: [5, 1, 5, 5, 1, 5, 5, 1, 5]),
            ])
        let text = try network.imported().source.text
        #expect(text.contains("conv1by3_groups3<3>(x) @depth"), "\(text)")
        #expect(text.contains("groups = 3)"), "\(text)")
        #expect(text.contains("dilation = 2)"), "\(text)")
        // Rows are -4, -3, -2 | -1, 0, 1 and 2, 3, 4 | 5, 6, 7. Of each pixel its channel 0, twice channel 1 on its left, and
        // 10 less channel 2 on its right are added; the spread taps beside the middle fall outside of the picture.
        #expect(try network.result(of: numbers).values == [5, 3, 5, 21])
    }

    /// The channels of a pixel shuffle are put in order in the weights before it, and moved where there are none.
    @Test func pixelShufflesOfBothOrdersAreTheSame() throws {
        let filter = ForeignTensor(shape: [8, 3, 1, 1], floats: (0..<24).map { Float($0) })
        let shuffle = node("DepthToSpace", ["h"], ["y"], ["blocksize": .integer(2), "mode": .text("CRD")])
        let folded = ForeignNetwork([node("Conv", ["x", "w"], ["h"]), shuffle], tensors: ["w": filter])
        let moved = ForeignNetwork(
            [node("Conv", ["x", "w"], ["h"]), shuffle, node("Sigmoid", ["h"], ["other"])], tensors: ["w": filter])
        #expect(try !folded.imported().source.text.contains("concat"))
        #expect(try moved.imported().source.text.contains("concat"))
        let result = try folded.result(of: numbers)
        #expect(result.shape == [1, 4, 4, 2])
        #expect(try moved.result(of: numbers) == result)
        // Channel 0 of the result's first four pixels comes from channels 0 to 3.
        let pixel: [Float] = [-4, -3, -2]
        func made(_ channel: Int) -> Float { zip(pixel, 3 * channel..<3 * channel + 3).reduce(0) { $0 + $1.0 * Float($1.1) } }
        #expect([result.values[0], result.values[2], result.values[8], result.values[10]] == (0..<4).map(made))
        #expect([result.values[1], result.values[3], result.values[9], result.values[11]] == (4..<8).map(made))
    }

    /// Sizes of the input go through arithmetic on shapes and come out as sizes.
    @Test func arithmeticOnShapesIsFolded() throws {
        let network = ForeignNetwork(
            [
                node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "two"], ["height"]),
                node("Cast", ["height"], ["as_float"], ["to": .integer(1)]),
                node("Cast", ["as_float"], ["as_int"], ["to": .integer(7)]),
                node("Div", ["as_int", "two"], ["half"]), node("Unsqueeze", ["half", "zero"], ["end"]),
                node("Slice", ["x", "zero", "end", "axis"]),
            ],
            tensors: [
                "two": ForeignTensor(shape: [], integers: [2]), "zero": ForeignTensor(shape: [1], integers: [0]),
                "axis": ForeignTensor(shape: [1], integers: [2]),
            ], input: [.known(1), .known(3), .known(2), .known(2)])
        #expect(try network.result(of: numbers) == Tensor(shape: [1, 1, 2, 3], values: (0..<6).map { Float($0) - 4 }))
    }

    /// A transpose is no operation: what follows knows where the dimensions lie.
    @Test func transposesLeaveNothingBehind() throws {
        let network = ForeignNetwork(
            [
                node("Transpose", ["x"], ["last"], ["perm": .integers([0, 2, 3, 1])]), node("Mul", ["last", "factors"], ["m"]),
                node("Transpose", ["m"], ["y"], ["perm": .integers([0, 3, 1, 2])]),
            ], tensors: ["factors": ForeignTensor(shape: [3], floats: [1, 2, 3])])
        let expected = (0..<12).map { (place: Int) -> Float in Float((place - 4) * (place % 3 + 1)) }
        #expect(try network.result(of: numbers).values == expected)
    }

    @Test func operandsBroadcastAsInTheFile() throws {
        for shape in [[3, 1, 1], [1, 3, 1, 1]] {
            let network = ForeignNetwork(
                [node("Add", ["x", "b"])], tensors: ["b": ForeignTensor(shape: shape, floats: [10, 20, 30])])
            #expect(try network.result(of: numbers).values.prefix(4) == [6, 17, 28, 9])
        }
        let rows = ForeignNetwork(
            [node("Add", ["x", "b"])], tensors: ["b": ForeignTensor(shape: [2, 1], floats: [10, 20])],
            input: [.known(1), .known(3), .known(2), .known(2)])
        #expect(try rows.result(of: numbers).values == (0..<12).map { Float($0) + ($0 < 6 ? 6 : 16) })
    }

    /// All nodes without a counterpart stand in one message, and what only follows from them does not.
    @Test func everythingUnsupportedIsTold() throws {
        let network = ForeignNetwork([
            node("Einsum", ["x"], ["a"]), node("Relu", ["a"], ["b"]), node("Einsum", ["b"], ["c"]),
            node("com.example.Op", ["x"], ["d"]), node("Add", ["c", "d"]),
        ])
        let error = #expect(throws: ImportError.self) { try network.imported() }
        #expect(
            error?.description.hasSuffix(
                "3 nodes have no counterpart in the graph language: Einsum, 2 times ('Einsum_a', 'Einsum_c'): there is no such "
                    + "op; com.example.Op, once ('com.example.Op_d'): there is no such op") == true, "\(error as Any)")
    }

    /// A layer of ncnn that is known with other arguments names the one that is not.
    @Test func argumentsOfLayersAreTold() throws {
        let folder = TemporaryFolder()
        let layers = "7767517\n3 3\nInput d 0 1 x\nUnaryOp a 1 1 x h 0=9\nUnaryOp b 1 1 x y 0=9\n"
        let path = folder.file("net.param", holding: Array(layers.utf8))
        _ = folder.file("net.bin", holding: [])
        let error = #expect(throws: ImportError.self) { try NetworkImport(contentsOf: path) }
        #expect(
            error?.description.hasSuffix(
                "2 nodes have no counterpart in the graph language: ncnn.UnaryOp, 2 times ('a', 'b'): argument 0 = 9 is not "
                    + "supported") == true, "\(error as Any)")
    }

    /// An argument that nobody reads would change what is computed.
    @Test(arguments: ["Interp b 1 1 x y 0=2 1=2.0 2=2.0 9=\"*(1w,2)\"", "Dropout b 1 1 x y 0=0.5"])
    func unknownArgumentsOfLayersAreRefused(_ layer: String) throws {
        let folder = TemporaryFolder()
        let path = folder.file("net.param", holding: Array("7767517\r\n2 2\r\nInput d 0 1 x 0=8 1=8 2=3\r\n\(layer)\r\n".utf8))
        _ = folder.file("net.bin", holding: [])
        let error = #expect(throws: ImportError.self) { try NetworkImport(contentsOf: path) }
        #expect(error?.description.hasSuffix("is not supported") == true, "\(error as Any)")
    }

    /// Opset 6 has the second operand begin where an argument says.
    @Test(arguments: [(axis: 1, shape: [3]), (axis: 0, shape: [1, 3]), (axis: -3, shape: [3, 1])])
    func operandsBeginAtAnAxis(axis: Int, shape: [Int]) throws {
        let sum = node("Add", ["x", "b"], ["y"], ["broadcast": .integer(1), "axis": .integer(axis)])
        var network = ForeignNetwork([sum], tensors: ["b": ForeignTensor(shape: shape, floats: [1, 2, 3])])
        network.opset = 6
        var expected = numbers
        for index in expected.values.indices { expected.values[index] += Float(index % 3 + 1) }
        #expect(try network.result(of: numbers) == expected)
    }

    @Test func batchNormalizationIsOneProductAndOneSum() throws {
        let network = ForeignNetwork(
            [node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], ["epsilon": .float(0)])],
            tensors: [
                "s": ForeignTensor(shape: [3], floats: [1, 2, 3]), "b": ForeignTensor(shape: [3], floats: [0, 1, 0]),
                "m": ForeignTensor(shape: [3], floats: [1, 0, 0]), "v": ForeignTensor(shape: [3], floats: [1, 4, 9]),
            ])
        #expect(try network.result(of: numbers).values == (0..<12).map { Float($0) - 4 + [-1, 1, 0][$0 % 3] })
    }

    /// Windows of 2 × 2 pixels of a 2 × 2 picture with a border, and those that a last window makes where quotients are rounded up.
    @Test func poolingsTakeWindows() throws {
        let size: [String: ForeignAttribute] = ["kernel_shape": .integers([2, 2]), "strides": .integers([2, 2])]
        let largest = try ForeignNetwork([node("MaxPool", ["x"], ["y"], size)]).result(of: numbers)
        #expect(largest == Tensor(shape: [1, 1, 1, 3], values: [5, 6, 7]))
        let padded = size.merging(["pads": .integers([1, 1, 1, 1])]) { $1 }
        let means = try ForeignNetwork([node("AveragePool", ["x"], ["y"], padded)]).result(of: numbers)
        #expect(means == numbers)
        let counted = padded.merging(["count_include_pad": .integer(1)]) { $1 }
        let shares = try ForeignNetwork([node("AveragePool", ["x"], ["y"], counted)]).result(of: numbers)
        #expect(shares.values == numbers.values.map { $0 / 4 })
        let ceiling = size.merging(["ceil_mode": .integer(1)]) { $1 }
        let tall = Tensor<Float>(shape: [1, 3, 2, 3], values: (0..<18).map { Float($0) })
        let rounded = try ForeignNetwork([node("AveragePool", ["x"], ["y"], ceiling)]).result(of: tall)
        #expect(rounded == Tensor(shape: [1, 2, 1, 3], values: [4.5, 5.5, 6.5, 13.5, 14.5, 15.5]))
    }

    @Test func resizesTakeAndMixPixels() throws {
        func resized(_ attributes: [String: ForeignAttribute], _ scales: [Float] = [1, 1, 2, 1]) throws -> Tensor<Float> {
            try ForeignNetwork(
                [node("Resize", ["x", "", "scales"], ["y"], attributes)],
                tensors: ["scales": ForeignTensor(shape: [4], floats: scales)]
            ).result(of: numbers)
        }
        let rows = [0, 1].map { Array(numbers.values[$0 * 6..<$0 * 6 + 6]) }
        #expect(try resized(["mode": .text("nearest")]).values == rows[0] + rows[0] + rows[1] + rows[1])
        func mixed(_ weight: Float) -> [Float] { zip(rows[0], rows[1]).map { $0 + weight * ($1 - $0) } }
        #expect(try resized(["mode": .text("linear")]).values == mixed(0) + mixed(0.25) + mixed(0.75) + mixed(1))
        let corners = try resized(
            ["mode": .text("linear"), "coordinate_transformation_mode": .text("align_corners")], [1, 1, 2, 2])
        #expect(corners.shape == [1, 4, 4, 3])
        #expect(Array(corners.values.prefix(3)) == Array(rows[0].prefix(3)))
        #expect(throws: ImportError.self) { try resized(["mode": .text("linear")], [1, 1, 1.5, 1]) }
    }
}
