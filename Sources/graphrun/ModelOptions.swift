import ArgumentParser
import GraphIR
import GraphRuntime
import Model

/// The model that a command works on, and how many threads it may use.
struct ModelOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("A .gpack, or a .graph to compile.", valueName: "model", visibility: .hidden))
    var path: String

    @Option(
        name: .customShort("D"), parsing: .singleValue,
        help: ArgumentHelp("Set a parameter of a .graph.", valueName: "name=value"))
    var values: [Definition] = []

    @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "n"))
    var threads: Int?

    var threadCount: Int { threads ?? availableProcessorCount() }

    func validate() throws {
        try check(threads ?? 1, 1...1024, "--threads")
    }

    /// - Parameter seed: of fresh weights, for a .graph.
    func model(seed: UInt64 = 0) throws -> Model {
        let values = Dictionary(values.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return try Model(contentsOf: path, values: values, seed: seed)
    }
}

/// `name=value` for a compile-time parameter.
struct Definition: ExpressibleByArgument {
    let name: String
    let value: CompileTimeValue

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex,
            let value = CompileTimeValue(String(argument[argument.index(after: equals)...]))
        else { return nil }
        name = String(argument[..<equals])
        self.value = value
    }
}

/// A wrong use, in one line, unless the number lies in its range.
func check<Number: Comparable>(_ number: Number, _ range: ClosedRange<Number>, _ option: String) throws {
    guard range.contains(number) else {
        throw ValidationError("\(option) is \(number); give \(range.lowerBound) to \(range.upperBound).")
    }
}
