import Foundation
import GraphInterchange
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphPack

private enum Python {
    static let readsPacks = run(["-c", "import numpy, ctypes.util; assert ctypes.util.find_library('zstd')"]).status == 0

    static func run(_ arguments: [String]) -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return (-1, "") }
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}

/// `Tools/gpack.py`, which was written from `Docs/PackFormat.md`, agrees with the program.
@Suite(.enabled(if: Python.readsPacks, "Python with NumPy and libzstd is needed"))
struct PythonReaderTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Tools/gpack.py").standardizedFileURL.path

    let folder = TemporaryFolder()

    @Test func everyKindOfPackIsReadWithTheSameDigest() throws {
        var packs = ["small": smallPack, "empty": Pack(graphText: "", compilerVersion: "")]
        let tensors = StorageFormatTests.shapes.enumerated().map { sampleWeights(shape: $1, path: "w\($0)") }
        for storage in StorageFormat.allCases {
            packs["\(storage)"] = Pack(
                graphText: (0..<100_000).map { "text \($0) " }.joined(), compilerVersion: "1", weights: tensors, storage: storage)
        }
        var expected: [String] = []
        for (name, pack) in packs.sorted(by: { $0.key < $1.key }) {
            let path = folder.file(name)
            expected.append("\(path): sound, digest \(try pack.write(to: path, storage: pack.storage).digest)")
        }
        let found = Python.run([Self.script, "verify"] + packs.keys.sorted().map { folder.file($0).string })
        #expect(found.output.split(separator: "\n").map(String.init) == expected)
    }

    @Test func tensorsHaveTheSameBits() throws {
        let path = folder.file("a.gpack")
        let tensors = StorageFormatTests.shapes.enumerated().map { sampleWeights(shape: $1, path: "w\($0)") }
        for storage in StorageFormat.allCases {
            try Pack(graphText: "", compilerVersion: "", weights: tensors, storage: storage).write(to: path)
            #expect(Python.run([Self.script, "export", path.string, folder.file("a.npz").string]).status == 0)
            #expect(try WeightFile(contentsOf: folder.file("a.npz")).tensors == Pack(contentsOf: path).weights)
            let list = Python.run([Self.script, "list", path.string]).output
            #expect(list.contains("fingerprint  \(try Pack(contentsOf: path).fingerprint)\n"))
        }
    }

    /// What the fuzzer found: both readers take and refuse the same files.
    @Test func filesOfTheFuzzerAreJudgedAlike() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../FuzzCorpusTests/Corpus/pack").standardized.path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let sound = names.filter {
            PackVerification(bytes: fileBytes(FilePath(folder).appending($0)), name: FilePath($0)).damage.isEmpty
        }
        let lines = Python.run([Self.script, "verify"] + names.map { "\(folder)/\($0)" }).output.split(separator: "\n")
        let found = names.filter { name in lines.contains { $0.hasPrefix("\(folder)/\(name): sound") } }
        #expect(found == sound && !sound.isEmpty)
    }

    @Test func damageIsNamed() throws {
        let path = folder.file("a.gpack")
        try smallPack.write(to: path)
        var bytes = fileBytes(path)
        bytes[bytes.count - 1] ^= 1
        _ = folder.file("a.gpack", holding: bytes)
        let found = Python.run([Self.script, "verify", path.string])
        #expect(found.status == 1)
        #expect(found.output == "\(path): section 'weights/tail.bias', chunk 1 of 1: its checksum does not match\n")
    }
}
