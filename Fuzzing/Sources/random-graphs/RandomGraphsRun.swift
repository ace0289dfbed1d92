// Draws models from the seeds of a range and compares all ways to compute them: Tools/check/random-graphs runs it.

@preconcurrency import Glibc
import RandomGraphs
import SystemPackage

@main struct RandomGraphsRun {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.dropFirst().compactMap { UInt64($0) }
        guard let folder = arguments.first.map({ FilePath($0) }), numbers.count == 2, numbers[0] <= numbers[1] else {
            print("usage: random-graphs FOLDER FIRST-SEED END-SEED")
            exit(2)
        }
        var (modelCount, entryCount, differingCount) = (0, 0, 0)
        for seed in numbers[0]..<numbers[1] {
            guard let comparison = RandomComparison(seed: seed, folder: folder) else { continue }
            modelCount += 1
            entryCount += comparison.comparedCount
            guard !comparison.differences.isEmpty else { continue }
            differingCount += 1
            show(smallest(like: comparison, seed: seed, folder: folder), seed: seed)
        }
        print("\(modelCount) models, \(entryCount) entries with sizes, \(differingCount) differ")
        exit(differingCount == 0 ? 0 : 1)
    }

    /// What differs already with fewer operations.
    private static func smallest(like whole: RandomComparison, seed: UInt64, folder: FilePath) -> RandomComparison {
        for operationCount in 0..<12 {
            guard let part = RandomComparison(seed: seed, operationCount: operationCount, folder: folder) else { continue }
            if !part.differences.isEmpty { return part }
        }
        return whole
    }

    private static func show(_ comparison: RandomComparison, seed: UInt64) {
        print("seed \(seed):")
        for difference in comparison.differences.prefix(6) { print("  \(difference)") }
        print(comparison.text)
        fflush(stdout)
    }
}
