import Glibc

/// A block of zeroed memory on a cache line, freed with its owner.
final class AlignedMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// Large blocks come from the system as pages that cost nothing until they are touched.
    ///
    /// - Parameter inHugePages: whether pages should be of 2 MiB where the system has them: for what a run touches nearly
    ///   from end to end, which it then does with fewer page faults.
    init(byteCount: Int, inHugePages: Bool = false) throws(RuntimeError) {
        self.byteCount = max(64, byteCount)
        guard let memory = mmap(nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else {
            throw .outOfMemory(byteCount: byteCount)
        }
        base = memory
        // Advice: where it cannot be followed, pages are small.
        if inHugePages { madvise(memory, self.byteCount, MADV_HUGEPAGE) }
    }

    deinit { munmap(base, byteCount) }
}

/// Gives back to the system what planning has left behind: the plans of tall pictures are long.
public func releaseFreedMemory() {
    _ = mallocTrim(0)
}

/// glibc's `malloc_trim`, whose header is in no module.
@_silgen_name("malloc_trim") private func mallocTrim(_ keptByteCount: Int) -> Int32
