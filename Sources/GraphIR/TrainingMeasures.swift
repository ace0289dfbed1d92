/// What a training step measures beside the losses and metrics of its model.
public enum TrainingMeasures {
    /// The root of the sum of the squares of all gradients, before they are clipped.
    public static let gradientNorm = "gradient_norm"
}
