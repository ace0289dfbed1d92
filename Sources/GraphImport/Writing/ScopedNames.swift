import GraphLanguage

/// Gives names that repeats brought their final form: short, and unlike those of the bodies around.
struct ScopedNames {
    /// Stands between a name and a number that makes it unlike all others; no name of the language holds it.
    static let mark: Character = "#"

    private var settled: [String: String] = [:]

    static func settled(_ items: [SourceItem], takenNames: Set<String>) -> [SourceItem] {
        var names = ScopedNames()
        return names.settle(items, scope: takenNames.union(items.map(\.name).filter { !$0.contains(mark) }))
    }

    private mutating func settle(_ items: [SourceItem], scope: Set<String>) -> [SourceItem] {
        // All names of a body are in its scope, whatever stands before them.
        var scope = scope
        for item in items {
            settle(item.name, &scope)
            if case .loop(let loop) = item.kind { settle(loop.carried, &scope) }
        }
        return items.map { item in
            var item = item
            let names = settled
            func final(_ name: String) -> String { names[name] ?? name }
            switch item.kind {
            case .loop(var loop):
                loop.body = settle(loop.body, scope: scope)
                let inner = settled
                loop.start = inner[loop.start] ?? loop.start
                loop.carried = inner[loop.carried] ?? loop.carried
                loop.made = inner[loop.made] ?? loop.made
                item.kind = .loop(loop)
            default: item = item.renamed(final)
            }
            item.name = final(item.name)
            return item
        }
    }

    private mutating func settle(_ name: String, _ scope: inout Set<String>) {
        guard let end = name.firstIndex(of: Self.mark), settled[name] == nil else { return }
        let base = String(name[..<end])
        var final = base
        var suffix = 1
        while !scope.insert(final).inserted {
            final = "\(base)_\(suffix)"
            suffix += 1
        }
        settled[name] = final
    }
}
