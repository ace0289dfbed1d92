/// An error that may say no more than that another rank has failed, which tells why.
public protocol RankError: Error {
    /// Whether it says only that.
    var isOfOtherRank: Bool { get }
}
