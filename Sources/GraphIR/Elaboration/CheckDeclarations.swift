import GraphLanguage

/// What must hold of a file's declarations before any body is looked at.
extension Elaborator {
    func checkDeclarations() {
        var seen: Set<String> = []
        let models = file.declarations.filter { $0.keyword == .graph }
        for declaration in file.declarations where declaration.isReadable {
            checkNames(in: declaration)
            let name = declaration.name
            switch declaration.keyword {
            case .graph:
                if name.location != models[0].name.location {
                    report(.duplicateName, "a file declares one graph; this is another", at: name.location)
                }
            case .block:
                if !seen.insert(name.text).inserted {
                    report(.duplicateName, "block '\(name.text)' is declared twice", at: name.location)
                }
                if declaration.outputs.count != 1 {
                    report(
                        .badBlock, "a block must have exactly one output", at: name.location,
                        found: "\(declaration.outputs.count)")
                }
            case .train, .predict:
                if !seen.insert(" \(declaration.keyword)").inserted {
                    report(
                        .duplicateName, "a model has one '\(declaration.keyword.rawValue)'; this is another",
                        at: declaration.location)
                }
                let known = models.map(\.name.text)
                if !known.isEmpty, models.allSatisfy(\.isReadable), !known.contains(name.text) {
                    report(
                        .unknownName, "there is no graph '\(name.text)'", at: name.location,
                        suggestion: Spelling.nearest(to: name.text, among: known),
                        notes: ["the graph of this file is '\(known[0])'"])
                }
            case .entry:
                if file.stage == nil {
                    report(
                        .badEntry, "an 'entry' belongs to a file that begins with its stage, as 'stage fused'",
                        at: declaration.location)
                } else if let role = declaration.role, !seen.insert(" \(role.text)").inserted {
                    report(.duplicateName, "entry '\(role.text)' stands twice", at: role.location)
                }
            }
        }
    }

    /// Parameters and inputs share one set of names, outputs have their own.
    private func checkNames(in declaration: Declaration) {
        for parameter in declaration.parameters where CompileTimeValue.Kind(rawValue: parameter.kind.text) == nil {
            let kinds = CompileTimeValue.Kind.allCases.map(\.rawValue)
            report(
                .wrongKind, "there is no kind '\(parameter.kind.text)'", at: parameter.kind.location,
                suggestion: Spelling.nearest(to: parameter.kind.text, among: kinds),
                notes: ["a parameter is of kind \(kinds.joined(separator: ", "))"])
        }
        let names = declaration.parameters.map(\.name) + declaration.inputs.map(\.name)
        for list in [names, declaration.outputs.map(\.name)] {
            var seen: Set<String> = []
            for name in list where !seen.insert(name.text).inserted {
                report(.duplicateName, "'\(name.text)' is declared twice", at: name.location)
            }
        }
    }
}
