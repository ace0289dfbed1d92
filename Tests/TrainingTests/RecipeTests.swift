import Testing

@testable import Training

struct RecipeTests {
    @Test func theLearningRateHalvesAfterFiveThousandSteps() {
        let schedule = LearningRateSchedule()
        #expect(schedule.rate(step: 1) == 1e-4)
        #expect(schedule.rate(step: 5000) == 1e-4)
        #expect(schedule.rate(step: 5001) == 5e-5)
        #expect(schedule.rate(step: 10_000) == 5e-5)
        #expect(LearningRateSchedule(base: 1).rate(step: 6000) == 0.5)
    }

    @Test func severalFallsFollowEachOther() {
        let schedule = LearningRateSchedule(
            base: 1, falls: [.init(afterStep: 2, factor: 0.5), .init(afterStep: 4, factor: 0.25)])
        #expect((1...6).map { schedule.rate(step: $0) } == [1, 1, 0.5, 0.5, 0.25, 0.25])
    }

    @Test func aRunStopsWhenItNoLongerImproves() {
        var stopping = EarlyStopping(patience: 2)
        let values = [20.0, 21, 21, 20.5]
        let improved = values.enumerated().map { stopping.record($1, epoch: $0 + 1) }
        #expect(improved == [true, true, false, false])
        #expect(stopping.best == 21)
        #expect(stopping.bestEpoch == 2)
        #expect(stopping.shouldStop)
    }

    @Test func anImprovementBeginsTheWaitAnew() {
        var stopping = EarlyStopping(patience: 2)
        for (index, value) in [20.0, 19, 20.1, 20].enumerated() {
            _ = stopping.record(value, epoch: index + 1)
            #expect(!stopping.shouldStop)
        }
        #expect(stopping.epochsWithoutImprovement == 1)
    }

    @Test func notANumberIsNoImprovement() {
        var stopping = EarlyStopping(patience: 1)
        _ = stopping.record(20, epoch: 1)
        let isBest = stopping.record(.nan, epoch: 2)
        #expect(!isBest)
        #expect(stopping.best == 20)
    }

    @Test func optionsThatDoNotFitAreNamed() {
        var options = TrainingOptions()
        options.patchSide = 50
        let expected = "a patch of 50 pixels is no multiple of the model's scale; give --patch 48"
        #expect(message { try options.check(scale: 4) } == expected)
        options = TrainingOptions()
        options.batchCount = 0
        #expect(message { try options.check(scale: 4) } == "crops of a batch: 0 is too few; give 1 or more")
        options = TrainingOptions()
        options.schedule.base = 0
        #expect(message { try options.check(scale: 4) }.contains("learning rate of 0.0"))
        #expect(message { try TrainingOptions().check(scale: 3) } == "no error")
    }
}

struct HistoryTests {
    private let history: History = {
        var history = History(
            measures: [.init(name: "mae", isLoss: true), .init(name: "psnr", isLoss: false)], bicubicPSNR: 26.5)
        history.epochs = [
            .init(number: 1, step: 200, learningRate: 1e-4, means: [12.25, 24.5], validationPSNR: 25.75),
            .init(number: 2, step: 400, learningRate: 5e-5, means: [10, 26.125], validationPSNR: 27),
        ]
        return history
    }()

    @Test func itIsWrittenAsCommaSeparatedValues() {
        #expect(
            history.csv == """
                epoch,step,learning_rate,mae,psnr,validation_psnr,bicubic_psnr
                1,200,0.0001,12.250000,24.500000,25.750000,26.500000
                2,400,5e-05,10.000000,26.125000,27.000000,26.500000

                """)
    }

    @Test func theChartHoldsEveryCurve() {
        let chart = history.chart(title: "a run")
        #expect(chart.panels.map(\.label) == ["Training loss", "Training psnr", "Validation PSNR (dB)"])
        #expect(chart.panels[0].series[0].points.map(\.x) == [200, 400])
        #expect(chart.panels[2].series.map(\.name) == ["model", "bicubic"])
        #expect(chart.panels[2].series[1].points.map(\.y) == [26.5, 26.5])
    }
}

struct ValidationTests {
    @Test func cropsLieOnARegularGridInsideThePicture() {
        let patches = Validation.grid(2, over: PictureSize(width: 40, height: 20), side: 8)
        #expect(patches.map { [$0.x, $0.y] } == [[6, 1], [26, 1], [6, 11], [26, 11]])
        let crowded = Validation.grid(3, over: PictureSize(width: 9, height: 8), side: 8)
        #expect(crowded.map { [$0.x, $0.y] } == [[0, 0], [1, 0]])
    }

    @Test func theNumberOfCropsKeepsToTheLimit() {
        #expect(Validation.cropsPerAxis(pictureCount: 5, limit: 60) == 3)
        #expect(Validation.cropsPerAxis(pictureCount: 1, limit: 60) == 7)
        #expect(Validation.cropsPerAxis(pictureCount: 60, limit: 60) == 1)
        #expect(Validation.evenlyChosen(Array(0..<100), limit: 4) == [0, 25, 50, 75])
        #expect(Validation.evenlyChosen([1, 2], limit: 4) == [1, 2])
    }
}
