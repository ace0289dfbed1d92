import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime
import GraphImaging

/// What a model that enlarges pictures takes and makes, read from its entries' types: the framework
/// knows no model by name.
public struct Enlargement: Hashable, Sendable {
    /// The entry's image input, `u8[N, H, W, 3]`, or `u8[N, H, W, 1]` where the graph takes grey pictures.
    public var input: String
    /// The symbols of its sizes; nil where the size is a number.
    public var batchSymbol: String?
    /// The symbol of the small picture's rows; nil where the size is a number.
    public var heightSymbol: String?
    /// The symbol of the small picture's columns; nil where the size is a number.
    public var widthSymbol: String?
    /// The size of the pictures that it takes, where it takes those of one size alone.
    public var ownSize: PictureSize?
    /// The output, `u8[N, scale·H, scale·W, 3]`, or with one channel as the input.
    public var output: String
    /// Whether the graph takes and makes grey pictures: of colours each channel goes through it by itself.
    public var isGrey: Bool
    /// Pixels of the result for each pixel of the picture, along each side: 1 to 64.
    public var scale: Int

    /// What the graph takes beside the picture, in its order.
    public var extras: [ExtraInput]
    /// Those of them that are scalars of the graph.
    let scalars: Set<String>
    /// Symbols of sizes that the picture has not: where a number stands for all elements, one is enough.
    private let otherSymbols: Set<String>

    /// Of all networks.
    static let greatestScale = 64
    /// See ``sideUnit(of:)``.
    private static let largestSideUnit = 64

    /// - Throws: when the graph does not make one picture of one that it takes. Of several that would do the first is enlarged.
    public init(_ graph: Graph) throws(EnlargingError) {
        let inputs = graph.nodes.filter { $0.content == .input }
        guard let first = inputs.first, let output = graph.outputs.first, graph.outputs.count == 1 else {
            throw .severalTensors(graph: graph.name)
        }
        let made = graph[output.value].type
        guard let (input, match) = inputs.lazy.compactMap({ node in Match(node.type, made: made).map { (node, $0) } }).first
        else {
            throw .otherTypes(graph: graph.name, takes: first.type, makes: made)
        }
        self.input = input.name
        batchSymbol = input.type.shape.dimensions[0].symbol
        heightSymbol = match.heightSymbol
        widthSymbol = match.widthSymbol
        ownSize = match.ownSize
        self.output = output.name
        isGrey = match.channelCount == 1
        scale = match.scale
        let scalars = graph.nodes.filter { $0.content == .scalar }
        self.scalars = Set(scalars.map(\.name))
        let symbols = inputs.flatMap { $0.type.shape.dimensions.compactMap(\.symbol) }
        otherSymbols = Set(symbols).subtracting(input.type.shape.dimensions.compactMap(\.symbol))
        extras = (inputs.filter { $0.name != input.name } + scalars).map { ExtraInput($0, beside: input.type) }
    }

    /// A picture that becomes a larger one.
    private struct Match {
        let heightSymbol, widthSymbol: String?
        let ownSize: PictureSize?
        let channelCount, scale: Int

        /// - Returns: nil where one type is not that of a picture, or the other not that of a larger one.
        init?(_ taken: TensorType, made: TensorType) {
            let from = taken.shape.dimensions, to = made.shape.dimensions
            guard taken.element == .u8, from.count == 4, let channelCount = from[3].constant,
                channelCount == 3 || channelCount == 1, made.element == .u8, to.count == 4, to[3] == from[3]
            else { return nil }
            let height = from[1].symbol, width = from[2].symbol
            if let rows = from[1].constant, let columns = from[2].constant {
                ownSize = PictureSize(width: columns, height: rows)
            } else {
                guard height != nil, width != nil else { return nil }
                ownSize = nil
            }
            // A network that halves its sides and doubles them again makes them as long as they were where they are multiples.
            func side(_ size: Size) -> Size {
                size.substituting { $0 == height || $0 == width ? largestSideUnit * Size(symbol: $0) : nil }
            }
            func enlarges(by scale: Int) -> Bool {
                (1...2).allSatisfy { axis in
                    to[axis] == scale * from[axis] || side(to[axis]) == scale * largestSideUnit * from[axis]
                }
            }
            guard let scale = (1...greatestScale).first(where: enlarges) else { return nil }
            heightSymbol = height
            widthSymbol = width
            self.channelCount = channelCount
            self.scale = scale
        }
    }

    /// - Throws: where not each of what the network takes beside a picture of a size has a value that it takes.
    func check(_ values: [String: ExtraValue], beside size: PictureSize) throws(EnlargingError) {
        if let unknown = values.keys.sorted().first(where: { name in !extras.contains { $0.name == name } }) {
            throw .unknownExtra(unknown, known: extras)
        }
        let missing = extras.filter { values[$0.name] == nil }
        guard missing.isEmpty else { throw .missingExtras(missing) }
        for extra in extras { if let value = values[extra.name] { try extra.check(value, beside: size) } }
    }

    /// What the picture's sides must be multiples of, since a network that halves them must be able to: 1, 2, 4 … 64.
    ///
    /// - Parameter graph: that this was read from; its sizes are bound once for each unit that is tried.
    func sideUnit(of graph: Graph) -> Int {
        // Odd multiples, which are multiples of no larger unit, and of sides that no network is too large for. Where no unit
        // will do, the picture's own sides say why.
        if ownSize != nil { return 1 }
        let units = (0...6).map { 1 << $0 }
        return units.first { unit in
            let height = 257 * unit, width = 263 * unit
            guard let bound = try? graph.bound(to: sizes(imageCount: 1, height: height, width: width)),
                let output = bound.outputs.first
            else { return false }
            return bound[output.value].type.shape.constant.map { $0[1] == scale * height && $0[2] == scale * width } ?? true
        } ?? 1
    }

    /// - Throws: when the model has no such entry, or it does not enlarge pictures.
    public init(_ model: Model) throws(EnlargingError) {
        do { try self.init(model.entry(.predict).graph) } catch { throw EnlargingError(error) }
    }

    /// The bindings for a batch of pictures.
    public func sizes(imageCount: Int, height: Int, width: Int) -> [String: Int] {
        var sizes: [String: Int] = [:]
        for (symbol, size) in [(heightSymbol, height), (widthSymbol, width), (batchSymbol, imageCount)] {
            if let symbol { sizes[symbol] = size }
        }
        for symbol in otherSymbols { sizes[symbol] = 1 }
        return sizes
    }
}
