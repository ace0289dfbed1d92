import GraphRuntime

extension SplitMix64 {
    /// An independent generator for each seed, purpose and index.
    init(seed: UInt64, stream: UInt64, index: Int) {
        var mixer = SplitMix64(seed: seed)
        mixer.state = mixer.next() ^ stream
        mixer.state = mixer.next() ^ UInt64(index)
        self.init(seed: mixer.next())
    }

    /// Uniform in 0..<bound but for a bias below bound / 2⁶⁴.
    ///
    /// The standard library's own choice may differ between its versions; training's must not.
    mutating func nextIndex(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
