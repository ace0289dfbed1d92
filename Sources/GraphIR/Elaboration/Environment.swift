import GraphLanguage

/// What a name stands for while a body is elaborated.
enum Binding {
    case value(ValueID)
    case known(CompileTimeValue)
    case size(Size)
    /// The result of something that was already reported; whatever uses it stays silent.
    case poison
}

/// The names of one body, innermost scope last.
struct Environment {
    private var scopes: [Scope] = [Scope()]
    /// Whether nothing is known of what names stand for.
    private var isPoisoned = false

    private struct Scope {
        var bindings: [String: Binding] = [:]
        /// Names of outer scopes that this scope may rebind.
        var carried: Set<String> = []
        /// Parameters, sizes and counters, which nothing rebinds: types and paths are written with them.
        var fixed: Set<String> = []
    }

    subscript(_ name: String) -> Binding? {
        for scope in scopes.reversed() {
            if let binding = scope.bindings[name] { return isPoisoned ? .poison : binding }
        }
        return nil
    }

    /// Sorted, so that suggestions are the same on every run.
    var names: [String] { scopes.flatMap { $0.bindings.keys }.sorted() }

    /// The same names, of which nothing is known.
    func poisoned() -> Environment {
        var environment = self
        environment.isPoisoned = true
        return environment
    }

    mutating func define(_ name: String, _ binding: Binding) {
        scopes[scopes.count - 1].bindings[name] = binding
    }

    /// Defines a parameter, size or counter.
    mutating func fix(_ name: String, _ binding: Binding) {
        define(name, binding)
        scopes[scopes.count - 1].fixed.insert(name)
    }

    /// Whether a name is a parameter, size or counter.
    func isFixed(_ name: String) -> Bool {
        scopes.last { $0.bindings[name] != nil }?.fixed.contains(name) ?? false
    }

    /// Whether assigning `name` here would change a name of an outer scope without `carry`.
    func needsCarry(_ name: String) -> Bool {
        guard scopes.count > 1, let inner = scopes.last, inner.bindings[name] == nil, !inner.carried.contains(name) else {
            return false
        }
        return self[name] != nil
    }

    mutating func push(carry: [String]) {
        scopes.append(Scope(carried: Set(carry)))
    }

    /// Leaves the innermost scope; carried names keep their last values.
    mutating func pop() {
        let inner = scopes.removeLast()
        if isPoisoned { return }
        for name in inner.carried {
            guard let binding = inner.bindings[name] else { continue }
            define(name, binding)
        }
    }
}
