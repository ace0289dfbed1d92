/// What training keeps for each weight, by the endings of its paths behind the weight's own.
///
/// No weight or state that a graph declares has such a path: what training keeps is known by its path alone.
public enum TrainingStates {
    /// The average of a weight over training steps.
    public static let averageEnding = ".average"

    private static let endings = Optimizer.allCases.flatMap(\.stateEndings) + [averageEnding]

    /// Whether a path is of what training keeps.
    public static func contain(_ path: String) -> Bool {
        endings.contains(where: path.hasSuffix)
    }
}
