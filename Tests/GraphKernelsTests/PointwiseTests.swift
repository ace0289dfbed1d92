import Foundation
import GraphKernelInterface
import Testing

@Suite struct PointwiseTests {
    /// Zeros, halves, ones, whole numbers beyond float's fractions, the smallest and largest numbers,
    /// infinities, NaN; then numbers of every size.
    static let specials: [Float] = {
        let positive: [Float] = [
            0, 0.5, 1, 1.5, 2, 2.5, 3.5, 0.49999997, 0.99999994, 1.0000001, 127.5, 128.5, 254.5, 254.99998, 255, 255.5,
            256, 0.625, 0.62499994, 9, 10, 11, 20, 44, 87, 88, 88.3, 88.5, 89, 100, 1e-20, 1e-38, 8388607.5,
            8388608, 8388609, 16777216, 2147483648, 1e20, 3.4e38, .infinity, .greatestFiniteMagnitude,
            .leastNormalMagnitude, .leastNonzeroMagnitude,
        ]
        var numbers = Numbers(2)
        let random = (0..<300).map { _ in numbers.float() * Float(exp2(Double(numbers.float()) * 12)) }
        return positive + positive.map { -$0 } + [.nan] + random
    }()

    @Test(arguments: Build.runnable, PointwiseOpcode.allCases)
    func opcodeEqualsItsFormula(_ build: Build, _ opcode: PointwiseOpcode) {
        let values = Self.specials
        for (a, b) in [(Float(0.25), Float(2)), (-1, 1), (0, 255)] {
            for shift in [0, 1, 7, 44] {
                let left = values
                let right = Array(values[shift...] + values[..<shift])
                let program = PointwiseProgram(
                    operands: [.init(spread: .full), .init(spread: .full)],
                    instructions: [.init(opcode, left: 0, right: 1, immediate: a, secondImmediate: b)],
                    results: [.init(value: 2)])
                let operands = [Rows(left, rowLength: left.count), Rows(right, rowLength: right.count)]
                let results = pointwiseUse(program, operands, width: left.count, channels: 1).run(build)[0].values
                for i in left.indices {
                    let expected = referenceResult(opcode, Double(left[i]), Double(right[i]), Double(a), Double(b))
                    guard isClose(results[i], expected, opcode) else {
                        Issue.record(
                            "\(opcode)(\(left[i]), \(right[i])) a=\(a) b=\(b): \(results[i]), exactly \(expected)")
                        return
                    }
                }
            }
        }
    }

    private func referenceResult(_ opcode: PointwiseOpcode, _ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        switch opcode {
        case .add: x + y
        case .subtract: x - y
        case .multiply: x * y
        case .divide: x / y
        case .fill: a
        case .addImmediate: x + a
        case .multiplyImmediate: x * a
        case .subtractFromImmediate: a - x
        case .divideImmediate: a / x
        case .divideByImmediate: x / a
        case .relu: x.isNaN ? x : x > 0 ? x : 0
        case .leakyRelu: x > 0 ? x : a * x
        case .prelu: x > 0 ? x : y * x
        case .reluGradient: y > 0 ? x : a * x
        case .tanh: Foundation.tanh(x)
        case .sigmoid: 1 / (1 + exp(-x))
        case .abs: x.magnitude
        case .squareRoot: x.squareRoot()
        case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
        case .clip: x.isNaN ? x : Swift.min(Swift.max(x, a), b)
        case .clipGradient: a <= y && y <= b ? x : 0
        case .round: x.rounded(.toNearestOrEven)
        case .powerOfImmediate: pow(a, x)
        case .power: pow(x, y)
        case .exponential: exp(x)
        case .logarithm: log(x)
        case .errorFunction: erf(x)
        case .floor: x.rounded(.down)
        case .less: x < y ? 1 : 0
        case .lessOrEqual: x <= y ? 1 : 0
        case .equal: x == y ? 1 : 0
        case .maximum: x.isNaN || x > y ? x : y
        case .minimum: x.isNaN || x < y ? x : y
        case .keepWhere: y != 0 ? x : 0
        case .keepWhereNot: y != 0 ? 0 : x
        case .either: Double(Float(bitPattern: Float(x).bitPattern | Float(y).bitPattern))
        case .toU8: x.isNaN ? 0 : Swift.min(Swift.max(x.rounded(.towardZero), 0), 255)
        }
    }

    /// Rounded as one operation, but for the functions that are approximated.
    private func isClose(_ result: Float, _ exact: Double, _ opcode: PointwiseOpcode) -> Bool {
        let rounded = Float(exact)
        if exact.isNaN { return result.isNaN }
        if rounded.isInfinite { return result == rounded }
        switch opcode {
        case .tanh, .sigmoid, .exponential, .logarithm, .errorFunction:
            return (Double(result) - exact).magnitude <= 5e-7 * exact.magnitude + 2e-38
        case .powerOfImmediate, .power:
            return result == rounded || (Double(result) - exact).magnitude <= 2e-7 * exact.magnitude + 2e-45
        default:
            return result == rounded
        }
    }

    @Test(arguments: Build.runnable)
    func keepsTheSignOfZero(_ build: Build) {
        for (opcode, expected) in [
            (PointwiseOpcode.round, FloatingPointSign.minus), (.floor, .minus), (.tanh, .minus), (.abs, .plus), (.relu, .plus),
        ] {
            let program = PointwiseProgram(
                operands: [.init(spread: .full)], instructions: [.init(opcode, left: 0)], results: [.init(value: 1)])
            let result = pointwiseUse(program, [Rows([-0.0], rowLength: 1)], width: 1, channels: 1).run(build)[0]
            #expect(result.values[0] == 0)
            #expect(result.values[0].sign == expected, "\(opcode)")
        }
    }

    /// Where 1 is the nearest number, it is the result: 1 − tanh² x, the slope, has to vanish there.
    @Test(arguments: Build.runnable)
    func tanhSaturates(_ build: Build) {
        let values: [Float] = [9.010_914, 9.02, 10, 19, 1e5, 1e19, .greatestFiniteMagnitude, .infinity]
        let program = PointwiseProgram(
            operands: [.init(spread: .full)], instructions: [.init(.tanh, left: 0)], results: [.init(value: 1)])
        for sign in [1, -1] as [Float] {
            let signed = values.map { sign * $0 }
            let result = pointwiseUse(program, [Rows(signed, rowLength: 8)], width: 8, channels: 1).run(build)[0]
            #expect(result.values == signed.map { _ in sign })
        }
    }

    /// Approximated functions over a dense sweep.
    @Test(arguments: Build.runnable, [PointwiseOpcode.tanh, .sigmoid, .exponential, .logarithm, .errorFunction])
    func approximationsAreClose(_ build: Build, _ opcode: PointwiseOpcode) {
        let (places, scale): (ClosedRange<Int>, Float) = opcode == .logarithm ? (1...12000, 4000) : (-6000...6000, 400)
        let values = places.map { Float($0) / scale }
        let program = PointwiseProgram(
            operands: [.init(spread: .full)], instructions: [.init(opcode, left: 0)], results: [.init(value: 1)])
        let results = pointwiseUse(
            program, [Rows(values, rowLength: values.count)], width: values.count, channels: 1
        ).run(build)[0].values
        let worst = zip(values, results).map { value, result -> Double in
            let exact = referenceResult(opcode, Double(value), 0, 0, 0)
            return exact == 0 ? Double(result.magnitude) : (Double(result) / exact - 1).magnitude
        }.max()!
        #expect(worst < 5e-7)
    }

    /// Operands of each spread and element over rows whose length no vector or block divides.
    @Test(arguments: Build.runnable)
    func spreadsOperands(_ build: Build) {
        for (rowCount, width, channels) in [
            (1, 1, 1), (2, 7, 3), (3, 255, 1), (2, 257, 1), (2, 100, 5), (1, 3, 300), (2, 2, 1000), (1, 40, 64),
        ] {
            var numbers = Numbers(4)
            let operands = [
                numbers.rows(1, channels), numbers.rows(rowCount, width * channels), numbers.rows(1, 1),
                numbers.byteRows(rowCount, width * channels), numbers.byteRows(1, channels), numbers.byteRows(1, 1),
            ]
            let program = PointwiseProgram(
                operands: [
                    .init(spread: .channel), .init(spread: .full), .init(spread: .scalar),
                    .init(spread: .full, element: .u8), .init(spread: .channel, element: .u8),
                    .init(spread: .scalar, element: .u8),
                ],
                instructions: [
                    .init(.add, left: 0, right: 1), .init(.multiply, left: 6, right: 2),
                    .init(.add, left: 7, right: 3), .init(.subtract, left: 8, right: 4),
                    .init(.add, left: 9, right: 5),
                ], results: [.init(value: 10), .init(value: 3, element: .u8), .init(value: 4)])
            let results = pointwiseUse(program, operands, width: width, channels: channels).run(build)
            let values = operands.map(\.values)
            let expected = (0..<rowCount * width * channels).map { i in
                (values[0][i % channels] + values[1][i]) * values[2][0] + values[3][i] - values[4][i % channels]
                    + values[5][0]
            }
            #expect(results[0].values == expected)
            #expect(results[1] == operands[3])
            #expect(results[2].values == (0..<expected.count).map { values[4][$0 % channels] })
        }
    }

    /// Operands with one element for each channel of an image, and repeated along every set of axes.
    @Test(arguments: Build.runnable)
    func spreadsOperandsOfImagesAndRepeatedOnes(_ build: Build) {
        for shape in [[1, 1, 1, 1], [3, 2, 7, 3], [2, 1, 257, 1], [2, 3, 100, 5], [3, 1, 3, 300], [2, 2, 2, 256]] {
            var numbers = Numbers(7)
            let (images, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
            let image = [numbers.rows(images * height, width * channels), numbers.rows(images, channels)]
            for repeatedAxes in 0..<16 {
                let own = shape.indices.map { repeatedAxes >> $0 & 1 == 1 ? 1 : shape[$0] }
                let repetition = OperandRepetition(of: own, over: shape)!
                let operands =
                    image + [numbers.rows(own[0] * own[1], own[2] * own[3]), numbers.byteRows(own[0] * own[1], own[2] * own[3])]
                let program = PointwiseProgram(
                    operands: [
                        .init(spread: .full), .init(spread: .image, rowsPerImage: height),
                        .init(spread: .repeated, repetition: repetition),
                        .init(spread: .repeated, element: .u8, repetition: repetition),
                    ],
                    instructions: [
                        .init(.multiply, left: 0, right: 1), .init(.add, left: 4, right: 2),
                        .init(.subtract, left: 5, right: 3),
                    ], results: [.init(value: 6)])
                let results = pointwiseUse(program, operands, width: width, channels: channels).run(build)
                let values = operands.map(\.values)
                let places = broadcastPlaces(of: own, in: shape)
                let expected = (0..<shape.reduce(1, *)).map { i in
                    let image = i / (height * width * channels)
                    return values[0][i] * values[1][image * channels + i % channels] + values[2][places[i]] - values[3][places[i]]
                }
                #expect(results[0].values == expected, "\(own) over \(shape)")
            }
        }
    }

    /// Tensors of five axes are one row, and so are their operands, but for those of four.
    @Test(arguments: Build.runnable)
    func spreadsRepeatedOperandsOverTensors(_ build: Build) {
        for shape in [[2, 3, 4, 5, 6], [1, 2, 31, 2, 8], [2, 2, 1, 3, 1], [40, 1, 1, 1, 9]] {
            var numbers = Numbers(8)
            for repeatedAxes in 0..<32 {
                let own = shape.indices.map { repeatedAxes >> $0 & 1 == 1 ? 1 : shape[$0] }
                let elements = own.reduce(1, *), rest = own[1...].reduce(1, *)
                for own in own[0] == 1 ? [own, Array(own.dropFirst())] : [own] {
                    let rowCount = own.count == 4 ? own[0] * own[1] : 1
                    let repetition = OperandRepetition(of: own, over: shape)!
                    let operands = [
                        numbers.rows(1, shape.reduce(1, *)),
                        numbers.rows(rowCount, (own.count == 4 ? rest : elements) / rowCount),
                    ]
                    let program = PointwiseProgram(
                        operands: [.init(spread: .full), .init(spread: .repeated, repetition: repetition)],
                        instructions: [.init(.add, left: 0, right: 1)], results: [.init(value: 2)])
                    var use = pointwiseUse(program, operands, width: shape.reduce(1, *), channels: 1)
                    (use.outputs, use.rowCount) = ([Rows(rowLength: shape.reduce(1, *), rowCount: 1)], 1)
                    let values = operands.map(\.values)
                    let places = broadcastPlaces(of: own, in: shape)
                    #expect(
                        use.run(build)[0].values == values[0].indices.map { values[0][$0] + values[1][places[$0]] },
                        "\(own) over \(shape)")
                }
            }
        }
    }

    /// Adam's update, whose three results lie over three of its operands.
    @Test(arguments: Build.runnable)
    func updatesInPlace(_ build: Build) {
        // Of w, m, v, g and the learning rate: m' = 0.9 m + 0.1 g, v' = 0.999 v + 0.001 g² and
        // w' = w − rate · m' / (√v' + ε).
        let program = PointwiseProgram(
            operands: (0..<4).map { _ in .init(spread: .full) } + [.init(spread: .scalar)],
            instructions: [
                .init(.multiplyImmediate, left: 1, immediate: 0.9), .init(.multiplyImmediate, left: 3, immediate: 0.1),
                .init(.add, left: 5, right: 6), .init(.multiplyImmediate, left: 2, immediate: 0.999),
                .init(.multiply, left: 3, right: 3), .init(.multiplyImmediate, left: 9, immediate: 0.001),
                .init(.add, left: 8, right: 10), .init(.squareRoot, left: 11),
                .init(.addImmediate, left: 12, immediate: 1e-8), .init(.multiply, left: 7, right: 4),
                .init(.divide, left: 14, right: 13), .init(.subtract, left: 0, right: 15),
            ], results: [.init(value: 16), .init(value: 7), .init(value: 11)])
        for length in [1, 9, 256, 700] {
            var numbers = Numbers(6)
            var operands = (0..<4).map { _ in numbers.rows(3, length) } + [Rows([1e-3], rowLength: 1)]
            operands[2] = Rows(operands[2].values.map(\.magnitude), rowLength: length)
            var use = pointwiseUse(program, operands, width: length, channels: 1)
            let apart = use.run(build)
            use.inPlace = [0: 0, 1: 1, 2: 2]
            #expect(use.run(build) == apart)
            let (w, m, v, g) = (operands[0].values, operands[1].values, operands[2].values, operands[3].values)
            for i in w.indices {
                let newM = 0.9 * m[i] + 0.1 * g[i], newV = 0.999 * v[i] + 0.001 * (g[i] * g[i])
                #expect(apart[0].values[i] == w[i] - newM * 1e-3 / (newV.squareRoot() + 1e-8))
                #expect(apart[1].values[i] == newM)
                #expect(apart[2].values[i] == newV)
            }
        }
    }

    /// One result written where its only operand lies.
    @Test(arguments: Build.runnable, [5, 8, 256, 300])
    func singleResultInPlace(_ build: Build, _ length: Int) {
        var numbers = Numbers(8)
        let program = Programs.epilogues.first { $0.name == "residual" }!.program
        let operands = [numbers.rows(2, length), numbers.rows(2, length)]
        var use = pointwiseUse(program, operands, width: length, channels: 1)
        let apart = use.run(build)
        for place in [0, 1] {
            use.inPlace = [0: place]
            #expect(use.run(build) == apart)
        }
    }

    @Test(arguments: Build.runnable, [1, 3, 7])
    func rowsAreTheSameInRollingBuffers(_ build: Build, _ rowsPerCall: Int) {
        for named in Programs.epilogues {
            var numbers = Numbers(9)
            let first = numbers.rows(10, 90)
            let operands = [first] + named.operands(rowCount: 10, width: 30, channels: 3)
            let use = pointwiseUse(named.program, operands, width: 30, channels: 3)
            let rolled = use.runRolling(build, rowsPerCall: rowsPerCall) { k, rows in
                named.program.operands[k].spread == .full ? rows : nil
            }
            #expect(rolled == use.run(build))
        }
    }
}

/// For each element of `shape`, the place of the one of `own` that is broadcast to it.
private func broadcastPlaces(of own: [Int], in shape: [Int]) -> [Int] {
    (0..<shape.reduce(1, *)).map { index in
        var (rest, place, stride) = (index, 0, 1)
        for axis in shape.indices.reversed() {
            let source = axis - (shape.count - own.count)
            if source >= 0, own[source] != 1 { place += rest % shape[axis] * stride }
            if source >= 0 { stride *= own[source] }
            rest /= shape[axis]
        }
        return place
    }
}
