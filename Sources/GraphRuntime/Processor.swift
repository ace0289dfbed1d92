import Glibc
import GraphCompiler

extension InstructionSet {
    /// The best that this processor, and the system on it, can run.
    public static var best: InstructionSet { runnable.last ?? .portable }

    /// All that this processor, and the system on it, can run, the best last.
    public static let runnable: [InstructionSet] = detect()

    /// What a processor must have, by the names of Linux.
    private var processorFlags: [Substring] {
        switch self {
        case .portable: []
        case .avx2: ["avx2", "fma"]
        case .avx512: InstructionSet.avx2.processorFlags + ["f16c", "avx512f", "avx512vl", "avx512dq", "avx512bw"]
        }
    }

    private static func detect() -> [InstructionSet] {
        #if arch(x86_64)
            // The kernel lists a flag only when the system saves the registers that it needs.
            guard let line = systemLine(of: "/proc/cpuinfo", beginningWith: "flags") else { return [.portable] }
            let flags = Set(line.split(whereSeparator: { " \t\n:".contains($0) }))
            return allCases.filter { flags.isSuperset(of: $0.processorFlags) }
        #else
            return [.portable]
        #endif
    }
}

/// Processors that are online: the default number of threads.
public func availableProcessorCount() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
