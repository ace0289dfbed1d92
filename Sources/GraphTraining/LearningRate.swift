import Glibc

/// The learning rate of each step: it rises evenly while training warms up, and then falls as its course says.
public struct LearningRate: Hashable, Sendable {
    /// The rate when training is warm.
    public var base: Float
    /// Steps until the rate is ``base``; 0 for none.
    public var warmUpStepCount = 0
    /// How the rate goes on from ``base``.
    public var course: Course

    /// How the rate falls.
    public enum Course: Hashable, Sendable {
        /// One rate up to a step, the next after it, in rising order. Without a piece the rate is constant.
        case piecewise([Piece])
        /// Half a cosine from the base to a rate that the last step has (Loshchilov and Hutter, "SGDR", 2017,
        /// equation 5, without restarts).
        case cosine(final: Float)

        /// The rate of the steps after one.
        public struct Piece: Hashable, Sendable {
            /// The last step before the rate changes, from 1.
            public var afterStep: Int
            /// The rate from the next step on.
            public var rate: Float

            /// Each argument is the property of its name.
            public init(afterStep: Int, rate: Float) {
                self.afterStep = afterStep
                self.rate = rate
            }
        }
    }

    /// The course of EDSR tutorials unless another is given: half the rate after 5,000 steps.
    public init(base: Float, warmUpStepCount: Int = 0, course: Course? = nil) {
        self.base = base
        self.warmUpStepCount = warmUpStepCount
        self.course = course ?? .piecewise([.init(afterStep: 5000, rate: base / 2)])
    }

    /// - Parameters:
    ///   - step: 1 for the first.
    ///   - stepCount: of the whole run.
    public func rate(step: Int, of stepCount: Int) -> Float {
        if step <= warmUpStepCount { return base * Float(step) / Float(warmUpStepCount) }
        switch course {
        case .piecewise(let pieces):
            return pieces.last { $0.afterStep < step }?.rate ?? base
        case .cosine(let final):
            let first = warmUpStepCount + 1
            let progress = Double(step - first) / Double(max(1, stepCount - first))
            return final + (base - final) * Float((1 + cos(.pi * min(1, progress))) / 2)
        }
    }
}

extension LearningRate.Course: LosslessStringConvertible {
    /// `5000:5e-05,8000:1e-05`, `constant`, or `cosine:1e-07`; `cosine` alone falls to 0.
    public init?(_ text: String) {
        func rate(_ text: some StringProtocol, isPositive: Bool) -> Float? {
            guard let rate = Float(text), rate <= 1, isPositive ? rate > 0 : rate >= 0 else { return nil }
            return rate
        }
        if text == "constant" {
            self = .piecewise([])
        } else if text == "cosine" {
            self = .cosine(final: 0)
        } else if text.hasPrefix("cosine:") {
            guard let final = rate(text.dropFirst("cosine:".count), isPositive: false) else { return nil }
            self = .cosine(final: final)
        } else {
            var pieces: [Piece] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let numbers = part.split(separator: ":", omittingEmptySubsequences: false)
                guard numbers.count == 2, let step = Int(numbers[0]), step > pieces.last?.afterStep ?? 0,
                    let rate = rate(numbers[1], isPositive: true)
                else { return nil }
                pieces.append(Piece(afterStep: step, rate: rate))
            }
            self = .piecewise(pieces)
        }
    }

    public var description: String {
        switch self {
        case .piecewise(let pieces) where pieces.isEmpty: "constant"
        case .piecewise(let pieces): pieces.map { "\($0.afterStep):\($0.rate)" }.joined(separator: ",")
        case .cosine(let final): final == 0 ? "cosine" : "cosine:\(final)"
        }
    }
}
