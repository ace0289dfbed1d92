import RealModule

/// The peak signal-to-noise ratio of images a against b in decibels, averaged over the batch:
/// mean over n of 10 · log10(max² / mse_n), mse_n being the mean of (a − b)² over image n.
///
/// mse_n is taken as at least 1e-10 · max², so that equal images have 100 dB. Shapes: both
/// `[N, H, W, C]`; the result is a scalar.
struct PSNR: Op {
    let name = OpName.psnr
    let signature = Signature(["a", "b"], attributes: PSNR.attributes)

    static let attributes = [AttributeDeclaration("max", .float)]

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try PSNR.check(operands[0], operands[1], attributes, in: name)
        return .scalar
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let byA = try builder.apply(.psnrGradient, [outputGradient] + use.operands, use.attributes)
        return [byA, try builder.apply(.negate, [byA])]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { .all }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let peak = attributes.float("max") * attributes.float("max")
        let errors = PSNR.meanSquaredErrors(operands[0], operands[1])
        let decibels = errors.map { 10 * Double.log10(peak / max($0, PSNR.floor * peak)) }
        return .scalar(Scalar(decibels.reduce(0, +) / Double(decibels.count)))
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 3 * shapes.operands[0].elementCount)
    }

    /// The smallest mean squared error that is told from none, relative to max².
    static let floor = 1e-10

    /// For each image, in double precision, as all sums over images are.
    @inline(__always)
    static func meanSquaredErrors<Scalar: EvaluationScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> [Double] {
        let count = a.shape[1] * a.shape[2] * a.shape[3]
        return (0..<a.shape[0]).map { n in
            var total = 0.0
            for index in n * count..<(n + 1) * count {
                let difference = Double(a.values[index]) - Double(b.values[index])
                total += difference * difference
            }
            return total / Double(count)
        }
    }

    static func check(
        _ a: TensorType, _ b: TensorType, _ attributes: Attributes, in op: OpName
    ) throws(OpError) {
        try a.requireF32(in: op)
        try a.requireImages(in: op)
        try b.requireF32(in: op)
        try b.require(a, as: "b", in: op)
        let peak = attributes.float("max")
        guard peak > 0, peak.isFinite else { throw .attribute(op, "max", .notPositive(peak)) }
    }
}
