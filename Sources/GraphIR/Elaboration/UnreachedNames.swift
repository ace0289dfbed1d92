import GraphLanguage

/// Names in what is not elaborated: branches that are not taken, repeats without iterations, or whose
/// headers cannot be read, blocks that nothing calls.
///
/// Such statements have no values, so that little can be said of them. But what their names stand for does not depend
/// on values: a misspelt op is one in every branch. So they are gone through with poison for every name, and of the
/// mistakes found, those that depend on names alone are reported.
extension Elaborator {
    /// Looks up the names of a body that is not elaborated here. Each body is looked at once.
    ///
    /// - Parameter header: names that mean something within the body, as the counter of a repeat.
    func lookUpNames(in body: [Statement], carry: [Name], header: [Name] = []) {
        guard !isLookingUp else { return lookUpNames(within: body, carry: carry, header: header) }
        guard let first = body.first, file.stage == nil, lookedUpBodies.insert(first.location).inserted else { return }
        let outer = (builder, environment, isLookingUp)
        builder = GraphBuilder(name: "")
        environment = environment.poisoned()
        isLookingUp = true
        lookUpNames(within: body, carry: carry, header: header)
        (builder, environment, isLookingUp) = outer
    }

    /// - Requires: ``isLookingUp``.
    func lookUpNames(within body: [Statement], carry: [Name], header: [Name] = []) {
        checkCarry(carry.filter { !header.contains($0) })
        environment.push(carry: carry.map(\.text))
        for name in header { environment.fix(name.text, .poison) }
        elaborate(body: body)
        environment.pop()
    }

    /// Looks up the names of blocks that no call has expanded.
    func lookUpNamesOfUncalledBlocks() {
        for block in file.declarations
        where block.keyword == .block && block.isReadable && !expandedBlocks.contains(block.name.text) {
            environment = Environment()
            for parameter in block.parameters { environment.fix(parameter.name.text, .poison) }
            for case .name(let symbol) in block.inputs.flatMap(\.type.dimensions).map(\.kind) {
                environment.fix(symbol, .poison)
            }
            for input in block.inputs { environment.define(input.name.text, .poison) }
            lookUpNames(in: block.body, carry: [])
        }
    }
}

extension Diagnostic.Code {
    /// Whether the mistake is one whatever the values.
    var dependsOnNamesAlone: Bool { self == .unknownName || self == .unknownAttribute }
}
