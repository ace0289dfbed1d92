// Sizes and speeds of packs, one thread: bench-pack WEIGHTS FOLDER

import GraphC
import Glibc
@testable import GraphFiles

@testable import GraphPack
import GraphInterchange

@main struct PackBench {
    /// Arguments: a file of weights, a folder to write in.
    static func main() throws {
        let (source, folder) = (FilePath(CommandLine.arguments[1]), FilePath(CommandLine.arguments[2]))
        let weights = try WeightFile(contentsOf: source).tensors
        let byteCount = Double(weights.reduce(0) { $0 + 4 * $1.values.count })
        try SafeTensors(tensors: weights).write(to: folder.appending("weights.safetensors"))
        print("one thread, \(Int(byteCount)) bytes of float32, MB/s of them")
        print("format    of raw   encode   decode  write ms  open ms  verify ms  largest error")
        for storage in StorageFormat.allCases {
            let path = folder.appending("weights-\(storage).gpack")
            let pack = Pack(graphText: "", compilerVersion: "", weights: weights, storage: storage)
            let report = try pack.write(to: path, storage: storage)
            let encoding = try best { try encode(weights, as: storage) }
            let decoding = try decodeTime(path)
            let writing = try best(of: 5) { try pack.write(to: path) }
            let opening = try best { _ = try Pack(contentsOf: path) }
            let verifying = best { _ = PackVerification(contentsOf: path) }
            let largest = report.tensors.map(\.largestError).max() ?? 0
            let row = [
                "\(storage)", "\((Double(report.fileByteCount) / byteCount * 1e4).rounded() / 1e2)%",
                "\(Int(byteCount / encoding / 1e6))", "\(Int(byteCount / decoding / 1e6))", milliseconds(writing),
                milliseconds(opening), milliseconds(verifying), "\(largest)",
            ]
            print(
                zip(row, [6, 8, 7, 7, 8, 7, 9, 13]).map { text, width in
                    String(repeating: " ", count: max(0, width - text.count)) + text
                }.joined(separator: "  "))
        }
    }

    /// Rounding and checksums included, the digest aside.
    private static func encode(_ tensors: [PackedTensor], as storage: StorageFormat) throws {
        let encoder = try ChunkEncoder(for: "")
        for tensor in tensors {
            let tensor = try tensor.rounded(to: storage)
            let type = storage.storedElement(forShape: tensor.shape)
            tensor.values.withUnsafeBufferPointer { values in
                for start in stride(from: 0, to: values.count, by: type.elementsPerChunk) {
                    let chunk = values[start..<min(start + type.elementsPerChunk, values.count)]
                    _ = encoder.encoded(
                        UnsafeBufferPointer(rebasing: chunk), as: type, channelCount: tensor.shape.last ?? 1, firstElement: start)
                }
            }
        }
    }

    /// From the file, checksums included, into memory that is there.
    private static func decodeTime(_ path: FilePath) throws -> Double {
        let file = try InputFile(path)
        let sections = try SectionTable(reading: file).sections.filter { $0.type != .bytes }
        let decoder = ChunkDecoder()
        let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: StoredElement.fp32.elementsPerChunk)
        values.initialize(repeating: 0)
        defer { values.deallocate() }
        return try best {
            for section in sections {
                for index in section.chunks.indices {
                    let count = section.elementRange(ofChunk: index).count
                    try decoder.decode(
                        index, of: section, from: file, into: UnsafeMutableBufferPointer(rebasing: values[..<count]))
                }
            }
        }
    }

    /// Seconds of the process's own time in the fastest run, so that other programs do not count.
    private static func best(of count: Int = 30, _ body: () throws -> Void) rethrows -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }
        var best = Double.infinity
        for _ in 0..<count {
            let start = now()
            try body()
            best = min(best, now() - start)
        }
        return best
    }

    private static func milliseconds(_ seconds: Double) -> String { "\((seconds * 1e5).rounded() / 100)" }
}
