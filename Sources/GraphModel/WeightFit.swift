import GraphLanguage
import GraphPack
import GraphRuntime
import SystemPackage

/// Whether the weights of a file are those that a model has.
struct WeightFit {
    typealias Heading = (path: String, shape: [Int])

    private let weights: [Heading]
    private let states: [Heading]
    /// How errors call the file.
    private let path: FilePath

    /// - Parameter states: of training, which a file may hold some, all or none of.
    init(weights: [Heading], states: [Heading] = [], of path: FilePath) {
        self.weights = weights
        self.states = states
        self.path = path
    }

    /// Weights fit exactly when their fingerprint is the model's.
    func holds(for parameters: ParameterStore) -> Bool {
        states.isEmpty && Self.fingerprint(of: parameters) == .fingerprint(of: weights)
    }

    /// - Throws: naming each tensor that is missing, unknown or of another shape, with the missing name that an
    ///   unknown one is near to.
    func check(_ model: String, _ parameters: ParameterStore) throws(ModelError) {
        if holds(for: parameters) { return }
        let expected = parameters.tensors.filter { !$0.isState }.map { ($0.path, $0.shape) }
        let expectedStates = parameters.tensors.filter(\.isState).map { ($0.path, $0.shape) }
        let differences =
            Self.differences(expected, weights, areAllNeeded: true)
            + Self.differences(expectedStates, states, areAllNeeded: false)
        guard !differences.isEmpty else { return }
        throw .misfit(
            WeightMisfit(
                path: path, model: model, foundFingerprint: .fingerprint(of: weights),
                modelFingerprint: Self.fingerprint(of: parameters), differences: differences))
    }

    private static func fingerprint(of parameters: ParameterStore) -> Digest {
        .fingerprint(of: parameters.tensors.filter { !$0.isState }.map { ($0.path, $0.shape) })
    }

    private static func differences(
        _ expected: [Heading], _ given: [Heading], areAllNeeded: Bool
    ) -> [WeightMisfit.Difference] {
        let expectedShapes = Dictionary(expected.map { ($0.path, $0.shape) }) { first, _ in first }
        let givenPaths = Set(given.map(\.path))
        let missing = expected.map(\.path).filter { !givenPaths.contains($0) }
        let wrong = given.filter { expectedShapes[$0.path] != $0.shape }.map { path, shape -> WeightMisfit.Difference in
            if let needed = expectedShapes[path] { return .shape(path: path, found: shape, needed: needed) }
            // A file of thousands of unknown names is of something else.
            let near = given.count > WeightMisfit.shownCount ? nil : Spelling.nearest(to: path, among: missing)
            return .unknown(path: path, near: near)
        }
        return wrong + (areAllNeeded ? missing.map { .missing(path: $0) } : [])
    }
}
