import GraphBasics
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime

/// Compares the gradients that a model trains by with difference quotients, in f64 by the ops' reference implementations.
///
/// The gradients come from the simplified train graph; the quotients (f(w + h·d) − f(w − h·d)) / 2h come
/// from the loss as it was elaborated, so that the check covers differentiation and simplification.
/// For each weight tensor d is one random direction, and then the axis of each of `entryCount` random
/// entries. Where the two sides of a quotient lie on different sides of a kink (ReLU at 0, abs at 0)
/// the draw is repeated with another entry and half the step.
///
/// An error is relative to the larger of the two numbers, or to a hundredth of the tensor's largest
/// gradient entry where both are smaller than that; where these are so small that the loss's own rounding shows in a quotient,
/// to what that leaves within ``bound``.
public struct GradientCheck: Sendable {
    /// The comparison of one weight tensor.
    public struct Report: Hashable, Sendable {
        /// The weight's path.
        public var path: String
        /// The weight's sizes.
        public var shape: [Int]
        /// Relative error along the random direction.
        public var directionError: Double
        /// The worst relative error at an entry.
        public var entryError: Double
        /// Draws that crossed a kink and were repeated.
        public var repeatedDraws: Int

        /// The larger of the two errors.
        public var worst: Double { max(directionError, entryError) }
    }

    /// Larger errors mean a wrong gradient: rounding in f64 leaves some 1e-8.
    public static let bound = 1e-5
    /// Entries of each weight whose derivative is compared, at most.
    public static let entryCount = 16

    /// Length of a step along a direction of length 1.
    private static let step = 3e-5
    private static let mostDraws = 40
    /// By how many units in its last place a loss is off: its sums are long.
    private static let lossRounding = 32.0

    /// Weights that are compared, by path in order.
    public let paths: [String]

    private let loss: Graph
    private let lossName: String
    private let inputs: [String: Tensor<Double>]
    /// And the graph's own states.
    private let weights: [String: Tensor<Double>]
    private let gradients: [String: Tensor<Double>]
    private let seed: UInt64

    /// Draws inputs and computes all gradients.
    ///
    /// - Parameters:
    ///   - sizes: values of symbolic sizes; those not named are small.
    ///   - seed: of the inputs and of the draws.
    public init(_ model: Model, sizes: [String: Int] = [:], seed: UInt64 = 0) throws(MeasuringError) {
        let module: Module
        do { module = try model.module(at: .elaborated) } catch { throw .model(error) }
        guard let train = module[.train] else { throw .noTraining(model: model.compiled.name) }
        guard let measure = train.measures.first(where: { $0.role == .loss }) else {
            throw .noLoss(model: model.compiled.name)
        }
        let examples = train.exampleSizes
        if let unknown = sizes.keys.sorted().first(where: { name in !examples.contains { $0.symbol == name } }) {
            throw .unknownSize(graph: train.name, unknown, known: examples.map(\.symbol))
        }
        let bindings = examples.reduce(into: [:]) { $0[$1.symbol] = sizes[$1.symbol] ?? $1.size }
        self.seed = seed
        lossName = measure.name
        var generator = SplitMix64(seed: ~seed)
        weights = model.parameters.tensors.reduce(into: [:]) { weights, tensor in
            guard !tensor.isTrainingState, let values = model.parameters.values(of: tensor.path) else { return }
            // A filter that is still all zero would hide the gradients of all that it reads.
            let isFresh = !tensor.isState && values.allSatisfy { $0 == 0 }
            weights[tensor.path] = Tensor(
                shape: tensor.shape, values: values.map { isFresh ? 0.05 * generator.nextNormal() : Double($0) })
        }
        do {
            loss = try train.bound(to: bindings)
            inputs = loss.randomInputs(seed: seed)
            let gradientGraph = try Self.simplified(train.withGradientOutputs())
            let results = try Interpreter<Double>().run(gradientGraph, inputs: inputs, weights: weights)
            gradients = results.outputs.reduce(into: [:]) { gradients, output in
                guard output.key.hasPrefix(Graph.gradientPrefix) else { return }
                gradients[String(output.key.dropFirst(Graph.gradientPrefix.count))] = output.value
            }
        } catch {
            throw MeasuringError(error)
        }
        // A weight that no entry reads has no values.
        let known = Set(weights.keys)
        paths = train.nodes.compactMap { node in
            if case .weight(let path, _) = node.content, known.contains(path) { path } else { nil }
        }
    }

    private static func simplified(_ differentiated: Graph) throws(MeasuringError) -> Graph {
        let module = Module(name: differentiated.name, entries: [Entry(role: .train, graph: differentiated)])
        do {
            return try Pipeline.continue(module, after: .differentiated, upTo: .simplified).entries[0].graph
        } catch {
            throw .unsimplified(graph: differentiated.name, error.diagnostics)
        }
    }

    /// Compares the gradient of one weight tensor, on all processors.
    public func check(_ path: String) throws(MeasuringError) -> Report {
        guard let weight = weights[path], let gradient = gradients[path] else {
            throw .noGradient(path: path)
        }
        let draws = try parallelMap(
            Self.entryCount + 1, threadCount: availableProcessorCount(), tool: { () throws(MeasuringError) in }
        ) { (_, index) throws(MeasuringError) in try draw(index, path, weight, gradient) }
        return Report(
            path: path, shape: weight.shape, directionError: draws[0].error,
            entryError: draws.dropFirst().map(\.error).max() ?? 0, repeatedDraws: draws.map(\.repeats).reduce(0, +))
    }

    private struct Draw: Sendable {
        var error: Double
        var repeats: Int
    }

    /// - Parameter index: 0 for the direction, from 1 on for entries.
    private func draw(
        _ index: Int, _ path: String, _ weight: Tensor<Double>, _ gradient: Tensor<Double>
    ) throws(MeasuringError) -> Draw {
        let name = path.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        var generator = SplitMix64(seed: name &+ UInt64(index) &* 0x9e37_79b9_7f4a_7c15)
        let largest = gradient.values.map(abs).max() ?? 0
        var step = Self.step
        for repeats in 0..<Self.mostDraws {
            var direction = [Double](repeating: 0, count: weight.values.count)
            if index == 0 {
                for i in direction.indices { direction[i] = generator.nextNormal() }
                let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
                for i in direction.indices { direction[i] /= max(length, .leastNormalMagnitude) }
            } else {
                direction[Int(generator.next(upperBound: UInt64(direction.count)))] = 1
            }
            let stated = zip(direction, gradient.values).reduce(0) { $0 + $1.0 * $1.1 }
            if let (quotient, rounding) = try differenceQuotient(path, weight, direction, step: step) {
                let scale = max(abs(stated), abs(quotient), largest / 100, rounding / Self.bound)
                let error = scale == 0 ? 0 : abs(stated - quotient) / scale
                return Draw(error: error.isNaN ? .infinity : error, repeats: repeats)
            }
            step /= 2
        }
        throw .kinks(path: path)
    }

    /// The quotient, and how far rounding may have moved it; nil where the two sides lie on different sides of a kink.
    private func differenceQuotient(
        _ path: String, _ weight: Tensor<Double>, _ direction: [Double], step: Double
    ) throws(MeasuringError) -> (Double, rounding: Double)? {
        let above = try evaluate(path, weight, direction, step: step)
        let below = try evaluate(path, weight, direction, step: -step)
        guard above.sides == below.sides else { return nil }
        return ((above.loss - below.loss) / (2 * step), Self.lossRounding * above.loss.ulp / (2 * step))
    }

    private func evaluate(
        _ path: String, _ weight: Tensor<Double>, _ direction: [Double], step: Double
    ) throws(MeasuringError) -> (loss: Double, sides: [Int8]) {
        var moved = weights
        moved[path] = Tensor(shape: weight.shape, values: zip(weight.values, direction).map { $0 + step * $1 })
        let interpreter = Interpreter<Double>()
        do {
            let results = try interpreter.run(loss, inputs: inputs, weights: moved, keepsTrace: true)
            return (results.measures[lossName] ?? .nan, interpreter.kinkSides(loss, trace: results.trace))
        } catch {
            throw .evaluation(error)
        }
    }
}

extension Graph {
    /// Random pixels, or numbers between -1 and 1, for each input of a bound graph.
    fileprivate func randomInputs(seed: UInt64) -> [String: Tensor<Double>] {
        var generator = SplitMix64(seed: seed)
        var inputs: [String: Tensor<Double>] = [:]
        for node in nodes where node.content == .input {
            guard let shape = node.type.shape.constant else { continue }
            let values = (0..<shape.reduce(1, *)).map { _ in
                node.type.element == .u8 ? Double(generator.next(upperBound: UInt64(256))) : 2 * generator.nextUnit() - 1
            }
            inputs[node.name] = Tensor(shape: shape, values: values)
        }
        return inputs
    }
}
