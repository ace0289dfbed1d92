/// Finds the name that was probably meant.
public enum Spelling {
    /// The nearest of `candidates`, if it is near enough to be a slip of the fingers.
    ///
    /// Names of 3 and 4 characters may differ by one edit, up to 8 by two, longer ones by three; shorter names
    /// by upper and lower case alone. Of equally near candidates the first is taken.
    public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().utf8)
        var bound = allowedEdits(length: wanted.count)
        var best: String?
        for candidate in candidates where candidate != name {
            let other = Array(candidate.lowercased().utf8)
            guard abs(other.count - wanted.count) <= bound, other.count <= longestCompared else { continue }
            let distance = editDistance(wanted, other)
            if distance < bound || (distance == bound && best == nil) {
                bound = distance
                best = candidate
            }
        }
        return best
    }

    private static let longestCompared = 100

    private static func allowedEdits(length: Int) -> Int {
        switch length {
        case ...2: 0
        case ...4: 1
        case ...8: 2
        case ...longestCompared: 3
        default: -1
        }
    }

    /// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the
    /// other, no place being edited twice (Damerau, 1964; optimal string alignment).
    static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            row.reserveCapacity(right.count + 1)
            for j in right.indices {
                var distance = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    distance = min(distance, beforePrevious[j - 1] + 1)
                }
                row.append(distance)
            }
            beforePrevious = previous
            previous = row
        }
        return previous[right.count]
    }
}
