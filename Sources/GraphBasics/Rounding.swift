extension Int {
    /// The smallest multiple of `unit` that is not below this size.
    ///
    /// - Requires: self is not negative, and the unit is positive.
    @inlinable
    public func roundedUp(to unit: Int) -> Int { ceilingDivided(by: unit) * unit }

    /// The least whole number that is not below the quotient: how many parts of a size hold this many.
    ///
    /// - Requires: self is not negative, and the size is positive.
    @inlinable
    public func ceilingDivided(by size: Int) -> Int { (self + size - 1) / size }
}
