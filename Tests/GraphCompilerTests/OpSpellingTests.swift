import GraphCompiler
import GraphIR
import GraphKernelInterface
import Testing

/// A pointwise op is fused however it is written: with images, with one element for each channel or for each channel of a row, with one for
/// all, and with numbers, in the place of each operand.
@Suite struct OpSpellingTests {
    enum Other: CaseIterable {
        case image, channels, pixel, rows, scalar, number

        /// Whether it is read row by row, which it cannot be behind a pixel shuffle.
        var isOfRows: Bool { self == .image || self == .rows }
    }

    @Test(arguments: OpName.allCases.filter(\.definition.isPointwise))
    func everySpellingIsFused(_ op: OpName) throws {
        var count = 0
        let operandCount = op.definition.signature.operands.count
        for place in 0..<operandCount {
            for others in Self.combinations(operandCount - 1) {
                // Behind a convolution, behind its pixel shuffle where no further image is read, and alone.
                for source in Source.allCases where source != .shuffled || !others.contains(where: \.isOfRows) {
                    guard let entry = try Self.entry(op, source, at: place, others) else { continue }
                    count += 1
                    let program = try Pipeline.plan(entry, sizes: [:], PlanOptions(.portable)).program
                    let steps = program.steps.filter { !$0.isPreparation }
                    let spelling = "\(op), the operand of a \(source) at \(place) and \(others) beside it"
                    #expect(steps.map(\.name).count == 1, "\(spelling): PointwiseTable or Fuse does not fuse it")
                    #expect(!steps.contains { $0.kernel == .reference }, "\(spelling): PointwiseTable has no instruction")
                }
            }
        }
        #expect(count > 0, "\(op) fits no operands of this test")
    }

    enum Source: CaseIterable {
        case convolution, shuffled, input
    }

    private static func combinations(_ count: Int) -> [[Other]] {
        (0..<count).reduce([[]]) { lists, _ in lists.flatMap { list in Other.allCases.map { list + [$0] } } }
    }

    /// The op on what a source makes, of 8 channels; nil where operands do not fit it.
    private static func entry(_ op: OpName, _ source: Source, at place: Int, _ others: [Other]) throws -> Entry? {
        var builder = GraphBuilder(name: "spelling")
        func type(_ sizes: [Int]) -> TensorType { TensorType(.f32, Shape(sizes.map(Size.init))) }
        let x = builder.declare(.input, type: type([1, 4, 5, 8]), named: "x")
        var value = x
        if source != .input {
            let channels = source == .shuffled ? 32 : 8
            let filter = builder.declare(
                .weight(path: "filter", initializer: .ones), type: type([3, 3, 8, channels]), named: "filter")
            value = try builder.apply(.conv2D, [x, filter])
        }
        if source == .shuffled { value = try builder.apply(.depthToSpace, [value], block) }
        let result = builder.type(of: value)
        var operands = others.enumerated().map { index, other in
            func weight(_ sizes: [Int]) -> ValueID {
                builder.declare(.weight(path: "w\(index)", initializer: .ones), type: type(sizes), named: "w\(index)")
            }
            return switch other {
            case .image: builder.declare(.input, type: result, named: "image\(index)")
            case .channels: weight([8])
            case .pixel: weight([1, 1, 1, 8])
            case .rows: weight([1, result.shape.dimensions[1].constant ?? 1, 1, 8])
            case .scalar: weight([])
            case .number: builder.constant(0.25)
            }
        }
        operands.insert(value, at: place)
        guard let y = try? builder.apply(op, operands, attributes(of: op, result.shape)),
            builder.type(of: y).shape == result.shape
        else { return nil }
        builder.setOutput("y", y)
        let module = Module(name: "spelling", entries: [Entry(role: .predict, graph: builder.graph)])
        return try Pipeline.continue(module, after: .simplified, upTo: .fused).entries[0]
    }

    private static let block = Attributes(["block": .size(Size(2))])

    /// Attributes that an op must be given.
    private static func attributes(of op: OpName, _ shape: Shape) -> Attributes {
        var attributes = Attributes()
        for declaration in op.definition.signature.attributes where declaration.defaultValue == nil {
            attributes[declaration.name] =
                switch declaration.kind {
                case .float: .float(0.5)
                case .integer, .size, .padding: .size(Size(1))
                case .pair: .size(Size(1))
                case .sizes: .sizes(shape.dimensions)
                case .sides: .sizes([Size(1), Size(1), Size(1), Size(1)])
                case .truth: .truth(false)
                case .word(let words): .word(words[0])
                case .table: .table(NumberTable(shape: [1], values: [1]))
                }
        }
        return attributes
    }
}
