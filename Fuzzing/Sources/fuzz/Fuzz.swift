// The libFuzzer program for all targets, which Tools/fuzz builds.

import FuzzTargets
@preconcurrency import Glibc

/// libFuzzer brings a `main` for programs that have none; Swift's programs have one, and call what it calls.
@main struct Fuzz {
    /// The first argument names a target. `--seeds FOLDER` behind it writes files to begin with; all else is libFuzzer's.
    static func main() throws {
        guard CommandLine.arguments.count > 1, let named = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
            fputs("usage: fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [--seeds FOLDER | …]\n", stderr)
            exit(2)
        }
        target = named
        if CommandLine.arguments.count == 4, CommandLine.arguments[2] == "--seeds" {
            for (name, bytes) in try named.seeds() {
                guard let file = fopen("\(CommandLine.arguments[3])/\(name)", "w") else { exit(1) }
                _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
                fclose(file)
            }
            return
        }
        // libFuzzer does not see the target.
        var argumentCount = CommandLine.argc - 1
        let all = CommandLine.unsafeArgv
        all[1] = all[0]
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = all + 1
        exit(runFuzzer(&argumentCount, &arguments, testOneInput))
    }
}

/// Set before libFuzzer calls anything.
nonisolated(unsafe) private var target = FuzzTarget.graph

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    target.take(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}

@_silgen_name("LLVMFuzzerMutate")
private func mutate(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int) -> Int

@_cdecl("LLVMFuzzerCustomMutator")
public func customMutator(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32) -> Int {
    let count = mutate(data, count, limit)
    target.repair(UnsafeMutableRawBufferPointer(start: data, count: count), seed: seed)
    return count
}
