/// What training keeps for each weight, by the endings of its paths behind the weight's own.
///
/// No weight or state that a graph declares has such a path: what training keeps is known by its path alone.
public enum TrainingStates {
    /// Adam's mean of a weight's gradients.
    public static let meanEnding = ".adam_m"
    /// Adam's mean of the squares of a weight's gradients.
    public static let varianceEnding = ".adam_v"
    /// The average of a weight over training steps.
    public static let averageEnding = ".average"

    /// Whether a path is of what training keeps.
    public static func contain(_ path: String) -> Bool {
        [meanEnding, varianceEnding, averageEnding].contains(where: path.hasSuffix)
    }
}
