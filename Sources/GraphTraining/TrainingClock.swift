/// Times steps and epochs, and foretells how long a run will take.
struct TrainingClock {
    private let start = ContinuousClock.now
    private var epochStart = ContinuousClock.now
    private var stepEnd = ContinuousClock.now
    private var times = TrainingTimes()

    mutating func beginEpoch() {
        epochStart = .now
        stepEnd = epochStart
        times = TrainingTimes(validationSeconds: times.validationSeconds)
    }

    mutating func endStep(waited: Duration) {
        stepEnd = .now
        times.stepCount += 1
        times.secondsWaitingForData += waited / .seconds(1)
        times.secondsPerStep = (stepEnd - epochStart) / .seconds(1) / Double(times.stepCount)
    }

    mutating func endValidation() {
        times.validationSeconds = (.now - stepEnd) / .seconds(1)
    }

    /// - Parameters:
    ///   - stepsLeft: until the end of the run.
    ///   - epochsLeft: that are still to be validated.
    func times(stepsLeft: Int, epochsLeft: Int) -> TrainingTimes {
        var times = times
        times.secondsElapsed = (.now - start) / .seconds(1)
        times.secondsLeft = Double(stepsLeft) * times.secondsPerStep + Double(epochsLeft) * times.validationSeconds
        return times
    }
}
