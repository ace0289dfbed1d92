import GraphCompiler

#if canImport(Glibc)
    import Glibc
#endif

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
            guard let file = fopen("/proc/cpuinfo", "r") else { return [.portable] }
            defer { fclose(file) }
            var line: UnsafeMutablePointer<CChar>?
            var capacity = 0
            defer { free(line) }
            while getline(&line, &capacity, file) > 0, let text = line.map({ String(cString: $0) }) {
                guard text.hasPrefix("flags") else { continue }
                let flags = Set(text.split(whereSeparator: { " \t\n:".contains($0) }))
                return allCases.filter { flags.isSuperset(of: $0.processorFlags) }
            }
        #endif
        return [.portable]
    }
}

/// Processors that are online: the default number of threads.
public func availableProcessorCount() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
