import GraphImaging
import GraphTestSupport
import Testing

@testable import GraphTraining

struct LearningRateTests {
    @Test func theTutorialHalvesItAfterFiveThousandSteps() {
        let rate = Recipe().learningRate
        let found = [1, 5000, 5001, 10_000].map { rate.rate(step: $0, of: 10_000) }
        #expect(found == [1e-4, 1e-4, 5e-5, 5e-5])
        #expect(LearningRate(base: 1).rate(step: 6000, of: 10_000) == 0.5)
    }

    @Test func piecesFollowEachOther() {
        let rate = LearningRate(
            base: 1, course: .piecewise([.init(afterStep: 2, rate: 0.5), .init(afterStep: 4, rate: 0.25)]))
        #expect((1...6).map { rate.rate(step: $0, of: 6) } == [1, 1, 0.5, 0.5, 0.25, 0.25])
    }

    @Test func itRisesEvenlyWhileTrainingWarmsUp() {
        let rate = LearningRate(base: 1, warmUpStepCount: 4, course: .cosine(final: 0.25))
        #expect((1...5).map { rate.rate(step: $0, of: 9) } == [0.25, 0.5, 0.75, 1, 1])
    }

    @Test func aCosineFallsFromTheBaseToTheLastStep() {
        let rate = LearningRate(base: 1, course: .cosine(final: 0.5))
        let found = [1, 6, 11, 12].map { rate.rate(step: $0, of: 11) }
        #expect(found[0] == 1 && abs(found[1] - 0.75) < 1e-6 && found[2] == 0.5 && found[3] == 0.5)
        let alone = LearningRate(base: 1, course: .cosine(final: 0)).rate(step: 1, of: 1)
        #expect(alone == 1)
    }

    @Test(
        arguments: [
            ("constant", .piecewise([])), ("cosine", .cosine(final: 0)), ("cosine:1e-07", .cosine(final: 1e-7)),
            ("5000:5e-05", .piecewise([.init(afterStep: 5000, rate: 5e-5)])),
            ("10:0.5,20:0.125", .piecewise([.init(afterStep: 10, rate: 0.5), .init(afterStep: 20, rate: 0.125)])),
        ] as [(String, LearningRate.Course)])
    func coursesAreWrittenAndRead(_ text: String, _ course: LearningRate.Course) {
        #expect(LearningRate.Course(text) == course)
        #expect(course.description == text)
    }

    @Test(arguments: [
        "", "linear", "10", "10:", ":0.5", "10:0.5,5:0.1", "10:2", "0:0.5", "10:0", "cosine:-1", "cosine:nan", "10:0.5,",
    ])
    func wrongCoursesAreRefused(_ text: String) { #expect(LearningRate.Course(text) == nil) }
}

struct RecipeTests {
    @Test func aRunStopsWhenItNoLongerImproves() {
        var stopping = EarlyStopping()
        let values = [20.0, 21, 21, 20.5]
        let improved = values.enumerated().map { stopping.record($1, epoch: $0 + 1, by: .psnr) }
        #expect(improved == [true, true, false, false])
        #expect(stopping.best == 21)
        #expect(stopping.bestEpoch == 2)
        #expect(stopping.shouldStop(patience: 2) && !stopping.shouldStop(patience: 3))
    }

    @Test func theLeastLossIsTheBest() {
        var stopping = EarlyStopping()
        let improved = [3.0, 2, 2.5, 1].enumerated().map { stopping.record($1, epoch: $0 + 1, by: .loss) }
        #expect(improved == [true, true, false, true])
        #expect(stopping.best == 1 && stopping.bestEpoch == 4 && stopping.epochsWithoutImprovement == 0)
    }

    @Test func notANumberIsNoImprovement() {
        var stopping = EarlyStopping()
        let first = stopping.record(.nan, epoch: 1, by: .psnr)
        _ = stopping.record(20, epoch: 2, by: .psnr)
        let third = stopping.record(.nan, epoch: 3, by: .psnr)
        #expect(!first && !third)
        #expect(stopping.best == 20 && stopping.bestEpoch == 2)
    }

    @Test func optionsThatDoNotFitAreNamed() {
        func problem(_ change: (inout Recipe) -> Void) -> String {
            var recipe = Recipe()
            change(&recipe)
            return errorText { try recipe.check(scale: 4) }
        }
        #expect(
            problem { $0.patchSide = 50 } == "a patch of 50 pixels is no multiple of the model's scale; give 48")
        #expect(problem { $0.batchCount = 0 } == "crops of a batch: 0 is too few; give 1 or more")
        #expect(problem { $0.learningRate.base = 0 }.contains("learning rate of 0.0"))
        #expect(problem { $0.clipNorm = -1 }.contains("a norm of -1.0"))
        #expect(problem { $0.averageDecay = 1 }.contains("a decay of 1.0"))
        #expect(errorText { try Recipe().check(scale: 3) } == "no error")
    }

    @Test func theTutorialIsTheDefault() {
        let recipe = Recipe.named["tutorial"]
        #expect(recipe == Recipe() && recipe?.epochCount == 50 && recipe?.stepsPerEpoch == 200)
    }

    @Test func recipesAreKeptAsWords() throws {
        var recipe = Recipe()
        recipe.epochCount = 7
        recipe.learningRate = LearningRate(base: 0.1, warmUpStepCount: 3, course: .cosine(final: 1e-7))
        recipe.clipNorm = 0.3
        recipe.averageDecay = 0.999
        recipe.monitor = .loss
        recipe.validation = .images
        recipe.seed = .max
        recipe.algorithm = .direct
        for recipe in [recipe, Recipe()] { #expect(try Recipe(words: recipe.words) == recipe) }
        var words = recipe.words
        words["recipe.lr"] = "much"
        #expect(errorText { _ = try Recipe(words: words) } == "its training state says 'much' for 'recipe.lr'")
        words["recipe.lr"] = nil
        #expect(errorText { _ = try Recipe(words: words) } == "its training state lacks 'recipe.lr'")
    }

    @Test func onlyAnotherAlgorithmIsAWord() throws {
        var recipe = Recipe()
        #expect(recipe.words["recipe.algorithm"] == nil)
        recipe.algorithm = .direct
        #expect(recipe.words["recipe.algorithm"] == "direct")
        var words = recipe.words
        words["recipe.algorithm"] = "quick"
        #expect(errorText { _ = try Recipe(words: words) } == "its training state says 'quick' for 'recipe.algorithm'")
    }
}

struct TrainingStateTests {
    private let state: TrainingState = {
        var state = TrainingState()
        state.step = 250
        state.sums = EpochSums(measures: [0.1 + 0.2, 1e-17], gradientNorm: 3e300)
        state.stopping.best = 1.0 / 3
        state.stopping.bestEpoch = 1
        state.epochs = [
            .init(
                number: 1, step: 200, learningRate: 0.1, means: [0.1, 1 / 3], gradientNorm: 7,
                validationPSNR: 28.123456789)
        ]
        return state
    }()

    @Test func itIsKeptAsWordsToTheBit() throws {
        for state in [state, TrainingState()] { #expect(try TrainingState(words: state.words) == state) }
    }

    @Test(arguments: ["step", "epoch", "epoch_sums", "best", "best_epoch", "epochs_without_improvement", "history"])
    func damagedWordsAreNamed(_ key: String) {
        var words = state.words
        words[key] = "x"
        let said = ["history": "says 'x' of an epoch", "epoch": "says 'x' for 'epoch'"][key] ?? "says 'x' for '\(key)'"
        #expect(errorText { _ = try TrainingState(words: words) }.contains(said))
        words[key] = nil
        #expect(errorText { _ = try TrainingState(words: words) } == "its training state lacks '\(key)'")
    }
}

struct HistoryTests {
    private let history: History = {
        var history = History(
            measures: [.init(name: "mae", isLoss: true), .init(name: "psnr", isLoss: false)], bicubicPSNR: 26.5)
        history.epochs = [
            .init(number: 1, step: 200, learningRate: 1e-4, means: [12.25, 24.5], gradientNorm: 3, validationPSNR: 25.75),
            .init(number: 2, step: 400, learningRate: 5e-5, means: [10, 26.125], gradientNorm: 2.5, validationPSNR: 27),
        ]
        return history
    }()

    @Test func itIsWrittenAsCommaSeparatedValues() {
        #expect(
            history.csv == """
                epoch,step,learning_rate,mae,psnr,gradient_norm,validation_psnr,bicubic_psnr
                1,200,0.0001,12.250000,24.500000,3.000000,25.750000,26.500000
                2,400,5e-05,10.000000,26.125000,2.500000,27.000000,26.500000

                """)
    }

    @Test func theChartHoldsEveryCurve() {
        let chart = history.chart(title: "a run")
        #expect(
            chart.panels.map(\.label)
                == ["Training loss", "Training psnr", "Validation PSNR (dB)", "Learning rate (millionths)"])
        #expect(chart.panels[0].series[0].points.map(\.x) == [200, 400])
        #expect(chart.panels[2].series.map(\.name) == ["model", "bicubic"])
        #expect(chart.panels[2].series[1].points.map(\.y) == [26.5, 26.5])
        #expect(chart.panels[3].series[0].points.map { $0.y.rounded() } == [100, 50])
    }
}

struct ValidationTests {
    @Test func cropsLieOnARegularGridInsideThePicture() {
        let patches = ValidationCrops.grid(2, over: PictureSize(width: 40, height: 20), side: 8)
        #expect(patches.map { [$0.x, $0.y] } == [[6, 1], [26, 1], [6, 11], [26, 11]])
        let crowded = ValidationCrops.grid(3, over: PictureSize(width: 9, height: 8), side: 8)
        #expect(crowded.map { [$0.x, $0.y] } == [[0, 0], [1, 0]])
    }

    @Test func theNumberOfCropsKeepsToTheLimit() {
        #expect(ValidationCrops.cropsPerAxis(pictureCount: 5, limit: 60) == 3)
        #expect(ValidationCrops.cropsPerAxis(pictureCount: 1, limit: 60) == 7)
        #expect(ValidationCrops.cropsPerAxis(pictureCount: 60, limit: 60) == 1)
        #expect(ValidationCrops.evenlyChosen(Array(0..<100), limit: 4) == [0, 25, 50, 75])
        #expect(ValidationCrops.evenlyChosen([1, 2], limit: 4) == [1, 2])
    }
}
