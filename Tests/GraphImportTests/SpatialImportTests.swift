import GraphIR
import GraphInterchange
import GraphModel
import Testing

@testable import GraphImport

/// Windows over lines, images and volumes, and images in other sizes, beside sums written out here.
@Suite struct SpatialImportTests {
    /// - Parameter shape: in the file's order; the numbers of an image lie as images do.
    private func result(
        _ nodes: [ForeignNode], _ tensors: [String: ForeignTensor] = [:], shape: [Int], _ values: [Float]
    ) throws -> Tensor<Float> {
        let network = ForeignNetwork(nodes, tensors: tensors, input: shape.map { .known($0) })
        let order = Translation.Placed.order(rank: shape.count)
        return try network.result(of: Tensor(shape: order.map { shape[$0] }, values: values))
    }

    private func counted(_ count: Int) -> [Float] { (0..<count).map { Float($0 * $0 % 11) - 3 } }

    @Test func linesAreImagesOfOneRow() throws {
        let x: [Float] = [1, 2, 3, 4, 5, 6]
        let taps = ForeignTensor(shape: [1, 1, 3], floats: [1, 10, 100])
        let strided = try result(
            [node("Conv", ["x", "w"], ["y"], ["pads": .integers([1, 1]), "strides": .integers([2])])], ["w": taps],
            shape: [1, 1, 6], x)
        #expect(strided == Tensor(shape: [1, 1, 3], values: [210, 432, 654]))
        let largest = try result(
            [node("MaxPool", ["x"], ["y"], ["kernel_shape": .integers([2]), "strides": .integers([2])])], shape: [1, 2, 3],
            [1, 5, 2, 9, 4, 0])
        #expect(largest == Tensor(shape: [1, 2, 1], values: [5, 9]))
    }

    /// A filter of 2 × 2 × 2 over a volume, with steps and a border, as the sum that it is.
    @Test(arguments: [1, 2]) func volumesAreConvolvedPlaneByPlane(stride: Int) throws {
        let (depth, height, width) = (4, 3, 5)
        let x = counted(2 * depth * height * width), w = counted(3 * 2 * 8).map { $0 / 2 }
        let y = try result(
            [
                node(
                    "Conv", ["x", "w"], ["y"],
                    ["strides": .integers([stride, 1, 1]), "pads": .integers([1, 0, 0, 1, 0, 0])])
            ], ["w": ForeignTensor(shape: [3, 2, 2, 2, 2], floats: w)], shape: [1, 2, depth, height, width], x)
        let planes = (depth + 2 - 2) / stride + 1
        #expect(y.shape == [1, 3, planes, height - 1, width - 1])
        var expected: [Float] = []
        for o in 0..<3 {
            for d in 0..<planes {
                for h in 0..<height - 1 {
                    for v in 0..<width - 1 {
                        var sum: Float = 0
                        for i in 0..<2 {
                            for a in 0..<2 where (0..<depth).contains(d * stride - 1 + a) {
                                for b in 0..<2 {
                                    for c in 0..<2 {
                                        let place = ((i * depth + d * stride - 1 + a) * height + h + b) * width + v + c
                                        sum += x[place] * w[(((o * 2 + i) * 2 + a) * 2 + b) * 2 + c]
                                    }
                                }
                            }
                        }
                        expected.append(sum)
                    }
                }
            }
        }
        #expect(y.values == expected)
    }

    @Test func volumesArePooled() throws {
        let x = (0..<8).map { Float($0) }
        let sizes: [String: ForeignAttribute] = ["kernel_shape": .integers([2, 2, 2])]
        #expect(try result([node("MaxPool", ["x"], ["y"], sizes)], shape: [1, 1, 2, 2, 2], x).values == [7])
        #expect(try result([node("AveragePool", ["x"], ["y"], sizes)], shape: [1, 1, 2, 2, 2], x).values == [3.5])
    }

    /// The largest of pixels that lie apart, of three taps and with steps.
    @Test func spreadWindowsTakeTheLargest() throws {
        let x = counted(9)
        let y = try result(
            [
                node(
                    "MaxPool", ["x"], ["y"],
                    ["kernel_shape": .integers([1, 3]), "dilations": .integers([1, 3]), "strides": .integers([1, 2])])
            ], shape: [1, 1, 1, 9], x)
        #expect(y.values == [0, 2].map { max(x[$0], x[$0 + 3], x[$0 + 6]) })
    }

    /// Transposed convolutions of groups, of different steps and of spread taps, as each pixel adds the filter where it lies.
    @Test(arguments: [[2, 2, 1, 2], [2, 2, 1, 1], [3, 2, 1, 1], [2, 1, 2, 2], [1, 1, 1, 2]])
    func transposedConvolutionsAddFilters(_ form: [Int]) throws {
        let (rowStep, columnStep, dilation, groups) = (form[0], form[1], form[2], form[3])
        let (height, width, kernel) = (3, 2, 3)
        let x = counted(4 * height * width), w = counted(4 * 2 * kernel * kernel)
        let y = try result(
            [
                node(
                    "ConvTranspose", ["x", "w"], ["y"],
                    [
                        "strides": .integers([rowStep, columnStep]), "dilations": .integers([dilation, dilation]),
                        "group": .integer(groups), "pads": .integers([1, 0, 0, 1]),
                    ])
            ], ["w": ForeignTensor(shape: [4, 2, kernel, kernel], floats: w)], shape: [1, 4, height, width], x)
        let reach = (kernel - 1) * dilation + 1
        let rows = rowStep * (height - 1) + reach - 1, columns = columnStep * (width - 1) + reach - 1
        let outputs = 2 * groups
        #expect(y.shape == [1, rows, columns, outputs])
        var whole = [Float](repeating: 0, count: (rows + 1) * (columns + 1) * outputs)
        for h in 0..<height {
            for v in 0..<width {
                for i in 0..<4 {
                    for o in 0..<2 {
                        for a in 0..<kernel {
                            for b in 0..<kernel {
                                let row = h * rowStep + a * dilation, column = v * columnStep + b * dilation
                                whole[(row * (columns + 1) + column) * outputs + i / (4 / groups) * 2 + o] +=
                                    x[(h * width + v) * 4 + i] * w[((i * 2 + o) * kernel + a) * kernel + b]
                            }
                        }
                    }
                }
            }
        }
        var expected: [Float] = []
        for row in 1...rows {
            for place in 0..<columns * outputs { expected.append(whole[row * (columns + 1) * outputs + place]) }
        }
        #expect(y.values == expected)
    }

    /// Half as large by Keys' kernel with a = −0.75, as ncnn and PyTorch have it: 4 × 4 pixels, of which the border's repeat.
    @Test func halvesAreMadeOfFourByFourPixels() throws {
        let (height, width) = (5, 6)
        let x = counted(height * width)
        let resize = node(
            "Resize", ["x", "", "scales"], ["y"],
            ["mode": .text("cubic"), "coordinate_transformation_mode": .text("half_pixel")])
        let scales = ["scales": ForeignTensor(shape: [4], floats: [1, 1, 0.5, 0.5])]
        let network = ForeignNetwork([resize], tensors: scales, input: ForeignNetwork.image(1))
        let y = try network.result(of: Tensor(shape: [1, height, width, 1], values: x))
        let taps: [Float] = [-0.09375, 0.59375, 0.59375, -0.09375]
        var expected: [Float] = []
        for row in 0..<height / 2 {
            for column in 0..<width / 2 {
                var sum: Float = 0
                for a in 0..<4 {
                    for b in 0..<4 {
                        let place = min(max(2 * row - 1 + a, 0), height - 1) * width + min(max(2 * column - 1 + b, 0), width - 1)
                        sum += taps[a] * taps[b] * x[place]
                    }
                }
                expected.append(sum)
            }
        }
        #expect(y.shape == [1, height / 2, width / 2, 1])
        #expect(zip(y.values, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "\(y.values) \(expected)")
    }

    /// The same resampling of sizes that are open, by filters, and of known ones that no filter fits, by matrices.
    @Test(arguments: ["linear", "cubic"]) func filtersAndMatricesAgree(mode: String) throws {
        let x = counted(4 * 6)
        func resized(_ attributes: [String: ForeignAttribute], sizes: [ForeignValue.Size]) throws -> Tensor<Float> {
            let resize = node("Resize", ["x", "", "scales"], ["y"], attributes.merging(["mode": .text(mode)]) { $1 })
            let scales = ["scales": ForeignTensor(shape: [4], floats: [1, 1, 2, 2])]
            return try ForeignNetwork([resize], tensors: scales, input: sizes)
                .result(of: Tensor(shape: [1, 4, 6, 1], values: x))
        }
        let open = try resized(["coordinate_transformation_mode": .text("asymmetric")], sizes: ForeignNetwork.image(1))
        let known = try resized(
            ["coordinate_transformation_mode": .text("asymmetric")], sizes: [1, 1, 4, 6].map { .known($0) })
        #expect(open == known)
        // Sizes that are known, and a way that is no filter, as what lies outside has no weight.
        let taps = ResamplingTaps(mode: ResamplingTaps.Mode(rawValue: mode) ?? .linear, places: "asymmetric")
        let rows = taps.matrix(4, to: 8, factor: 2), columns = taps.matrix(6, to: 12, factor: 2)
        var expected: [Float] = []
        for row in 0..<8 {
            for column in 0..<12 {
                var sum: Float = 0
                for a in 0..<4 { for b in 0..<6 { sum += rows[row * 4 + a] * columns[column * 6 + b] * x[a * 6 + b] } }
                expected.append(sum)
            }
        }
        #expect(zip(open.values, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    }
}
