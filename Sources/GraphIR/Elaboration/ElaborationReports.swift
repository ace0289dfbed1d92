import GraphLanguage

/// Stops the elaboration of an expression whose mistake has been reported.
struct Reported: Error {}

/// A mistake's kind and place, by which it is reported once.
struct MistakeSite: Hashable {
    var code: Diagnostic.Code
    var location: SourceLocation
}

extension [Diagnostic] {
    func sortedByPlace() -> [Diagnostic] {
        sorted {
            ($0.location.line, $0.location.column, $0.code.rawValue)
                < ($1.location.line, $1.location.column, $1.code.rawValue)
        }
    }
}

/// One level of what led to a statement.
enum ElaborationFrame {
    /// `path` is nil when the call has none, so that the callee can declare no weights.
    case call(Call, path: String?)
    case iteration(variable: String, value: Int)

    /// Whether two frames are of the same call at the same place, or of the same iteration.
    func isSame(as other: ElaborationFrame) -> Bool {
        switch (self, other) {
        case (.call(let left, _), .call(let right, _)): left.callee.location == right.callee.location
        case (.iteration(let left, let value), .iteration(let right, let otherValue)): left == right && value == otherValue
        default: false
        }
    }

    var call: Call? {
        if case .call(let call, _) = self { call } else { nil }
    }
}

/// Mistakes and how they are collected.
extension Elaborator {
    /// Notes a mistake, once for each place: the first iteration or call that goes wrong stands for the others.
    ///
    /// - Parameter depth: how many of the calls and iterations that led here the note names; all when nil.
    func report(
        _ code: Diagnostic.Code, _ message: String, at location: SourceLocation, expected: String? = nil,
        found: String? = nil, suggestion: @autoclosure () -> String? = nil, missingParameter: String? = nil,
        notes: [String] = [], depth: Int? = nil
    ) {
        guard !isStopped, !isLookingUp || code.dependsOnNamesAlone, !isKnown(code, at: location) else { return }
        let lines = depth.map { Self.chain(of: frames[..<$0]) } ?? chain
        // To look for names is long work, and nobody reads the last of so many mistakes.
        let isShown = diagnostics.count < 2 * SyntaxLimits.shownDiagnosticCount
        insert(
            Diagnostic(
                code: code, message, at: location, expected: expected, found: found,
                suggestion: isShown ? suggestion() : nil, missingParameter: missingParameter,
                notes: notes + lines))
        if diagnostics.count == SyntaxLimits.diagnosticCount { stop() }
    }

    func fail(
        _ code: Diagnostic.Code, _ message: String, at location: SourceLocation, expected: String? = nil,
        found: String? = nil, suggestion: @autoclosure () -> String? = nil, notes: [String] = [], depth: Int? = nil
    ) -> Reported {
        report(
            code, message, at: location, expected: expected, found: found, suggestion: suggestion(), notes: notes,
            depth: depth)
        return Reported()
    }

    func fail(_ error: OpError, at location: SourceLocation) -> Reported {
        let wording = error.wording
        return fail(
            wording.code, wording.message, at: location, expected: wording.expected, found: wording.found)
    }

    /// Counts one piece of work; a model with too many is not elaborated further.
    func countStep(at location: SourceLocation) throws(Reported) {
        guard !isStopped else { throw Reported() }
        stepCount += 1
        // What is still unknown after so much more work comes from calls within calls, and repeats what is known.
        if let stepCountAtMistake, stepCount > stepCountAtMistake + ElaborationLimits.stepCountAfterMistake {
            stop()
            throw Reported()
        }
        let tooMany: String? =
            if builder.graph.nodes.count > budget.nodeCount {
                "at most \(budget.nodeCount) operations"
            } else if stepCount > budget.stepCount {
                "at most \(budget.stepCount) expressions and statements, each counted as often as it is expanded"
            } else {
                nil
            }
        guard let tooMany else { return }
        report(.tooLarge, "the model is too large: \(tooMany)", at: location)
        stop()
        throw Reported()
    }

    func origin(at location: SourceLocation) -> Origin { Origin(location: location, chain: chain) }

    /// The calls and iterations that led here, innermost first: "in conv3x3, called at 11:16, i = 3".
    private var chain: [String] {
        if let knownChain { return knownChain }
        let lines = Self.chain(of: frames[...])
        knownChain = lines
        return lines
    }

    /// Of a long chain the two ends.
    private static func chain(of frames: ArraySlice<ElaborationFrame>) -> [String] {
        var groups: [[ElaborationFrame]] = [[]]
        for frame in frames {
            groups[groups.count - 1].append(frame)
            if frame.call != nil { groups.append([]) }
        }
        if groups[groups.count - 1].isEmpty { groups.removeLast() }
        let shown = groups.count <= 8 ? groups : Array(groups.prefix(3) + groups.suffix(4))
        var lines = shown.map(line)
        if shown.count < groups.count { lines.insert("… \(groups.count - shown.count) more …", at: 3) }
        return lines.reversed()
    }

    /// A call with the iterations in which it stands, outermost first; iterations alone where no call follows.
    private static func line(of frames: [ElaborationFrame]) -> String {
        var iterations: [String] = []
        for frame in frames {
            switch frame {
            case .iteration(let variable, let value): iterations.append("\(variable) = \(value)")
            case .call(let call, _):
                let place = "called at \(call.callee.location.line):\(call.callee.location.column)"
                return (["in \(call.callee.text), \(place)"] + iterations).joined(separator: ", ")
            }
        }
        return "in repeat, " + iterations.joined(separator: ", ")
    }
}
