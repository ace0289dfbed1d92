/// The most physical memory that this process has held at any time; nil where the system does not say.
///
/// Linux's `VmHWM`. What `getrusage` reports would be the parent's where that was larger.
public func peakResidentByteCount() -> Int? {
    systemLine(of: "/proc/self/status", beginningWith: "VmHWM:")
        .flatMap { line in line.split { !$0.isNumber }.first }
        .flatMap { Int($0) }
        .map { $0 * 1024 }
}
