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
    /// The symbol of the small picture's rows.
    public var heightSymbol: String
    /// The symbol of the small picture's columns.
    public var widthSymbol: String
    /// The output, `u8[N, scale·H, scale·W, 3]`, or with one channel as the input.
    public var output: String
    /// Whether the graph takes and makes grey pictures: of colours each channel goes through it by itself.
    public var isGrey: Bool
    /// Pixels of the result for each pixel of the picture, along each side: 1 to 64.
    public var scale: Int

    /// - Throws: when the graph does not take and make one such picture.
    public init(_ graph: Graph) throws(EnlargingError) {
        let inputs = graph.nodes.filter { $0.content == .input }
        guard inputs.count == 1, let input = inputs.first, let output = graph.outputs.first, graph.outputs.count == 1 else {
            throw .severalTensors(graph: graph.name)
        }
        let from = input.type, to = graph[output.value].type
        guard from.element == .u8, from.shape.rank == 4,
            from.shape.dimensions[3].constant == 3 || from.shape.dimensions[3].constant == 1,
            let height = from.shape.dimensions[1].symbol, let width = from.shape.dimensions[2].symbol,
            to.element == .u8, to.shape.rank == 4, to.shape.dimensions[3] == from.shape.dimensions[3],
            let scale = (1...64).first(where: {
                to.shape.dimensions[1] == $0 * from.shape.dimensions[1]
                    && to.shape.dimensions[2] == $0 * from.shape.dimensions[2]
            })
        else {
            throw .otherTypes(graph: graph.name, takes: from, makes: to)
        }
        self.input = input.name
        batchSymbol = from.shape.dimensions[0].symbol
        heightSymbol = height
        widthSymbol = width
        self.output = output.name
        isGrey = from.shape.dimensions[3].constant == 1
        self.scale = scale
    }

    /// What the picture's sides must be multiples of, since a network that halves them must be able to: 1, 2, 4 … 64.
    ///
    /// - Parameter graph: that this was read from; its sizes are bound once for each unit that is tried.
    func sideUnit(of graph: Graph) -> Int {
        // Odd multiples, which are multiples of no larger unit, and of sides that no network is too large for. Where no unit
        // will do, the picture's own sides say why.
        let units = (0...6).map { 1 << $0 }
        return units.first { (try? graph.bound(to: sizes(imageCount: 1, height: 257 * $0, width: 263 * $0))) != nil } ?? 1
    }

    /// - Throws: when the model has no such entry, or it does not enlarge pictures.
    public init(_ model: Model) throws(EnlargingError) {
        do { try self.init(model.entry(.predict).graph) } catch { throw EnlargingError(error) }
    }

    /// The bindings for a batch of pictures.
    public func sizes(imageCount: Int, height: Int, width: Int) -> [String: Int] {
        var sizes = [heightSymbol: height, widthSymbol: width]
        if let batchSymbol { sizes[batchSymbol] = imageCount }
        return sizes
    }
}
