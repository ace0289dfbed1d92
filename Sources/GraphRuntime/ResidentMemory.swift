#if canImport(Glibc)
    import Glibc
#endif

/// The most physical memory that this process has held at any time; nil where the system does not say.
///
/// Linux's `VmHWM`. What `getrusage` reports would be the parent's where that was larger.
public func peakResidentByteCount() -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0, let text = line.map({ String(cString: $0) }) {
        guard text.hasPrefix("VmHWM:") else { continue }
        return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
}
