import GraphIR
import Testing

/// Reference implementations against values worked out by hand or by a second, still plainer way.
@Suite struct OpEvaluationTests {
    @Test func castToU8TruncatesAndSaturates() throws {
        let x: [Float] = [-.infinity, -1, -0.5, -0.0, 0.4, 0.999, 1, 254.999, 255, 255.5, 256, 1e30, .infinity, .nan]
        let y = try apply(.castToU8, [Tensor(shape: [14], values: x)])
        #expect(y.values == [0, 0, 0, 0, 0, 0, 1, 254, 255, 255, 255, 255, 255, 0])
        #expect(y.values.allSatisfy { $0.sign == .plus })
    }

    @Test func roundTakesHalvesToEven() throws {
        let y = try apply(.round, [vector(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 254.5)])
        #expect(y.values == [-2, -2, 0, 0, 2, 2, 2, 254])
    }

    @Test func functionsKeepNaN() throws {
        for (op, attributes) in [(OpName.relu, Attributes()), (.clip, Attributes(["min": .float(0), "max": .float(1)]))] {
            #expect(try apply(op, [vector(.nan)], attributes).values[0].isNaN)
        }
        #expect(try apply(.sign, [vector(-3, -0.0, 0, 2, .nan)]).values == [-1, 0, 0, 1, 0])
        #expect(
            try apply(.clip, [vector(-1, 0.5, 7)], Attributes(["min": .float(0), "max": .float(1)])).values == [
                0, 0.5, 1,
            ])
        #expect(try apply(.leakyReLU, [vector(-2, 0, 3)]).values == [-0.4, 0, 3])
        #expect(try apply(.sigmoid, [vector(-1000, 0, 1000)]).values == [0, 0.5, 1])
    }

    @Test func poolingsTakeWhatExists() throws {
        let x = Tensor<Float>(shape: [1, 3, 3, 1], values: [1, 2, -3, 4, .nan, 6, 7, -8, 9])
        let corner = pooling([2, 2], stride: [2, 2], pad: .all(1))
        let largest = try apply(.maxPool, [x], corner).values
        #expect(largest[0] == 1 && largest[1] == 2 && largest[2] == 7 && largest[3].isNaN)
        let y = Tensor<Float>(shape: [1, 2, 2, 1], values: [1, 2, 3, 4])
        #expect(try apply(.averagePool, [y], corner).values == [0.25, 0.5, 0.75, 1])
        let existing = pooling([2, 2], stride: [2, 2], pad: .all(1), countsPadding: false)
        #expect(try apply(.averagePool, [y], existing).values == [1, 2, 3, 4])
    }

    @Test func theFirstOfSeveralLargestTakesTheGradient() throws {
        let x = Tensor<Float>(shape: [1, 2, 4, 1], values: [1, 5, 0, 0, 5, 5, 0, 0])
        let y = Tensor<Float>(shape: [1, 1, 2, 1], values: [5, 0]), dy = Tensor<Float>(shape: [1, 1, 2, 1], values: [3, 7])
        let dx = try apply(.maxPoolGradient, [dy, x, y], pooling([2, 2], stride: [2, 2]))
        #expect(dx.values == [0, 3, 7, 0, 0, 0, 0, 0])
    }

    @Test func resizingTakesAndMixesPixels() throws {
        let x = Tensor<Float>(shape: [1, 1, 4, 1], values: [0, 4, 8, 12])
        #expect(try apply(.resize, [x], resizing(1, 6, "nearest")).values == [0, 0, 4, 8, 8, 12])
        #expect(try apply(.resize, [x], resizing(1, 8)).values == [0, 1, 3, 5, 7, 9, 11, 12])
        #expect(try apply(.resize, [x], resizing(1, 2)).values == [2, 10])
        #expect(try apply(.resize, [x], resizing(1, 7, "bilinear", true)).values == [0, 2, 4, 6, 8, 10, 12])
        #expect(try apply(.resize, [x], resizing(2, 1, "nearest")).values == [0, 0])
        #expect(try apply(.resize, [x], resizing(1, 1, "bilinear", true)).values == [0])
    }

    @Test func choicesKeepNaN() throws {
        let a = vector(1, -2, .nan, 1, .infinity), b = vector(2, -3, 1, .nan, 0)
        let largest = try apply(.maximum, [a, b]).values, smallest = try apply(.minimum, [a, b]).values
        #expect(largest[0] == 2 && largest[1] == -2 && largest[2].isNaN && largest[3].isNaN && largest[4] == .infinity)
        #expect(smallest[0] == 1 && smallest[1] == -3 && smallest[2].isNaN && smallest[3].isNaN && smallest[4] == 0)
        #expect(try apply(.less, [a, b]).values == [1, 0, 0, 0, 0])
        #expect(try apply(.lessOrEqual, [vector(1, 2, .nan), vector(1, 1, .nan)]).values == [1, 0, 0])
        #expect(try apply(.equal, [vector(1, -0.0, .nan), vector(1, 0, .nan)]).values == [1, 1, 0])
        #expect(try apply(.select, [vector(0, 1, -0.5, .nan, -0.0), a, vector(7)]).values[0...1] == [7, -2])
        #expect(try apply(.select, [vector(0, 0.1, -0.5, .nan, -0.0), vector(1), vector(2)]).values == [2, 1, 1, 1, 2])
    }

    @Test func exponentialsAndPowersAtTheirEnds() throws {
        #expect(try apply(.exp, [vector(-.infinity, 0, 1000)]).values == [0, 1, .infinity])
        #expect(try apply(.log, [vector(0, 1, .infinity)]).values == [-.infinity, 0, .infinity])
        #expect(try apply(.log, [vector(-1)]).values[0].isNaN)
        #expect(try apply(.erf, [vector(-.infinity, 0, .infinity)]).values == [-1, 0, 1])
        #expect(try apply(.floor, [vector(-1.5, -0.0, 0.5, 2, .infinity)]).values == [-2, 0, 0, 2, .infinity])
        let powers = try apply(.power, [vector(2, -2, -2, 0, 0, 9), vector(3, 3, 2, 0, -1, 0.5)]).values
        #expect(powers == [8, -8, 4, 1, .infinity, 3])
        #expect(try apply(.power, [vector(-2), vector(0.5)]).values[0].isNaN)
    }

    @Test func reductionsKeepTheirDimensions() throws {
        let x = Tensor<Float>(shape: [1, 2, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 16])
        let means = try apply(.mean, [x], axes(1, 2, keepDims: true))
        #expect(means == Tensor(shape: [1, 1, 1, 2], values: [4, 7]))
        #expect(try apply(.mean, [x], axes(1, 2)) == Tensor(shape: [1, 2], values: [4, 7]))
        #expect(try apply(.sum, [x], axes(3, keepDims: true)) == Tensor(shape: [1, 2, 2, 1], values: [3, 7, 11, 23]))
        #expect(try apply(.reduceMax, [x], axes(2)) == Tensor(shape: [1, 2, 2], values: [3, 4, 7, 16]))
        #expect(try apply(.reduceMax, [vector(1, .nan, 3)]).values[0].isNaN)
        #expect(try apply(.meanGradient, [means], shape(1, 2, 2, 2)).values == [1, 1.75, 1, 1.75, 1, 1.75, 1, 1.75])
    }

    @Test func softmaxOfLargeNumbersIsFinite() throws {
        #expect(try apply(.softmax, [vector(1000, 1000, -1000)], integers(["axis": 0])).values == [0.5, 0.5, 0])
    }

    @Test func bordersAreNumPys() throws {
        let x = Tensor<Float>(shape: [1, 1, 3, 1], values: [1, 2, 3])
        #expect(try apply(.pad, [x], border([0, 0, 2, 1], "edge")).values == [1, 1, 1, 2, 3, 3])
        #expect(try apply(.pad, [x], border([0, 0, 2, 1], "reflect")).values == [3, 2, 1, 2, 3, 2])
        #expect(try apply(.pad, [x], border([1, 0, 1, 0], "constant", value: 7)).values == [7, 7, 7, 7, 7, 1, 2, 3])
    }

    @Test func matricesAreMultipliedAndTransposed() throws {
        let a = Tensor<Float>(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])
        let b = Tensor<Float>(shape: [3, 2], values: [1, 0, 0, 1, 1, 1])
        #expect(try apply(.matmul, [a, b]) == Tensor(shape: [2, 2], values: [4, 5, 10, 11]))
        let at = try apply(.transpose, [a], order(1, 0))
        #expect(at == Tensor(shape: [3, 2], values: [1, 4, 2, 5, 3, 6]))
        let bt = try apply(.transpose, [b], order(1, 0))
        #expect(try apply(.matmul, [at, bt], transposes(a: true, b: true)).values == [4, 5, 10, 11])
        #expect(try apply(.reshape, [a], shape(3, 2)).values == a.values)
    }

    @Test func slopesOfPReLUMayHaveEitherSign() throws {
        let x = Tensor<Float>(shape: [2, 3], values: [-2, -2, -2, 0, 3, .nan])
        let y = try apply(.prelu, [x, vector(0.25, -1, 0)])
        #expect(y.shape == [2, 3])
        #expect(y.values[..<5] == [-0.5, 2, 0, 0, 3])
        #expect(y.values[5].isNaN)
    }

    @Test func gradientsAreInclusiveAtClipBoundsAndZeroAtReLUKink() throws {
        let bounds = Attributes(["min": .float(0), "max": .float(255)])
        #expect(
            try apply(.clipGradient, [vector(1, 2, 3, 4), vector(-0.1, 0, 255, 255.1)], bounds).values == [
                0, 2, 3, 0,
            ])
        #expect(try apply(.reluGradient, [vector(1, 2, 3), vector(-1, 0, 1)]).values == [0, 0, 3])
    }

    @Test func broadcastingMatchesFromTheLastDimension() throws {
        let left = Tensor<Float>(shape: [2, 1, 2], values: [1, 2, 3, 4])
        let right = Tensor<Float>(shape: [3, 1], values: [10, 20, 30])
        let sum = try apply(.add, [left, right])
        #expect(sum.shape == [2, 3, 2])
        #expect(sum.values == [11, 12, 21, 22, 31, 32, 13, 14, 23, 24, 33, 34])
        let x = Tensor<Float>(shape: [2, 3, 2], values: (1...12).map(Float.init))
        #expect(try apply(.sumTo, [x], shape(3, 1)).values == [18, 26, 34])
        #expect(try apply(.sum, [x], axes(0, 2)).values == [18, 26, 34])
        #expect(
            try apply(.sumGradient, [vector(1, 2, 3)], OpCase.shapeAndAxes([2, 3, 2], [0, 2])).values
                == [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3])
    }

    @Test func meansOfManyElementsStayExact() throws {
        let ones = Tensor<Float>(shape: [1 << 21], repeating: 0.1)
        #expect(try apply(.mean, [ones]).values == [0.1])
    }

    @Test func depthToSpaceHasTensorFlowsOrder() throws {
        // One row of two pixels with 2·2·2 channels each.
        let x = Tensor<Float>(shape: [1, 1, 2, 8], values: (0..<16).map(Float.init))
        let y = try apply(.depthToSpace, [x], integers(["block": 2]))
        #expect(y.shape == [1, 2, 4, 2])
        #expect(y.values == [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15])
        #expect(try apply(.spaceToDepth, [y], integers(["block": 2])) == x)
    }

    @Test func concatSliceAndPadding() throws {
        let a = Tensor<Float>(shape: [2, 1, 2], values: [1, 2, 3, 4])
        let b = Tensor<Float>(shape: [2, 2, 2], values: [5, 6, 7, 8, 9, 10, 11, 12])
        let joined = try apply(.concat, [a, b], integers(["axis": 1]))
        #expect(joined.values == [1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12])
        #expect(try apply(.slice, [joined], integers(["axis": 1, "start": 1, "length": 2])) == b)
        #expect(
            try apply(.padZero, [a], integers(["axis": 1, "before": 1, "after": 1])).values
                == [0, 0, 1, 2, 0, 0, 0, 0, 3, 4, 0, 0])
    }

    @Test func bicubicWeightsAreKeys() throws {
        let impulse = Tensor<Double>(shape: [1, 7, 1, 1], values: [0, 0, 0, 1, 0, 0, 0])
        let y = try apply(.resizeBicubic, [impulse], integers(["factor": 2]))
        #expect(y.shape == [1, 14, 2, 1])
        let column = (0..<14).map { y.values[2 * $0] }
        let rising = [-0.0234375, -0.0703125, 0.2265625, 0.8671875]
        #expect(column == [0, 0, 0] + rising + rising.reversed() + [0, 0, 0])
    }

    @Test func bicubicMirrorsAtEdges() throws {
        let edge = Tensor<Double>(shape: [1, 1, 3, 1], values: [1, 0, 0])
        let y = try apply(.resizeBicubic, [edge], integers(["factor": 2]))
        // Pixel 0 lies at −1/4: taps −2, −1, 0, 1 are pixels 1, 0, 0, 1.
        #expect(y.values[0] == 0.8671875 + 0.2265625)
        #expect(y.values[1] == 0.8671875 - 0.0703125)
        for size in 1...4 {
            for factor in 1...5 {
                let flat = Tensor<Double>(shape: [1, size, size, 1], repeating: 7)
                let enlarged = try apply(.resizeBicubic, [flat], integers(["factor": factor]))
                #expect(enlarged.values.allSatisfy { ($0 - 7).magnitude < 1e-12 })
            }
        }
    }

    @Test func psnrOfKnownErrors() throws {
        let a = Tensor<Double>(shape: [2, 1, 2, 1], values: [10, 20, 30, 40])
        let b = Tensor<Double>(shape: [2, 1, 2, 1], values: [13, 24, 30, 40])
        let peak = Attributes(["max": .float(255)])
        // The first image's mse is 12.5; the second is equal and counts as 100 dB.
        let first = 10 * 3.71617034786  // log10(255² / 12.5)
        #expect((try apply(.psnr, [a, b], peak).values[0] - (first + 100) / 2).magnitude < 1e-6)
        let gradient = try apply(.psnrGradient, [.scalar(1), a, b], peak)
        #expect(gradient.values[0] > 0 && gradient.values[1] > 0)
        #expect(gradient.values[2...] == [0, 0])
    }

    @Test(arguments: OpCase.convolutions.filter { $0.op == .conv2D })
    func convolutionEqualsPaddedSum(_ use: OpCase) throws {
        let operands = use.operands()
        let (x, filter) = (operands[0], operands[1])
        let stride = use.attributes.integer("stride")
        let (dilation, groups) = (use.attributes.integer("dilation"), use.attributes.integer("groups"))
        let (padTop, padLeft) = padding(use.attributes["pad"], filter.shape, dilation)
        let (inputs, outputs) = (x.shape[3] / groups, filter.shape[3] / groups)
        let y = try apply(.conv2D, operands, use.attributes)
        let pixel = { (n: Int, h: Int, w: Int, c: Int) -> Double in
            guard (0..<x.shape[1]).contains(h), (0..<x.shape[2]).contains(w) else { return 0 }
            return x.values[((n * x.shape[1] + h) * x.shape[2] + w) * x.shape[3] + c]
        }
        var index = 0
        for n in 0..<y.shape[0] {
            for h in 0..<y.shape[1] {
                for w in 0..<y.shape[2] {
                    for co in 0..<y.shape[3] {
                        var sum = 0.0
                        for (tap, weight) in filter.values.enumerated() where tap % filter.shape[3] == co {
                            let place = tap / filter.shape[3]
                            let (ci, q) = (place % inputs + co / outputs * inputs, place / inputs % filter.shape[1])
                            let r = place / inputs / filter.shape[1]
                            sum +=
                                weight
                                * pixel(n, h * stride - padTop + r * dilation, w * stride - padLeft + q * dilation, ci)
                        }
                        #expect((y.values[index] - sum).magnitude < 1e-12)
                        index += 1
                    }
                }
            }
        }
    }

    @Test(arguments: OpCase.all)
    func costsCountBytesOfResult(_ use: OpCase) {
        let op = use.op.definition
        let complete = use.completeAttributes
        let cost = op.cost(use.boundShapes, complete)
        #expect(cost.bytesWritten == (use.op == .castToU8 ? 1 : 4) * use.resultShape.reduce(1, *))
        #expect(cost.operationCount >= 0 && cost.bytesRead > 0)
    }

    @Test func costOfConvolutionIsTwiceItsMultiplications() {
        let use = OpCase(.conv2D, [[1, 8, 6, 3], [3, 3, 3, 5]])
        let cost = OpName.conv2D.definition.cost(use.boundShapes, use.completeAttributes)
        #expect(cost.operationCount == 2 * 8 * 6 * 3 * 3 * 3 * 5)
    }

    /// Rows of zeros above and columns of zeros on the left.
    private func padding(_ pad: AttributeValue?, _ filter: [Int], _ dilation: Int) -> (top: Int, left: Int) {
        switch pad {
        case .padding(.same): return (filter[0] / 2 * dilation, filter[1] / 2 * dilation)
        case .size(let size): return (size.constant!, size.constant!)
        case .sizes(let sizes): return (sizes[0].constant!, sizes[sizes.count / 2].constant!)
        default: return (0, 0)
        }
    }

    private func vector(_ values: Float...) -> Tensor<Float> { Tensor(shape: [values.count], values: values) }

    /// Runs one op through a graph, in the precision of its operands.
    private func apply<Scalar: EvaluationScalar>(
        _ op: OpName, _ operands: [Tensor<Scalar>], _ attributes: Attributes = Attributes()
    ) throws -> Tensor<Scalar> {
        var builder = GraphBuilder(name: "one op")
        var inputs: [String: Tensor<Scalar>] = [:]
        var ids: [ValueID] = []
        for (index, operand) in operands.enumerated() {
            let type = TensorType(.f32, Shape(operand.shape.map(Size.init)))
            ids.append(builder.declare(.input, type: type, named: "x\(index)"))
            inputs["x\(index)"] = operand
        }
        builder.setOutput("y", try builder.apply(op, ids, attributes))
        return try #require(Interpreter<Scalar>().run(builder.graph, inputs: inputs).outputs["y"])
    }
}
