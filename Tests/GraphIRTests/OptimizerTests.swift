import Testing

@testable import GraphIR

@Suite struct OptimizerTests {
    /// One number under an optimizer, by the formula in the head of the optimizer's file.
    private struct Number {
        var weight: Double
        /// In the order of the formula.
        var kept = [0.0, 0.0, 0.0]
        var gradient: Double?

        mutating func step(_ number: Int, _ optimizer: Optimizer, rate: Double, decay: Double, gradient g: Double) {
            func corrected(_ mean: Double, _ base: Double) -> Double {
                mean / (1 - (0..<number).reduce(1) { power, _ in power * base })
            }
            switch optimizer {
            case .adam, .adamW:
                kept[0] = 0.9 * kept[0] + 0.1 * g
                kept[1] = 0.999 * kept[1] + 0.001 * g * g
                if optimizer == .adamW { weight -= rate * decay * weight }
                weight -= rate * corrected(kept[0], 0.9) / (corrected(kept[1], 0.999).squareRoot() + 1e-8)
            case .adan:
                let difference = gradient.map { g - $0 } ?? 0
                kept[0] = 0.98 * kept[0] + 0.02 * g
                kept[1] = 0.92 * kept[1] + 0.08 * difference
                let ahead = g + 0.92 * difference
                kept[2] = 0.99 * kept[2] + 0.01 * ahead * ahead
                let direction = corrected(kept[0], 0.98) + 0.92 * corrected(kept[1], 0.92)
                weight -= rate * direction / (corrected(kept[2], 0.99).squareRoot() + 1e-8)
                weight /= 1 + rate * decay
            }
            gradient = g
        }
    }

    @Test(arguments: Optimizer.allCases)
    func eachFollowsItsFormula(_ optimizer: Optimizer) throws {
        let model = try DifferentiationTests.model()
        let training = try model.withUpdates(by: optimizer)
        #expect(training.optimizer == optimizer && model.optimizer == nil)
        let inputs = DifferentiationTests.inputs
        var held = DifferentiationTests.weights(of: training)
        let paths = model.nodes.compactMap(\.path)
        var numbers = held.filter { paths.contains($0.key) }.mapValues { $0.values.map { Number(weight: $0) } }
        var losses: [Double] = []
        for step in 1...5 {
            let results = try Interpreter<Double>().run(
                training, inputs: inputs, weights: held,
                scalars: ["learning_rate": 0.01, "step": Double(step), "clip_norm": .infinity, "weight_decay": 0.3]
                    .filter { $0.key != "weight_decay" || optimizer.decaysWeights })
            let gradients = try Interpreter<Double>().run(
                model.withGradientOutputs(), inputs: inputs, weights: held.filter { paths.contains($0.key) })
            for path in paths {
                let gradient = try #require(gradients.outputs["gradient.\(path)"]).values
                let updated = try #require(results.updates[path]).values
                for (index, g) in gradient.enumerated() {
                    numbers[path]![index].step(step, optimizer, rate: 0.01, decay: 0.3, gradient: g)
                    #expect((updated[index] - numbers[path]![index].weight).magnitude < 1e-10)
                }
            }
            held.merge(results.updates) { $1 }
            losses.append(try #require(results.measures["mae"]))
        }
        #expect(losses[4] < losses[0], "five steps on one batch lower its loss")
    }

    @Test(arguments: Optimizer.allCases)
    func whatIsTheSameForAllWeightsIsComputedOnce(_ optimizer: Optimizer) throws {
        let training = try DifferentiationTests.model().withUpdates(by: optimizer)
        #expect(training.nodes.filter { $0.operation?.op == .power }.count == (optimizer == .adan ? 3 : 2))
        let scalars = training.nodes.filter { $0.content == .scalar }.map(\.name)
        #expect(scalars == ["clip_norm", "learning_rate", "step"] + (optimizer.decaysWeights ? ["weight_decay"] : []))
        #expect(training.updates.count == (1 + optimizer.stateEndings.count) * 6)
        for ending in optimizer.stateEndings {
            #expect(training.nodes.compactMap(\.path).contains("body.filter" + ending) && TrainingStates.contain("w" + ending))
        }
    }

    @Test func aFrozenWeightGetsNoStep() throws {
        let whole = try DifferentiationTests.model().withUpdates(by: .adam)
        let frozen = try DifferentiationTests.model().withUpdates(by: .adam, except: FrozenWeights(["head", "body.bias"]))
        let updated = frozen.updates.compactMap { frozen[$0.target].path }
        #expect(updated.count == 9 && updated.allSatisfy { !$0.hasPrefix("head.") && !$0.hasPrefix("body.bias") })
        #expect(whole.trainsAllWeights && !frozen.trainsAllWeights)
    }

    /// The update by itself is that of a whole training step.
    @Test(arguments: Optimizer.allCases)
    func theUpdateByItselfIsTheSame(_ optimizer: Optimizer) throws {
        let graph = try OptimizerUpdate.graph(optimizer, shape: [1, 3])
        var tensors: [String: Tensor<Double>] = [:]
        for path in graph.nodes.compactMap(\.path) { tensors[path] = Tensor(shape: [1, 3], repeating: 0) }
        tensors["weights"] = Tensor(shape: [1, 3], values: [1, -2, 3])
        var numbers = [1, -2, 3].map { Number(weight: $0) }
        for (step, gradients) in [(1, [1.0, 2, -3]), (2, [0.5, 0, 4])] {
            tensors["gradients"] = Tensor(shape: [1, 3], values: gradients)
            var scalars = ["learning_rate": 0.1, "step": Double(step), OptimizerUpdate.gradientScale: 0.5]
            if optimizer.decaysWeights { scalars["weight_decay"] = 0.2 }
            let updates = try Interpreter<Double>().run(graph, weights: tensors, scalars: scalars).updates
            for index in 0..<3 {
                numbers[index].step(step, optimizer, rate: 0.1, decay: 0.2, gradient: 0.5 * gradients[index])
                let updated = try #require(updates["weights"]?.values[index])
                #expect((updated - numbers[index].weight).magnitude < 1e-12)
            }
            tensors.merge(updates) { $1 }
        }
    }
}
