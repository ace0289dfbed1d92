extension Int {
    /// The least whole number that is not below the quotient.
    ///
    /// - Requires: self is not negative, and the divisor is positive.
    @inlinable public func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
