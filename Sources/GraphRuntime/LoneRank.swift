import Synchronization

/// A process that does its job alone.
public struct LoneRank: RankGroup {
    /// The only rank of a group of one.
    public init() {}

    /// The first, and only one.
    public var rank: Int { 0 }
    /// 1.
    public var count: Int { 1 }

    /// Its own bytes.
    public func gather(_ bytes: [UInt8]) -> [UInt8] { bytes }

    /// Its one slice is all.
    public func exchange(
        _ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>], into pieces: UnsafeMutableBufferPointer<Float>
    ) {
        pieces.copy(numbers)
    }

    /// Has all already.
    public func share(_ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>]) {}

    /// Has all already.
    public func collect(_ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>]) {}

    /// There is no other.
    public func hand(_ bytes: UnsafeMutableRawBufferPointer, from sender: Int) {}

    /// There is no other.
    public func announceFailure() {}

    /// There is no other.
    public var isFailureAnnounced: Bool { false }

    /// There is no other.
    public func takeAnnouncement(from rank: Int) {}

    /// Counts here.
    public func counting(_ body: (_ next: @escaping @Sendable () -> Int) throws -> Void) rethrows {
        let counter = Counter()
        try body { counter.count.wrappingAdd(1, ordering: .relaxed).oldValue }
    }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }
}
