import ArgumentParser
import GraphCompiler
import GraphIR
import GraphRuntime
import Model

/// The model that a command works on, and how many threads it may use.
struct ModelOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("A .gpack, or a .graph to compile.", valueName: "model", visibility: .hidden))
    var path: String

    @OptionGroup var graph: GraphOptions
    @OptionGroup var threads: ThreadOptions

    var threadCount: Int { threads.count }

    /// - Parameter seed: of fresh weights, for a .graph.
    func model(seed: UInt64 = 0) throws(ModelError) -> Model { try graph.model(path, seed: seed) }
}

/// How a `.graph` becomes a model on the way.
struct GraphOptions: ParsableArguments {
    @Option(
        name: .customShort("D"), parsing: .singleValue,
        help: ArgumentHelp("Set a parameter: a number, true or false.", valueName: "name=value"))
    var values: [NamedValues<CompileTimeValue>] = []

    /// - Parameter seed: of fresh weights, for a .graph.
    func model(_ path: String, seed: UInt64 = 0) throws(ModelError) -> Model {
        try Model(contentsOf: path, values: values.merged(), seed: seed)
    }
}

struct ThreadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "n"))
    var threads: Int?

    var count: Int { threads ?? availableProcessorCount() }

    func validate() throws {
        try check(threads ?? 1, 1...1024, "--threads")
    }
}

extension ConvolutionAlgorithm: ExpressibleByArgument {}

extension NamedValues: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// A wrong use, in one line, unless the number lies in its range.
func check<Number: Comparable>(_ number: Number, _ range: ClosedRange<Number>, _ option: String) throws {
    guard range.contains(number) else {
        throw ValidationError("\(option) is \(number); give \(range.lowerBound) to \(range.upperBound).")
    }
}
