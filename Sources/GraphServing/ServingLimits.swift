/// How much the page takes at once. Each limit has its message on the page.
package struct ServingLimits: Hashable, Sendable {
    /// Bytes of a picture's file.
    package var uploadByteCount = 256 << 20
    /// Pixels of a result.
    package var resultPixelCount = 400_000_000
    /// Pictures that are waiting, enlarged or kept.
    package var pictureCount = 100
    /// Bytes of all files that are kept.
    package var keptByteCount = 4 << 30
    /// Connections at once; for a further one, the one ends that has asked for nothing for the longest time.
    package var connectionCount = 32
    /// Seconds that a connection may stay silent.
    package var silentSeconds = 30

    package init() {}
}
