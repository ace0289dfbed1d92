extension Int {
    /// The smallest multiple of `unit` that is not below this size.
    @inlinable
    public func roundedUp(to unit: Int) -> Int { ceilingDivided(by: unit) * unit }

    /// How many parts of a size hold this many.
    @inlinable
    public func ceilingDivided(by size: Int) -> Int { (self + size - 1) / size }
}
