import Glibc

/// As many threads as processors are online, but one more only for each mebibyte that they handle together.
func threadCount(forByteCount byteCount: Int) -> Int { min(processorCount, 1 + byteCount >> 20) }

private let processorCount = sysconf(Int32(_SC_NPROCESSORS_ONLN))
