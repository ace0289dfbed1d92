/// Times steps and epochs, and foretells how long a run will take.
struct TrainingClock {
    private let start = ContinuousClock.now
    private var epochStart = ContinuousClock.now
    private var stepEnd = ContinuousClock.now
    private var stepCount = 0
    private var validationSeconds = 0.0

    mutating func beginEpoch() {
        epochStart = .now
        stepEnd = epochStart
        stepCount = 0
    }

    mutating func endStep() {
        stepEnd = .now
        stepCount += 1
    }

    mutating func endValidation() {
        validationSeconds = (.now - stepEnd) / .seconds(1)
    }

    func time(_ progress: inout TrainingProgress) {
        progress.secondsPerStep = (stepEnd - epochStart) / .seconds(1) / Double(max(1, stepCount))
        progress.secondsElapsed = (.now - start) / .seconds(1)
        let epochsLeft = progress.epochCount - progress.epoch
        let stepsLeft = epochsLeft * progress.stepsPerEpoch + progress.stepsPerEpoch - progress.step
        progress.secondsLeft = Double(stepsLeft) * progress.secondsPerStep + Double(epochsLeft) * validationSeconds
    }
}
