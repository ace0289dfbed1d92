import GraphLanguage
import GraphPack
import GraphRuntime
import SystemPackage

/// Whether the weights and states of a file are those that a model has.
struct WeightFit {
    typealias Heading = (path: String, shape: [Int])

    private let weights: [Heading]
    private let states: [Heading]
    /// How errors call the file.
    private let path: FilePath

    /// - Parameter states: may hold more than the model's, as the averages of a checkpoint.
    init(weights: [Heading], states: [Heading], of path: FilePath) {
        self.weights = weights
        self.states = states
        self.path = path
    }

    /// Whether the file holds what the parameters hold, and nothing else.
    func holds(for parameters: ParameterStore) -> Bool {
        func shapes(_ headings: [Heading]) -> [String: [Int]] {
            Dictionary(headings.map { ($0.path, $0.shape) }) { first, _ in first }
        }
        // Weights fit exactly when their fingerprint is the model's.
        return Self.fingerprint(of: parameters) == .fingerprint(of: weights)
            && shapes(states) == shapes(parameters.headings(where: \.isState))
    }

    /// - Parameter isCheckpoint: whether the optimizer's states are needed, which other files may hold or not.
    /// - Throws: naming each tensor that is missing, unknown or of another shape, with the missing name that an
    ///   unknown one is near to.
    func check(_ model: String, _ parameters: ParameterStore, isCheckpoint: Bool) throws(ModelError) {
        let known = parameters.headings(where: \.isState)
        let needed = isCheckpoint ? known : parameters.headings { $0.isState && !$0.isTrainingState }
        let knownPaths = Set(known.map(\.path))
        let differences =
            Self.differences(parameters.headings { !$0.isState }, weights)
            + Self.differences(known, states.filter { knownPaths.contains($0.path) }, needed: Set(needed.map(\.path)))
        guard !differences.isEmpty else { return }
        throw .misfit(
            WeightMisfit(
                path: path, model: model, foundFingerprint: .fingerprint(of: weights),
                modelFingerprint: Self.fingerprint(of: parameters), differences: differences))
    }

    private static func fingerprint(of parameters: ParameterStore) -> Digest {
        .fingerprint(of: parameters.headings { !$0.isState })
    }

    /// - Parameter needed: which of the expected ones may not be missing; all, unless it is given.
    private static func differences(
        _ expected: [Heading], _ given: [Heading], needed: Set<String>? = nil
    ) -> [WeightMisfit.Difference] {
        let expectedShapes = Dictionary(expected.map { ($0.path, $0.shape) }) { first, _ in first }
        let givenPaths = Set(given.map(\.path))
        let missing = expected.map(\.path).filter { !givenPaths.contains($0) && needed?.contains($0) != false }
        let wrong = given.filter { expectedShapes[$0.path] != $0.shape }.map { path, shape -> WeightMisfit.Difference in
            if let needed = expectedShapes[path] { return .shape(path: path, found: shape, needed: needed) }
            // A file of thousands of unknown names is of something else.
            let near = given.count > WeightMisfit.shownCount ? nil : Spelling.nearest(to: path, among: missing)
            return .unknown(path: path, near: near)
        }
        return wrong + missing.map { .missing(path: $0) }
    }
}

extension ParameterStore {
    fileprivate func headings(where isWanted: (Tensor) -> Bool) -> [WeightFit.Heading] {
        tensors.filter(isWanted).map { ($0.path, $0.shape) }
    }
}
