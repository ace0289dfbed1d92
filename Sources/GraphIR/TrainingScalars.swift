/// Numbers that training gives a program with each step, by their names.
public enum TrainingScalars {
    /// What each step multiplies its direction with.
    public static let learningRate = "learning_rate"
    /// 1 in the first step.
    public static let step = "step"
    /// Gradients are scaled down to this norm; infinity for never.
    public static let clipNorm = "clip_norm"

    /// The share of a weight, over the learning rate, that optimizers which have it take away in each step.
    public static let weightDecay = "weight_decay"

    /// All of them, whose names no other value may bear.
    public static let all = [learningRate, step, clipNorm, weightDecay]
}
