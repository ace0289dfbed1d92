import Glibc

/// A line of a file in which the system says something, as `/proc/cpuinfo`; nil where there is none.
///
/// - Parameter start: what the line begins with. Of several lines the first is taken.
func systemLine(of path: String, beginningWith start: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0, let text = line.map({ String(cString: $0) }) {
        if text.hasPrefix(start) { return text }
    }
    return nil
}
