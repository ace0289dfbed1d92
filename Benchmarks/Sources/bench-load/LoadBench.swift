// How long it takes to open packs and bind their weights: bench-load FILE.gpack ...

import GraphC

@main struct LoadBench {
    static func main() throws {
        print("open and bind, ms: the whole, of it file and texts, all tensors as values")
        for path in CommandLine.arguments.dropFirst().map({ FilePath($0) }) {
            let whole = try best { _ = try Model(contentsOf: path) }
            let front = try best { _ = try PackFile(contentsOf: path) }
            let values = try best { _ = try Pack(contentsOf: path) }
            print("\(path)  \(whole)  \(front)  \(values)")
        }
    }

    /// Milliseconds on the clock in the fastest run.
    private static func best(of count: Int = 50, _ body: () throws -> Void) rethrows -> Double {
        var best = Duration.seconds(1000)
        for _ in 0..<count { best = min(best, try ContinuousClock().measure(body)) }
        return (best / .milliseconds(1) * 100).rounded() / 100
    }
}
