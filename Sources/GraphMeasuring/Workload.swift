import GraphIR

/// What is measured: an entry on pictures of one size.
public struct Workload: Hashable, Sendable {
    /// What people call it: `photo`, or its sizes.
    public var name: String
    /// Pictures of the batch.
    public var imageCount: Int
    /// Rows of a low-resolution picture.
    public var height: Int
    /// Columns of a low-resolution picture.
    public var width: Int
    /// The entry that is run.
    public var role: Role = .predict

    /// The workloads that all speeds are given for.
    public static let named = [
        Workload(name: "tile", imageCount: 1, height: 128, width: 128),
        Workload(name: "photo", imageCount: 1, height: 339, width: 510),
        Workload(name: "patches", imageCount: 16, height: 24, width: 24),
        Workload(name: "step", imageCount: 16, height: 24, width: 24, role: .train),
    ]

    static let sides = 1...65_536
    static let largestPixelCount = 1 << 28
}

extension Workload: LosslessStringConvertible {
    public var description: String { name }

    /// A workload's name, or sizes as `HxW` or `NxHxW`; nil for anything else.
    public init?(_ text: String) {
        if let workload = Self.named.first(where: { $0.name == text }) {
            self = workload
            return
        }
        let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard (2...3).contains(sizes.count), sizes.allSatisfy(Self.sides.contains) else { return nil }
        let imageCount = sizes.count == 3 ? sizes[0] : 1
        let (height, width) = (sizes[sizes.count - 2], sizes[sizes.count - 1])
        guard imageCount * height * width <= Self.largestPixelCount else { return nil }
        self.init(name: text, imageCount: imageCount, height: height, width: width)
    }
}
