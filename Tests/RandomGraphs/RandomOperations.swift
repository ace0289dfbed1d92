import GraphIR

/// The operations that entries share.
extension GraphDrawing {
    mutating func addOperation() {
        let x = any()
        switch pick(Array(0..<30)) {
        case 0, 1: keep(function(of: x))
        case 2: keep(apply(.clip, [x], ["min": .float(-0.5), "max": .float(0.75)]))
        case 3: keep(withNumber(x))
        case 4, 5: keep(withTensor(x))
        case 6: keep(withWeight(x))
        case 7: keep(quotient(x))
        case 8: keep(rearrangement(recent()))
        case 9: keep(apply(.resizeBicubic, [recent()], ["factor": .size(Size(pick([1, 2, 3])))]))
        case 10: keep(concatenation(x))
        case 11, 12: keep(cut(x))
        case 13: keep(normalized(x))
        case 14, 15: keep(reduction(x))
        case 16: keep(repetition())
        case 17: keep(gradient(of: x))
        case 18: keep(apply(.castToU8, [x]).flatMap { apply(.castToF32, [$0]) })
        case 19: keep(numbersAlone())
        case 20, 21: keep(choice(x))
        case 22: keep(border(of: recent()))
        case 23: keep(reordered(x))
        case 24: keep(product(x))
        case 25: keep(withTable(x))
        default: _ = convolution(recent())
        }
    }

    @discardableResult
    mutating func convolution(_ x: ValueID) -> ValueID? {
        let inputs = channels(x)
        let groups = chance(3) ? pick([2, 3, 4, inputs].filter { inputs.isMultiple(of: $0) }) : 1
        let outputs = groups > 1 ? groups * pick([1, 1, 2, 5]) : pick([1, 2, 4, 8, 9, 16, 17])
        let filter = weight([pick([1, 3, 5]), pick([1, 3, 3, 7]), inputs / groups, outputs])
        let attributes: KeyValuePairs<String, AttributeValue> = [
            "stride": .size(Size(pick([1, 1, 1, 2]))), "dilation": .size(Size(pick([1, 1, 1, 1, 2, 3]))),
            "groups": .size(Size(groups)),
            "pad": pick([
                .padding(.same), .padding(.same), .padding(.valid), .size(Size(2)),
                .sizes([Size(0), Size(3), Size(1), Size(0)]),
            ]),
        ]
        guard var y = apply(.conv2D, [x, filter], attributes) else { return nil }
        if chance(2) { keep(y) }
        if !chance(3) { y = apply(.add, [y, weight(pick([[outputs], [outputs], [1, 1, 1, outputs]]))]) ?? y }
        if chance(2) { y = (chance(3) ? apply(.prelu, [y, slope(of: y)]) : apply(pick([.relu, .tanh]), [y])) ?? y }
        if chance(3) { y = apply(.multiply, [builder.constant(0.3), y]) ?? y }
        if chance(4), outputs % 4 == 0 { y = apply(.depthToSpace, [y], ["block": .size(Size(pick([1, 2])))]) ?? y }
        return keep(y)
    }

    private mutating func function(of x: ValueID) -> ValueID? {
        switch pick(Array(0..<13)) {
        case 0: apply(.leakyReLU, [x], ["slope": .float(0.1)])
        case 1: apply(.prelu, [x, slope(of: x)])
        case 2: positive(x).flatMap { apply(.sqrt, [$0]) }
        case 3: apply(.clip, [x], ["min": .float(-3), "max": .float(3)]).flatMap { apply(pick([.exp, .erf]), [$0]) }
        case 4: apply(pick([.round, .sign, .floor]), [x])
        case 5: positive(x).flatMap { apply(.log, [$0]) }
        case 6: powers(of: x)
        case 7: shape(x).isEmpty ? nil : apply(.softmax, [x], ["axis": .size(Size(pick(Array(shape(x).indices))))])
        default: apply(pick([.relu, .tanh, .sigmoid, .abs, .negate, .relu]), [x])
        }
    }

    /// Away from 0.
    private mutating func positive(_ x: ValueID) -> ValueID? {
        apply(.abs, [x]).flatMap { apply(.add, [$0, builder.constant(0.25)]) }
    }

    private mutating func powers(of x: ValueID) -> ValueID? {
        let tame = apply(.clip, [x], ["min": .float(-2), "max": .float(2)])
        guard let tame, let base = positive(any()).flatMap({ apply(.tanh, [$0]) }) else { return nil }
        return switch pick([0, 1, 2]) {
        case 0: apply(.power, [builder.constant(pick([0.9, 2])), tame])
        case 1: apply(.power, [base, builder.constant(pick([0, 1, 2, 0.5, -1]))])
        default: apply(.power, [base, tame])
        }
    }

    /// Comparisons, of whole numbers where equality is asked for, and what they choose.
    private mutating func choice(_ x: ValueID) -> ValueID? {
        let other = chance(3) ? builder.constant(number()) : any()
        switch pick([0, 0, 1, 2, 3]) {
        case 0: return apply(pick([.maximum, .minimum]), chance(2) ? [x, other] : [other, x])
        case 1: return apply(pick([.less, .lessOrEqual]), chance(2) ? [x, other] : [other, x])
        case 2:
            guard let left = apply(.round, [x]), let right = apply(.floor, [other]) else { return nil }
            return apply(.equal, [left, right])
        default: return apply(.less, [x, other]).flatMap { apply(.select, [$0, pick([x, other]), any()]) }
        }
    }

    private mutating func border(of x: ValueID) -> ValueID? {
        let sides = (0..<4).map { _ in Size(pick([0, 1, 2])) }
        let mode = pick(["constant", "edge", "reflect"])
        guard !chance(4) else {
            return apply(.padGradient, [x], ["sides": .sizes(sides), "mode": .word(mode)])
        }
        return apply(
            .pad, [x], ["sides": .sizes(sides), "mode": .word(mode), "value": .float(mode == "constant" ? number() : 0)])
    }

    /// The same elements in another shape or order.
    private mutating func reordered(_ x: ValueID) -> ValueID? {
        let sizes = shape(x)
        if chance(2) {
            var order = Array(sizes.indices)
            if order.count > 1 { order.swapAt(pick(Array(order.indices)), pick(Array(order.indices))) }
            return apply(.transpose, [x], ["order": .sizes(order.map { Size($0) })])
        }
        guard sizes.count == 4 else { return apply(.reshape, [x], ["shape": .sizes([Size(1)] + sizes)]) }
        let target = pick([
            [sizes[0], sizes[1] * sizes[2], sizes[3]], [sizes[0], sizes[1], sizes[2] * sizes[3], Size(1)],
            [sizes[0], sizes[1] * sizes[2], Size(1), sizes[3]], [Size(1), sizes[0] * sizes[1], sizes[2], sizes[3]],
        ])
        return apply(.reshape, [x], ["shape": .sizes(target)])
    }

    private mutating func product(_ x: ValueID) -> ValueID? {
        guard shape(x).count >= 2 else { return nil }
        let tame = apply(.multiply, [x, builder.constant(0.25)]) ?? x
        guard !chance(3) else { return apply(.matmul, [tame, tame], ["transpose_b": .truth(true)]) }
        let inner = shape(x).last?.constant ?? 1, outer = pick([1, 3, 8])
        return chance(2)
            ? apply(.matmul, [tame, weight([inner, outer])])
            : apply(.matmul, [tame, weight([outer, inner])], ["transpose_b": .truth(true)])
    }

    private mutating func withTable(_ x: ValueID) -> ValueID? {
        let last = shape(x).last?.constant ?? 1
        let shape = pick([[last], [1, 1, 1, last], [1]])
        let numbers = (0..<shape.reduce(1, *)).map { _ in number() }
        let table = apply(.table, [], ["values": .table(NumberTable(shape: shape, values: numbers))])
        return table.flatMap { apply(pick([.add, .multiply, .subtract]), [x, $0]) }
    }

    private mutating func withNumber(_ x: ValueID) -> ValueID? {
        let number = builder.constant(number())
        return chance(2)
            ? apply(pick([.add, .subtract, .multiply]), [x, number]) : apply(pick([.add, .subtract, .multiply]), [number, x])
    }

    /// With another tensor that may broadcast.
    private mutating func withTensor(_ x: ValueID) -> ValueID? {
        let other = chance(2) ? any() : pick(images)
        return apply(pick([.add, .subtract, .multiply, .add]), chance(2) ? [x, other] : [other, x])
    }

    private mutating func withWeight(_ x: ValueID) -> ValueID? {
        let last = shape(x).last?.constant ?? 1
        let shape = pick([[last], [1, 1, 1, last], [], [1]])
        let w = chance(2) ? weight(shape) : state(shape)
        return apply(pick([.add, .multiply, .subtract]), chance(2) ? [x, w] : [w, x])
    }

    /// By what is not near 0.
    private mutating func quotient(_ x: ValueID) -> ValueID? {
        if chance(3) { return apply(.divide, [x, builder.constant(pick([0.5, -3, 1, 128]))]) }
        let divisor = apply(.sigmoid, [any()]).flatMap { apply(.add, [$0, builder.constant(0.5)]) }
        return divisor.flatMap { divisor in
            chance(3) ? apply(.divide, [builder.constant(number()), divisor]) : apply(.divide, [x, divisor])
        }
    }

    /// For each channel, for all, or a number.
    private mutating func slope(of x: ValueID) -> ValueID {
        let last = shape(x).last?.constant ?? 1
        return chance(3) ? builder.constant(0.25) : weight(pick([[last], [1], []]))
    }

    private mutating func rearrangement(_ x: ValueID) -> ValueID? {
        let block: KeyValuePairs<String, AttributeValue> = ["block": .size(Size(pick([2, 2, 1])))]
        if channels(x) % 4 == 0, let wide = apply(.depthToSpace, [x], block) { return wide }
        guard chance(2) else { return apply(.spaceToDepth, [x], block) }
        let deep = apply(.conv2D, [x, weight([1, 1, channels(x), 8])])
        return deep.flatMap { apply(.depthToSpace, [$0], block) }
    }

    private mutating func concatenation(_ x: ValueID) -> ValueID? {
        let axis = pick(shape(x).isEmpty ? [0] : shape(x).indices + [shape(x).count - 1])
        let partners = (images + others).filter { other in
            shape(other).count == shape(x).count
                && zip(shape(other), shape(x)).enumerated().allSatisfy { $0 == axis || $1.0 == $1.1 }
        }
        return apply(.concat, (0..<pick([1, 2, 3])).map { $0 == 0 ? x : pick(partners) }, ["axis": .size(Size(axis))])
    }

    /// A slice, or a border of zeros.
    private mutating func cut(_ x: ValueID) -> ValueID? {
        guard !shape(x).isEmpty else { return nil }
        let axis = pick(Array(shape(x).indices))
        let size = shape(x)[axis]
        let start = pick([0, 1])
        if chance(3) {
            return apply(
                .padZero, [x],
                [
                    "axis": .size(Size(axis)), "before": .size(pick([Size(start), size])),
                    "after": .size(Size(pick([0, 1]))),
                ])
        }
        return apply(
            .slice, [x],
            [
                "axis": .size(Size(axis)), "start": .size(Size(start)),
                "length": .size(pick([size - start, size - start, Size(1)])),
            ])
    }

    /// A value that depends on the whole image is read by each of its pixels.
    private mutating func normalized(_ x: ValueID) -> ValueID? {
        reduction(x).flatMap { apply(.multiply, [$0, builder.constant(0.01)]) }.flatMap { apply(.tanh, [$0]) }
            .flatMap { apply(pick([.subtract, .multiply]), [x, $0]) }
    }

    private mutating func reduction(_ x: ValueID) -> ValueID? {
        let shape = shape(x)
        switch pick(Array(0..<6)) {
        case 0: return apply(pick([.mean, .reduceMax]), [x])
        case 1: return apply(.sum, [x])
        case 2, 3:
            let axes = shape.indices.filter { _ in chance(2) }
            return apply(
                pick([.sum, .sum, .mean, .reduceMax]), [x],
                ["axes": .sizes((chance(2) ? axes : axes.reversed()).map { Size($0) }), "keep_dims": .truth(chance(2))])
        default:
            let target = pick([
                Array(shape.suffix(1)), shape.map { _ in Size(1) }, Array(shape.dropFirst(1)),
                shape.enumerated().map { $0 == shape.count - 1 ? $1 : Size(1) },
                shape.enumerated().map { $0 == 0 ? $1 : Size(1) },
            ])
            return apply(.sumTo, [x], ["shape": .sizes(target)])
        }
    }

    /// Over the shape of an image.
    private mutating func repetition() -> ValueID? {
        let target = shape(recent())
        let small = chance(3) ? builder.constant(number()) : any()
        switch pick([0, 0, 1, 2]) {
        case 0: return apply(.broadcast, [small], ["shape": .sizes(target)])
        case 1: return apply(.mean, [small]).flatMap { apply(.meanGradient, [$0], ["shape": .sizes(target)]) }
        default:
            let image = recent()
            let axes: AttributeValue = .sizes(pick([[0, 1, 2], [], [3], [1, 2], [2, 0]]).map { Size($0) })
            return apply(.sum, [image], ["axes": axes])
                .flatMap { apply(.sumGradient, [$0], ["shape": .sizes(shape(image)), "axes": axes]) }
        }
    }

    /// Ops that differentiation writes, used by themselves.
    private mutating func gradient(of x: ValueID) -> ValueID? {
        let image = recent()
        switch pick(Array(0..<6)) {
        case 0: return apply(.reluGradient, [x, any()], ["slope": .float(pick([0, 0.2]))])
        case 1: return apply(.clipGradient, [x, any()], ["min": .float(-0.5), "max": .float(0.75)])
        case 2:
            let dy = chance(2) ? builder.constant(-0.5) : apply(.mean, [x])
            return dy.flatMap { dy in
                apply(.tanh, [image]).flatMap { apply(.psnrGradient, [dy, image, $0], ["max": .float(2)]) }
            }
        case 3: return apply(.resizeBicubicGradient, [image], ["factor": .size(Size(pick([1, 2])))])
        case 4:
            let filter = weight([pick([1, 3]), 3, pick([1, 4, 8]), channels(image)])
            return apply(
                .conv2DInputGradient, [image, filter], ["height": .size(shape(image)[1]), "width": .size(shape(image)[2])])
        default:
            return apply(.conv2DFilterGradient, [image, pick(images)], ["height": .size(Size(3)), "width": .size(Size(1))])
                .flatMap { apply(.multiply, [$0, builder.constant(0.01)]) }
        }
    }

    /// What is computed when compiling.
    private mutating func numbersAlone() -> ValueID? {
        let product = apply(.multiply, [builder.constant(number()), builder.constant(number())])
        return chance(2) ? product : product.flatMap { apply(.broadcast, [$0], ["shape": .sizes(shape(recent()))]) }
    }
}
