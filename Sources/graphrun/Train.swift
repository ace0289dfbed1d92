import ArgumentParser

/// Trains a model on a folder of pictures.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Train a model on a folder of pictures.")
}
