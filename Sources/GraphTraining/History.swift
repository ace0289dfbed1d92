import GraphBasics
import GraphImaging

/// What each epoch of a run reached. It holds no times, so that equal runs have equal histories.
public struct History: Hashable, Sendable {
    /// What one epoch came to.
    public struct Epoch: Hashable, Sendable {
        /// 1 for the first.
        public var number: Int
        /// Steps of the whole run until its end.
        public var step: Int
        /// That of its last step.
        public var learningRate: Float
        /// The mean over its steps of each loss and metric, in the order of the run's measures.
        public var means: [Double]
        /// The mean over its steps of the norm of all gradients, before clipping.
        public var gradientNorm: Double
        /// In dB; see ``Validation``.
        public var validationPSNR: Double
    }

    /// The measures that each epoch has a mean of, in the order of the graph.
    public var measures: [TrainingInputs.Measure]
    /// PSNR in dB of bicubic interpolation on the validation pictures.
    public var bicubicPSNR: Double
    /// All epochs so far, from the first.
    public var epochs: [Epoch]

    /// Each argument is the property of its name.
    public init(measures: [TrainingInputs.Measure], bicubicPSNR: Double, epochs: [Epoch] = []) {
        self.measures = measures
        self.bicubicPSNR = bicubicPSNR
        self.epochs = epochs
    }

    /// Comma-separated values: a line of names, a line for each epoch.
    public var csv: String {
        let names =
            ["epoch", "step", "learning_rate"] + measures.map(\.name)
            + ["gradient_norm", "validation_psnr", "bicubic_psnr"]
        let rows = epochs.map { epoch in
            ["\(epoch.number)", "\(epoch.step)", "\(epoch.learningRate)"]
                + (epoch.means + [epoch.gradientNorm, epoch.validationPSNR, bicubicPSNR]).map { decimal($0, digits: 6) }
        }
        return ([names] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// Curves over the steps: losses, each metric, the validation PSNR beside bicubic's, and the learning rate.
    ///
    /// - Parameter strip: what validation looks like now, below the curves.
    public func chart(title: String, strip: Picture? = nil) -> LineChart {
        func series(_ name: String, _ value: (Epoch) -> Double) -> LineChart.Series {
            LineChart.Series(name: name, points: epochs.map { LineChart.Point(x: Double($0.step), y: value($0)) })
        }
        let curves = measures.enumerated().map { index, measure in
            (measure, series(measure.name, { $0.means[index] }))
        }
        let losses = LineChart.Panel(label: "Training loss", series: curves.filter(\.0.isLoss).map(\.1))
        let metrics = curves.filter { !$0.0.isLoss }.map {
            LineChart.Panel(label: "Training \($0.0.name)", series: [$0.1])
        }
        let validation = LineChart.Panel(
            label: "Validation PSNR (dB)",
            series: [series("model") { $0.validationPSNR }, series("bicubic") { _ in bicubicPSNR }])
        let rates = LineChart.Panel(
            label: "Learning rate (millionths)", series: [series("learning rate") { 1e6 * Double($0.learningRate) }])
        return LineChart(
            title: title, horizontalLabel: "Step", panels: [losses] + metrics + [validation, rates], footer: strip)
    }
}
