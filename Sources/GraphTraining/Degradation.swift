import GraphImaging

/// What is done to the low-resolution pictures of training, so that a model learns to undo it: blur before the reduction, then
/// noise and JPEG. Each strength is drawn for each crop, evenly between two bounds.
///
/// In words `blur=0.2..1.5,resize=any,shot=0..2,noise=1..10,jpeg=40..95,clean=0.2`, each part at most once, a single number standing
/// for both bounds; `none` without a part.
public struct Degradation: Hashable, Sendable {
    /// Deviation of a Gaussian blur of the true picture, in its pixels.
    public var blur: ClosedRange<Double>?
    /// How the picture is made smaller.
    public var reduction = Reduction.bicubic
    /// Levels of 255 that the variance of noise grows by for each level of light, as that of photons does.
    public var shotNoise: ClosedRange<Double>?
    /// Deviation of Gaussian noise in levels of 255, drawn for each sample.
    public var noise: ClosedRange<Double>?
    /// JPEG quality as libjpeg counts it. Half of the crops have colours of half as many pixels along each side.
    public var jpegQuality: ClosedRange<Double>?

    /// The share of crops that are only made smaller, as benchmarks do.
    public var cleanShare = 0.0

    /// How a picture is made smaller.
    public enum Reduction: String, Hashable, Sendable, CaseIterable {
        /// As benchmarks do: `Picture/bicubicReduction(scale:)`.
        case bicubic
        /// By means: `Picture/boxReduction(scale:)`.
        case box
        /// One of the others, drawn for each crop.
        case any
    }

    /// Nothing.
    public init() {}

    /// Whether nothing is done.
    public var isEmpty: Bool { self == Degradation() }

    /// Whether low-resolution pictures are made anew from the true ones.
    var reducesAnew: Bool { blur != nil || reduction != .bicubic }
}

extension Degradation: LosslessStringConvertible {
    private struct Strength {
        let name: String
        let path: WritableKeyPath<Degradation, ClosedRange<Double>?>
        let limits: ClosedRange<Double>
    }

    private static var strengths: [Strength] {
        [
            Strength(name: "blur", path: \.blur, limits: 0...20), Strength(name: "shot", path: \.shotNoise, limits: 0...100),
            Strength(name: "noise", path: \.noise, limits: 0...255),
            Strength(name: "jpeg", path: \.jpegQuality, limits: 1...100),
        ]
    }

    /// Each part by itself, with its widest bounds: a degradation has some of them, once each, and commas between.
    public static var examples: [String] {
        strengths.map { "\($0.name)=\(Int($0.limits.lowerBound))..\(Int($0.limits.upperBound))" }
            + Reduction.allCases.map { "resize=\($0.rawValue)" } + ["clean=0..<1", "none"]
    }

    /// Nil for other words, or bounds out of range: blur up to 20 pixels, shot noise up to 100, noise up to 255 levels, JPEG
    /// from 1 to 100, a share of clean crops from 0 to below 1.
    public init?(_ text: String) {
        self.init()
        if text == "none" { return }
        var said: Set<String> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, said.insert(sides[0]).inserted else { return nil }
            if sides[0] == "resize" {
                guard let reduction = Reduction(rawValue: sides[1]) else { return nil }
                self.reduction = reduction
            } else if sides[0] == "clean" {
                guard let share = Double(sides[1]), 0..<1 ~= share else { return nil }
                cleanShare = share
            } else {
                guard let strength = Self.strengths.first(where: { $0.name == sides[0] }),
                    let bounds = Self.bounds(sides[1], within: strength.limits)
                else { return nil }
                self[keyPath: strength.path] = bounds
            }
        }
    }

    private static func bounds(_ text: String, within limits: ClosedRange<Double>) -> ClosedRange<Double>? {
        let dots = text.firstRange(of: "..")
        guard let lower = Double(dots.map { text[..<$0.lowerBound] } ?? text[...]),
            let upper = Double(dots.map { text[$0.upperBound...] } ?? text[...]),
            limits.contains(lower), limits.contains(upper), lower <= upper
        else { return nil }
        return lower...upper
    }

    /// `blur=0.2..1.5,jpeg=40..95`, or `none`.
    public var description: String {
        var parts = Self.strengths.compactMap { strength in
            self[keyPath: strength.path].map { bounds in
                "\(strength.name)=\(bounds.lowerBound)" + (bounds.lowerBound < bounds.upperBound ? "..\(bounds.upperBound)" : "")
            }
        }
        if reduction != .bicubic { parts.append("resize=\(reduction.rawValue)") }
        if cleanShare > 0 { parts.append("clean=\(cleanShare)") }
        return parts.isEmpty ? "none" : parts.joined(separator: ",")
    }
}
