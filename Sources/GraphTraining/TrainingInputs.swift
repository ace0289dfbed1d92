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

    /// A number that each training step computes.
    public struct Measure: Hashable, Sendable {
        /// Its name in the graph.
        public var name: String
        /// Whether training minimises it.
        public var isLoss: Bool
    }

    /// How many times larger the true pictures are than the reduced ones.
    public var scale: Int { enlargement.scale }
    /// Of both inputs.
    var channelCount: Int { enlargement.isGrey ? 1 : 3 }

    /// - Throws: when the model does not enlarge pictures, or its `train` entry takes something else.
    public init(_ model: Model) throws(TrainingError) {
        let (train, enlargement) = try asTrainingError {
            (try model.entry(.train).graph, try Enlargement(model))
        }
        let inputs = train.nodes.filter { $0.content == .input }
        guard inputs.count == 2, let reduced = inputs.first(where: { $0.name == enlargement.input }),
            let truth = inputs.first(where: { $0.name != enlargement.input })
        else {
            throw .otherInputs(graph: train.name, inputs.map(\.name), reduced: enlargement.input)
        }
        let small = reduced.type.shape.dimensions
        let expected = TensorType(
            .u8, Shape([small[0], enlargement.scale * small[1], enlargement.scale * small[2], small[3]]))
        guard truth.type == expected else {
            throw .otherTruth(graph: train.name, input: truth.name, truth.type, expected: expected)
        }
        if let other = train.nodes.first(where: { $0.content == .scalar && !TrainingScalars.all.contains($0.name) }) {
            throw .otherScalar(graph: train.name, other.name)
        }
        self.reduced = reduced.name
        self.truth = truth.name
        self.enlargement = enlargement
        let own = train.measures.filter { $0.name != TrainingMeasures.gradientNorm }
        let ordered = own.filter { $0.role == .loss } + own.filter { $0.role != .loss }
        measures = ordered.map { Measure(name: $0.name, isLoss: $0.role == .loss) }
    }
}
