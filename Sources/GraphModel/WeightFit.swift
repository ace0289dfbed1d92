import GraphLanguage
import GraphPack
import GraphRuntime

/// Whether the weights of a file are those that a model has.
struct WeightFit {
    typealias Heading = (path: String, shape: [Int])

    private let weights: [Heading]
    private let states: [Heading]
    /// How errors call the file.
    private let path: String

    /// - Parameter states: of training, which a file may hold some, all or none of.
    init(weights: [Heading], states: [Heading] = [], of path: String) {
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
        let (own, found) = (Self.fingerprint(of: parameters), Digest.fingerprint(of: weights))
        let problems =
            Self.problems(expected, weights, areAllNeeded: true)
            + Self.problems(expectedStates, states, areAllNeeded: false)
        guard !problems.isEmpty else { return }
        let shown = problems.prefix(Self.shownCount).map { "\n  \($0)" }.joined()
        let rest = problems.count > Self.shownCount ? "\n  and \(problems.count - Self.shownCount) more" : ""
        throw ModelError(
            "\(path): these weights, of fingerprint \(found.short), do not fit '\(model)', of \(own.short); "
                + "name the model they were trained in, with its -D:\(shown)\(rest)")
    }

    private static func fingerprint(of parameters: ParameterStore) -> Digest {
        .fingerprint(of: parameters.tensors.filter { !$0.isState }.map { ($0.path, $0.shape) })
    }

    private static func problems(_ expected: [Heading], _ given: [Heading], areAllNeeded: Bool) -> [String] {
        let expectedShapes = Dictionary(expected.map { ($0.path, $0.shape) }) { first, _ in first }
        let givenPaths = Set(given.map(\.path))
        let missing = expected.map(\.path).filter { !givenPaths.contains($0) }
        let wrong = given.filter { expectedShapes[$0.path] != $0.shape }.map { path, shape in
            if let expectedShape = expectedShapes[path] { return "@\(path) is \(shape), the model needs \(expectedShape)" }
            // A file of thousands of unknown names is of something else.
            let near = given.count > shownCount ? nil : Spelling.nearest(to: path, among: missing)
            return "@\(path) is not in the model\(near.map { "; did you mean @\($0)?" } ?? "")"
        }
        return wrong + (areAllNeeded ? missing.map { "@\($0) is missing" } : [])
    }

    /// More than any model has, and few enough for a terminal.
    private static let shownCount = 1000
}

extension Digest {
    /// Enough to tell two apart by eye.
    fileprivate var short: String { String(description.prefix(12)) }
}
