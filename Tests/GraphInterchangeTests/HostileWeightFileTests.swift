import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphInterchange
@testable import GraphPack

/// Small files that ask for much, and files of other programs that are met where weights are expected.
@Suite struct HostileWeightFileTests {
    private func read(_ bytes: [UInt8]) throws -> WeightFile { try WeightFile(bytes: bytes, name: "x") }

    private func checkpoint(_ items: [UInt8], _ storages: [String: [Float]] = ["0": [1, 2]]) -> [UInt8] {
        SampleArchive.checkpoint(pickle: Array("}(".utf8) + items + Array("u.".utf8), storages: storages)
    }

    private func tensor(_ name: String, shape: [Int], strides: [Int]) -> [UInt8] {
        SampleArchive.text(name) + SampleArchive.tensor(key: "0", elementCount: 2, shape: shape, strides: strides)
    }

    /// A byte of a pickle that makes a value takes dozens.
    @Test func theOpcodesOfAPickleAreCounted() {
        let pickle = [UInt8](repeating: UInt8(ascii: "}"), count: 100)
        #expect(message { _ = try Pickle(pickle, opcodeLimit: 50) }.contains("more than the 50 opcodes"))
        let bytes = SampleArchive.checkpoint(pickle: [UInt8](repeating: UInt8(ascii: "]"), count: 400_000))
        #expect(message { _ = try read(bytes) }.contains("opcodes that a file of this size needs"))
        let old = [0x80, 2] + [UInt8](repeating: UInt8(ascii: "]"), count: 400_000)
        #expect(message { _ = try read(old) }.contains("opcodes that a file of this size needs"))
    }

    @Test func shapesHaveFewDimensions() {
        let ones = [Int](repeating: 1, count: 9)
        #expect(message { _ = try read(checkpoint(tensor("a", shape: ones, strides: ones))) }.contains("its rank is 9"))
    }

    /// Views may share numbers and repeat them, but not without end.
    @Test func viewsMayRepeatWhatIsThere() throws {
        let shared = checkpoint((0..<100).flatMap { tensor("a\($0)", shape: [3, 2], strides: [0, 1]) })
        #expect(try read(shared).tensors.allSatisfy { $0.values == [1, 2, 1, 2, 1, 2] })
        let hostile = checkpoint(tensor("a", shape: [1 << 30], strides: [0]))
        #expect(message { _ = try read(hostile) }.contains("repeat the file's numbers far too often"))
        let many = checkpoint((0..<100).flatMap { tensor("a\($0)", shape: [1 << 20], strides: [0]) })
        #expect(message { _ = try read(many) }.contains("repeat the file's numbers far too often"))
    }

    @Test func namesOfDictionariesWithinEachOtherDoNotGrowWithoutEnd() {
        let name = SampleArchive.text(String(repeating: "n", count: 500))
        let nested = (name + Array("}(".utf8)) + (name + Array("}(".utf8)) + (name + Array("}(".utf8))
        let pickle = nested + tensor("a", shape: [2], strides: [1]) + Array("uuu".utf8)
        #expect(message { _ = try read(checkpoint(pickle)) }.contains("too long"))
    }

    @Test func archivesOfTooManyEntriesAreRefusedByTheirEnd() {
        let archive = SampleArchive.zip([("a.npy", [])], promisedCount: 100_000)
        #expect(message { _ = try read(archive) }.contains("100000 tensors exceed the limit of 65536"))
    }

    /// What Python's classes and functions would make beside the state dict is passed over.
    @Test func stateDictsAreReadBesideAnything() throws {
        let odd = "cnumpy\ndtype\n(Nt\u{81}}b".unicodeScalars.map { UInt8($0.value) }
        let set = [0x8F, UInt8(ascii: "("), UInt8(ascii: "N"), 0x90]
        let long = [0x8A, 10] + [UInt8](repeating: 1, count: 10)
        let items =
            SampleArchive.text("best") + odd + SampleArchive.text("flags") + set + SampleArchive.text("big") + long
            + SampleArchive.text("raw") + [UInt8(ascii: "C"), 2, 0, 255] + tensor("a", shape: [2], strides: [1])
        #expect(try read(checkpoint(items)).tensors == [PackedTensor(path: "a", shape: [2], values: [1, 2])])
    }

    @Test func arraysOfTheOtherByteOrderAreRead() throws {
        let bytes: [UInt8] = [0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0]
        let structure = SampleArchive.array("[('a', '<f4'), ('b', [('c', '<i2')])]", shape: "(1,)", data: [0, 0, 0, 0, 0, 0])
        let archive = SampleArchive.zip([
            ("w.npy", SampleArchive.array("'>f4'", shape: "(2,)", data: bytes)), ("s.npy", structure),
        ])
        let read = try read(archive)
        #expect(read.tensors == [PackedTensor(path: "w", shape: [2], values: [1, -2])])
        #expect(read.leftOut == ["s"])
    }

    /// Where nothing can be a weight, the message says why instead of which weights are missing.
    @Test func filesWithoutWeightsSayWhatTheyHold() {
        let array = SampleArchive.array("'<f16'", shape: "(1,)", data: [UInt8](repeating: 0, count: 16))
        let archive = SampleArchive.zip([("w.npy", array)])
        #expect(
            message { _ = try read(archive) }
                == "tensor 'w': its type is '<f16', and only floats of 64, 32 and 16 bits can be weights")
    }

    @Test(arguments: [
        ("<!DOCTYPE html>", "an HTML page"), ("\n<html>", "an HTML page"),
        ("version https://git-lfs.github.com", "a Git LFS pointer"),
        ("\u{89}HDF\r\n", "an HDF5 file"), ("\u{8}\u{7}\u{12}\u{7}pytorch", "an ONNX model"), ("GGUF", "a GGUF file"),
        ("\u{93}NUMPY", "a single .npy array"), ("\u{1F}\u{8B}", "a gzip file"), ("", "an empty file"),
        ("7767517\n", "an ncnn model"), ("aaaaTFL3", "a TensorFlow Lite model"), ("<?xml version", "an XML file"),
        (String(repeating: "x", count: 257) + "ustar", "a tar archive"),
    ])
    func otherFormatsAreNamed(start: String, name: String) {
        #expect(message { _ = try read(start.unicodeScalars.map { UInt8($0.value) }) }.contains("is \(name)"))
    }

    /// What is no network is named, too, and a file of weights under the name of one.
    @Test(arguments: [
        ("<html>", "is an HTML page, and not a network; download"), ("PK\u{3}\u{4}aaaa", "is a ZIP archive"),
        ("\u{10}\0\0\0\0\0\0\0{}      ", "weights are read under a name that ends in .safetensors"),
        ("\u{89}HDF\r\n", "export the network as ONNX"), ("", "is an empty file, and not a network; copy it again"),
    ])
    func otherFormatsAreNoNetworks(start: String, expected: String) {
        let folder = TemporaryFolder()
        let path = folder.file("net.onnx", holding: start.unicodeScalars.map { UInt8($0.value) })
        let error = #expect(throws: InterchangeError.self) { try NetworkFile.read(path) }
        #expect(error?.description.contains(expected) == true, "\(error as Any)")
    }

    /// Whole numbers and truths stand beside the weights of many programs.
    @Test func numbersOfOtherTypesAreLeftOut() throws {
        let header =
            #"{"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt64(header.utf8.count))
        let file = try read(bytes + Array(header.utf8) + [UInt8](repeating: 0, count: 12))
        #expect(file.tensors.map(\.path) == ["w"] && file.leftOut == ["n"])
    }

    @Test func otherArchivesAreNamed() {
        let archive = SampleArchive.zip([("inner.pth", [1]), ("config.json", [2])])
        #expect(
            message { _ = try read(archive) }.contains("a ZIP archive of neither arrays nor a checkpoint: it holds 'config.json'")
        )
    }
}
