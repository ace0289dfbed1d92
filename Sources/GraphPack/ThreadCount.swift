import GraphBasics

/// As many threads as there are processors, but one more only for each mebibyte that they handle together.
func threadCount(forByteCount byteCount: Int) -> Int { min(processorCount, 1 + byteCount >> 20) }

private let processorCount = availableProcessorCount()
