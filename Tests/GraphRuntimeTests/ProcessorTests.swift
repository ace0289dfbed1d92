import Foundation
import GraphCompiler
import GraphRuntime
import Testing

/// The processor is asked for its instructions; Linux, which asks it as well, is the oracle where its file can be read.
@Suite struct ProcessorTests {
    @Test func theProcessorSaysWhatLinuxSays() throws {
        #if arch(x86_64)
            guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
            else { return }
            let flags = Set(line.split(whereSeparator: { " \t:".contains($0) }))
            let needed: [InstructionSet: Set<Substring>] = [
                .portable: [], .avx2: ["avx2", "fma"],
                .avx512: ["avx2", "fma", "f16c", "avx512f", "avx512vl", "avx512dq", "avx512bw"],
            ]
            #expect(InstructionSet.runnable == InstructionSet.allCases.filter { flags.isSuperset(of: needed[$0] ?? []) })
        #else
            #expect(InstructionSet.runnable == [.portable])
        #endif
    }
}
