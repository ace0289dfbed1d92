/// How tensors of unlike shapes meet: dimensions are matched from the last one backwards, and a
/// dimension that is missing or written as 1 is repeated (NumPy's rule).
///
/// Only a dimension that *is* 1 is repeated. A symbolic size never is, whatever it may be bound to:
/// two symbolic sizes that differ for some values pass here, and are compared again once bound.
enum Broadcasting {
    /// The shape that all operands are broadcast to.
    static func shape(of operands: [TensorType], in op: OpName) throws(OpError) -> Shape {
        var result = operands[0].shape
        for operand in operands.dropFirst() {
            guard let joined = join(result, operand.shape) else {
                throw .noCommonShape(op, first: operands[0], found: operand)
            }
            result = joined
        }
        return result
    }

    private static func join(_ left: Shape, _ right: Shape) -> Shape? {
        if left == right { return left }
        let rank = max(left.rank, right.rank)
        let (left, right) = (left.padded(to: rank), right.padded(to: rank))
        var dimensions: [Size] = []
        for (a, b) in zip(left, right) {
            if a == Size(1) {
                dimensions.append(b)
            } else if b == Size(1) || a.compared(to: b) != .different {
                dimensions.append(a)
            } else {
                return nil
            }
        }
        return Shape(dimensions)
    }

    /// Whether `shape` broadcasts to exactly `target`, as far as sizes are known.
    static func fits(_ shape: Shape, in target: Shape) -> Bool {
        guard shape.rank <= target.rank else { return false }
        return zip(shape.padded(to: target.rank), target.dimensions).allSatisfy { size, wanted in
            size == Size(1) || size.compared(to: wanted) != .different
        }
    }

    /// Whether no dimension is repeated but those that are 1 whatever sizes are bound to.
    static func repeatsOnlyOnes(of shape: Shape, in target: Shape, boundTo sizes: [String: Int]) -> Bool {
        if shape == target { return true }
        return zip(shape.padded(to: target.rank), target.dimensions).allSatisfy { size, wanted in
            size == Size(1) || size.bound(to: sizes).compared(to: wanted.bound(to: sizes)) != .different
        }
    }

    /// Image rows of an operand broadcast to a result: those of one image for all, as of one row, are not counted with the
    /// result's. Other ranks than 4 have no rows.
    static func rowMap(from operand: [Int], to result: [Int]) -> RowMap {
        operand.count == 4 && result.count == 4 && operand[..<2] == result[..<2] ? .identity : .all
    }

    /// Sums a gradient over the dimensions along which `operand` was repeated.
    static func reduce(
        _ gradient: ValueID, like operand: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> ValueID {
        let shape = builder.type(of: operand).shape
        if builder.type(of: gradient).shape == shape { return gradient }
        return try builder.apply(.sumTo, [gradient], Attributes(["shape": .sizes(shape.dimensions)]))
    }

    /// For each element of `target`, the place of the element of `shape` that is broadcast to it.
    static func places(of shape: [Int], in target: [Int]) -> [Int] {
        let padded = Array(repeating: 1, count: target.count - shape.count) + shape
        var places = [0]
        // From the last dimension to the first: what is known of one index holds at each, offset.
        var stride = 1
        for axis in target.indices.reversed() {
            let offset = padded[axis] == 1 ? 0 : stride
            var repeated: [Int] = []
            repeated.reserveCapacity(places.count * target[axis])
            for index in 0..<target[axis] {
                for place in places { repeated.append(place + index * offset) }
            }
            places = repeated
            stride *= padded[axis]
        }
        return places
    }

    /// Two operands broadcast to `shape`, and combined element by element.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    static func combine<Scalar>(
        _ operands: [Tensor<Scalar>], _ shape: [Int], _ body: (Scalar, Scalar) -> Scalar
    ) -> Tensor<Scalar> {
        let (left, right) = (operands[0].values, operands[1].values)
        let places = zip(places(of: operands[0].shape, in: shape), places(of: operands[1].shape, in: shape))
        return Tensor(shape: shape, values: places.map { body(left[$0], right[$1]) })
    }
}

extension Shape {
    /// The sizes with ones in front, `rank` in all.
    fileprivate func padded(to rank: Int) -> [Size] {
        Array(repeating: Size(1), count: rank - self.rank) + dimensions
    }
}
