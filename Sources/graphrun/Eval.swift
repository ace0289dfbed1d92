import ArgumentParser

/// Measures a model on a folder of pictures.
struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure a model on a folder of pictures.")
}
