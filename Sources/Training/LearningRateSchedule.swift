/// How the learning rate falls as training goes on: one value up to a step, the next after it.
public struct LearningRateSchedule: Hashable, Sendable {
    /// The rate of the first steps.
    public var base: Float
    /// In rising order: after `step` steps the rate is `base` times `factor`.
    public var falls: [Fall]

    public struct Fall: Hashable, Sendable {
        public var step: Int
        public var factor: Float

        public init(afterStep step: Int, factor: Float) {
            self.step = step
            self.factor = factor
        }
    }

    /// The recipe of EDSR tutorials: half the rate after 5,000 steps.
    public init(base: Float = 1e-4, falls: [Fall] = [Fall(afterStep: 5000, factor: 0.5)]) {
        self.base = base
        self.falls = falls
    }

    /// - Parameter step: 1 for the first.
    public func rate(step: Int) -> Float {
        base * (falls.last { $0.step < step }?.factor ?? 1)
    }
}
