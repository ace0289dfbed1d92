import GraphLanguage

/// Finds lines that follow each other again and again, and makes one repeat of them.
///
/// Rewrites: k ≥ 3 windows of p lines each, equal but for the names that they make and for numbers in paths that grow by the
/// same steps, where each window takes one value from the one before, to a repeat.
/// Requires: items that give each name a value once.
/// Ensures: the same operations, under the same paths. Short windows come first, so that repeats stand in repeats.
/// Does not: find windows that hand on several values, or of which anything but the last value is read behind them; look
/// further when it has looked at as many lines as no network needs.
struct RepeatFinder {
    private var items: [SourceItem]
    private var counters: Set<String> = []
    private var takenNames: Set<String>

    private enum Limit {
        static let itemCount = 4000
        static let period = 150
        /// Lines that are looked at, each as often as it is.
        static let work = 2_000_000
    }

    /// - Parameter takenNames: that counters cannot have.
    static func folded(_ items: [SourceItem], takenNames: Set<String>, outputs: Set<String>) -> [SourceItem] {
        guard items.count <= Limit.itemCount else { return items }
        var finder = RepeatFinder(items: items, takenNames: takenNames)
        var period = 1
        while period <= min(Limit.period, finder.items.count / 2), finder.work < Limit.work {
            // What was folded may repeat as one line.
            period = finder.foldAll(period: period, outputs) ? 1 : period + 1
        }
        return ScopedNames.settled(finder.items, takenNames: finder.takenNames)
    }

    private init(items: [SourceItem], takenNames: Set<String>) {
        self.items = items
        self.takenNames = takenNames
        forms = items.map { number(of: Form($0)) }
    }

    private var freshCount = 0
    /// Lines that were looked at.
    private var work = 0
    /// Of each item, the number of its form: equal where items are, but for names and for numbers in paths.
    private var forms: [Int] = []
    private var numbers: [Form: Int] = [:]

    private struct Form: Hashable {
        private var kind: SourceItem.Kind
        private var paths: [[SourceItem.PathPart]]
        private var body: [Form] = []

        init(_ item: SourceItem) {
            kind = item.renamed { _ in "_" }.kind
            paths = item.paths.map { path in
                path.map { part in if case .number(_, let terms) = part { .number(0, terms: terms) } else { part } }
            }
            guard case .loop(let loop) = item.kind else { return }
            body = loop.body.map { Form($0) }
            kind = .loop(
                SourceItem.Loop(counter: loop.counter, count: loop.count, start: "_", carried: "_", body: [], made: "_"))
        }
    }

    private mutating func number(of form: Form) -> Int {
        if let known = numbers[form] { return known }
        numbers[form] = numbers.count
        return numbers.count - 1
    }

    private mutating func foldAll(period: Int, _ outputs: Set<String>) -> Bool {
        var places: [String: Int] = [:]
        for (index, item) in items.enumerated() { places[item.name] = index }
        work += items.count
        var start = 0
        while start + 2 * period <= items.count, work < Limit.work {
            if let fold = fold(at: start, period: period, places, outputs) {
                replace(fold, at: start, period: period)
                return true
            }
            start += 1
        }
        return false
    }

    // MARK: Comparing

    /// What a name in a window stands for.
    private enum Role: Hashable {
        case inside(offset: Int)
        case carried(offset: Int)
        case outside(String)
    }

    private struct Fold {
        var count: Int
        /// The offset in the window of what is handed on.
        var carried: Int
        var start: String
        /// By how much each number of each path grows, in the order of reading.
        var steps: [[Int]]
    }

    private mutating func fold(at start: Int, period: Int, _ places: [String: Int], _ outputs: Set<String>) -> Fold? {
        guard forms[start] == forms[start + period] else { return nil }
        var count = 1
        var roles: [[Role]] = []
        var steps: [[Int]] = []
        while start + (count + 1) * period <= items.count {
            work += period
            guard let (nextRoles, nextSteps) = compared(count, start, period, places),
                count == 1 || nextRoles == roles && nextSteps == steps
            else { break }
            (roles, steps) = (nextRoles, nextSteps)
            count += 1
        }
        var offsets: Set<Int> = []
        for case .carried(let offset) in roles.flatMap(\.self) { offsets.insert(offset) }
        guard offsets.count == 1, let carried = offsets.first else { return nil }
        // In the first window the value comes from outside, by one name.
        var starts: Set<String> = []
        for (offset, row) in roles.enumerated() {
            for (role, name) in zip(row, items[start + offset].references) {
                guard case .carried = role else { continue }
                starts.insert(name)
            }
        }
        guard starts.count == 1, let first = starts.first, places[first].map({ $0 < start }) ?? true else { return nil }
        // What each window reads besides cannot have the name that is carried.
        guard !roles.flatMap(\.self).contains(.outside(first)) else { return nil }
        work += items.count
        count = countWithoutReaders(count, carried, start, period, places, outputs)
        guard count >= (period >= 6 ? 2 : 3) else { return nil }
        return Fold(count: count, carried: carried, start: first, steps: steps)
    }

    /// The roles of names in a window, and how far the numbers of its paths are from those of the first, for each window
    /// between; nil where it is another.
    private func compared(
        _ window: Int, _ start: Int, _ period: Int, _ places: [String: Int]
    ) -> (roles: [[Role]], steps: [[Int]])? {
        let first = start, here = start + window * period
        var roles: [[Role]] = []
        var steps: [[Int]] = []
        for offset in 0..<period {
            let old = items[first + offset], new = items[here + offset]
            guard forms[first + offset] == forms[here + offset] else { return nil }
            let oldNames = old.references, newNames = new.references
            guard oldNames.count == newNames.count else { return nil }
            var row: [Role] = []
            for (oldName, newName) in zip(oldNames, newNames) {
                let oldPlace = places[oldName] ?? -1, newPlace = places[newName] ?? -1
                if newPlace >= here {
                    guard oldPlace - first == newPlace - here else { return nil }
                    row.append(.inside(offset: newPlace - here))
                } else if newPlace >= here - period {
                    guard oldPlace < first else { return nil }
                    row.append(.carried(offset: newPlace - (here - period)))
                } else {
                    guard oldName == newName else { return nil }
                    row.append(.outside(newName))
                }
            }
            roles.append(row)
            guard let differences = Self.differences(old, new, windows: window) else { return nil }
            steps.append(differences)
        }
        return (roles, steps)
    }

    private static func differences(_ old: SourceItem, _ new: SourceItem, windows: Int) -> [Int]? {
        var differences: [Int] = []
        for (oldPath, newPath) in zip(old.allPaths, new.allPaths) {
            guard oldPath.count == newPath.count else { return nil }
            for pair in zip(oldPath, newPath) {
                switch pair {
                case (.text(let a), .text(let b)): guard a == b else { return nil }
                case (.number(let a, let aTerms), .number(let b, let bTerms)):
                    guard aTerms == bTerms, (b - a).isMultiple(of: windows) else { return nil }
                    differences.append((b - a) / windows)
                default: return nil
                }
            }
        }
        return old.allPaths.count == new.allPaths.count ? differences : nil
    }

    /// How many windows there are of which nothing is read but what is handed on, and from the last the value itself.
    private func countWithoutReaders(
        _ count: Int, _ carried: Int, _ start: Int, _ period: Int, _ places: [String: Int], _ outputs: Set<String>
    ) -> Int {
        var count = count
        var readers: [Int: [Int]] = [:]
        for (index, item) in items.enumerated() {
            for name in item.references { if let place = places[name] { readers[place, default: []].append(index) } }
        }
        var window = 0
        while window < count {
            let here = start + window * period
            var isRead = false
            var isReadWrongly = false
            for offset in 0..<period {
                let isOutput = outputs.contains(items[here + offset].name)
                for reader in readers[here + offset, default: []] + (isOutput ? [items.count] : []) {
                    if reader < here + period { continue }
                    if offset != carried { isReadWrongly = true }
                    if reader >= here + 2 * period { isRead = true }
                }
            }
            if isReadWrongly { return window }
            if isRead { count = min(count, window + 1) }
            window += 1
        }
        return count
    }

    // MARK: Replacing

    private mutating func replace(_ fold: Fold, at start: Int, period: Int) {
        let windows = (0..<fold.count).map { window in
            Array(items[start + window * period..<start + (window + 1) * period])
        }
        let last = windows[fold.count - 1][fold.carried].name
        let counter = freshCounter(windows[0])
        var names: [String: String] = [:]
        for offset in 0..<period { names[windows[0][offset].name] = commonName(windows.map { $0[offset].name }) }
        let carried = fresh("h")
        let body = windows[0].enumerated().map { offset, item in
            var renamed = item.renamed { $0 == fold.start ? carried : names[$0] ?? $0 }
            renamed.name = names[item.name] ?? item.name
            var steps = fold.steps[offset][...]
            renamed.step(&steps, counter)
            return renamed
        }
        let loop = SourceItem.Loop(
            counter: counter, count: fold.count, start: fold.start, carried: carried, body: body,
            made: body[fold.carried].name)
        let item = SourceItem(name: last, kind: .loop(loop))
        items.replaceSubrange(start..<start + fold.count * period, with: [item])
        forms.replaceSubrange(start..<start + fold.count * period, with: [number(of: Form(item))])
    }

    private mutating func freshCounter(_ body: [SourceItem]) -> String {
        var inner: Set<String> = []
        func collect(_ items: [SourceItem]) {
            for case .loop(let loop) in items.map(\.kind) {
                inner.insert(loop.counter)
                collect(loop.body)
            }
        }
        collect(body)
        // Repeats that do not stand in each other count by one name.
        if let known = counters.sorted().first(where: { !inner.contains($0) }) { return known }
        let letters = ["i", "j", "k", "l", "m"]
        let counter = letters.first { !takenNames.contains($0) && !inner.contains($0) } ?? "i_\(inner.count)"
        takenNames.insert(counter)
        counters.insert(counter)
        return counter
    }

    /// A name that is settled when all repeats are found, by what stands around it.
    private mutating func fresh(_ base: String) -> String {
        freshCount += 1
        return "\(base)\(ScopedNames.mark)\(freshCount)"
    }

    /// What the names of all windows share: `block_act` of `block_1_act`, `block_2_act`, ….
    private mutating func commonName(_ names: [String]) -> String {
        let all = names.map { SourceItem.parts(String($0.prefix { $0 != ScopedNames.mark })) }
        guard let first = all.first, all.allSatisfy({ $0.count == first.count }) else { return fresh("r") }
        var text = ""
        for index in first.indices where all.allSatisfy({ $0[index] == first[index] }) {
            switch first[index] {
            case .text(let piece): text += text.hasSuffix("_") && piece.hasPrefix("_") ? String(piece.dropFirst()) : piece
            case .number(let number, _): text += "\(number)"
            }
        }
        while text.hasSuffix("_") { text.removeLast() }
        return fresh(text.isEmpty || text == "v" ? "r" : text)
    }
}

extension SourceItem {
    /// Its own paths and those of its body, in the order of reading.
    fileprivate var allPaths: [[PathPart]] {
        guard case .loop(let loop) = kind else { return paths }
        return loop.body.flatMap(\.allPaths)
    }

    /// Adds steps of a counter to the numbers of all paths, in the order of reading.
    fileprivate mutating func step(_ steps: inout ArraySlice<Int>, _ counter: String) {
        for path in paths.indices {
            for part in paths[path].indices {
                guard case .number(let number, let terms) = paths[path][part], let step = steps.popFirst() else { continue }
                let added = step == 0 ? terms : terms + [Term(counter: counter, factor: step)]
                paths[path][part] = .number(number, terms: added)
            }
        }
        guard case .loop(var loop) = kind else { return }
        for index in loop.body.indices { loop.body[index].step(&steps, counter) }
        kind = .loop(loop)
    }
}
