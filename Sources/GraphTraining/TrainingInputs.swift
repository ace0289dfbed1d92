import GraphEnlarging
import GraphIR
import GraphModel

/// What a training step takes, read from the entries' types: no model is known by name.
public struct TrainingInputs: Hashable, Sendable {
    /// The low-resolution input: the one that `predict` has too.
    public var reduced: String
    /// The other, `u8[N, scale·H, scale·W, 3]`, or with one channel as the first: the true picture.
    public var truth: String
    /// What the model takes and makes.
    public var enlargement: Enlargement
    /// The model's losses, then its metrics, in the order of the graph.
    public var measures: [Measure]
    /// What the model takes beside pictures as a scalar.
    private let scalarNames: Set<String>
    /// The inputs whose elements are divided among the crops of a batch.
    let ofEachCrop: Set<String>

    /// A number that each training step computes.
    public struct Measure: Hashable, Sendable {
        /// Its name in the graph.
        public var name: String
        /// Whether training minimises it.
        public var isLoss: Bool
    }

    /// How many times larger the true pictures are than the reduced ones.
    public var scale: Int { enlargement.scale }

    /// What a training step's scalars are, but those of the optimizer.
    func scalars(of extras: TrainingExtras) -> [String: Float] { extras.numbers.filter { scalarNames.contains($0.key) } }

    /// - Throws: when the model does not enlarge pictures, or its `train` entry takes something else.
    public init(_ model: Model) throws(TrainingError) {
        let (train, enlargement) = try asTrainingError {
            (try model.entry(.train).graph, try Enlargement(model))
        }
        let extras = Set(enlargement.extras.map(\.name))
        let inputs = train.nodes.filter { $0.content == .input && !extras.contains($0.name) }
        guard inputs.count == 2, let reduced = inputs.first(where: { $0.name == enlargement.input }),
            let truth = inputs.first(where: { $0.name != enlargement.input })
        else {
            throw .otherInputs(graph: train.name, inputs.map(\.name), reduced: enlargement.input)
        }
        guard enlargement.ownSize == nil else {
            throw .enlarging(.otherTypes(graph: train.name, takes: reduced.type, makes: truth.type))
        }
        let small = reduced.type.shape.dimensions
        let expected = TensorType(
            .u8, Shape([small[0], enlargement.scale * small[1], enlargement.scale * small[2], small[3]]))
        guard truth.type == expected else {
            throw .otherTruth(graph: train.name, input: truth.name, truth.type, expected: expected)
        }
        let supplied = extras.union(TrainingScalars.all)
        if let other = train.nodes.first(where: { $0.content == .scalar && !supplied.contains($0.name) }) {
            throw .otherScalar(graph: train.name, other.name)
        }
        ofEachCrop = Set(train.nodes.filter { $0.content == .input && $0.type.shape.dimensions.first == small[0] }.map(\.name))
        scalarNames = Set(train.nodes.filter { $0.content == .scalar }.map(\.name)).intersection(extras)
        self.reduced = reduced.name
        self.truth = truth.name
        self.enlargement = enlargement
        let own = train.measures.filter { $0.name != TrainingMeasures.gradientNorm }
        let ordered = own.filter { $0.role == .loss } + own.filter { $0.role != .loss }
        measures = ordered.map { Measure(name: $0.name, isLoss: $0.role == .loss) }
    }
}
