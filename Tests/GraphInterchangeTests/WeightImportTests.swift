import Foundation
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphPack
@testable import GraphInterchange

/// Weights from the files of other programs. `Tools/make/import-fixtures` made them with PyTorch and NumPy.
@Suite struct WeightImportTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures").path

    private func fixture(_ name: String) -> FilePath { FilePath(Self.fixtures).appending(name) }

    private func tensor(_ path: String, _ shape: [Int], _ values: [Float]) -> PackedTensor {
        PackedTensor(path: path, shape: shape, values: values)
    }

    private let counting = (0..<24).map { Float($0) / 8 }

    @Test(arguments: ["arrays.npz", "arrays-compressed.npz"])
    func arraysOfNumPyAreRead(name: String) throws {
        let weights = try WeightFile(contentsOf: fixture(name))
        #expect(
            weights.tensors == [
                tensor("columns", [2, 3, 4], counting), tensor("double", [24], counting), tensor("empty", [0, 3], []),
                tensor("float", [4, 6], counting), tensor("half", [24], counting), tensor("scalar", [], [0.375]),
            ])
        #expect(weights.leftOut == ["steps"])
    }

    @Test func checkpointsOfPyTorchAreRead() throws {
        let weights = try WeightFile(contentsOf: fixture("various.pth"))
        let transposed: [Float] = (0..<16).map { i in
            let (row, column) = (i / 4, i % 4)
            return counting[4 + 4 * column + row]
        }
        #expect(
            weights.tensors == [
                tensor("params.bfloat", [8], Array(counting[..<8])), tensor("params.double", [2, 3, 4], counting),
                tensor("params.empty", [0, 3], []), tensor("params.float", [24], counting),
                tensor("params.half", [24], counting), tensor("params.scalar", [], [0.375]),
                tensor("params.view", [4, 4], transposed),
            ])
        #expect(weights.leftOut == ["params.steps"])
    }

    /// A checkpoint under our names gives the picture that PyTorch made, except near the border, which sees
    /// another colour outside.
    @Test(arguments: [3, 4])
    func importedCheckpointsComputeTheSame(scale: Int) throws {
        let rules = try ImportRules(contentsOf: fixture("../../../Graphs/edsr-checkpoints.rules"))
        let tensors = try rules.applied(to: WeightFile(contentsOf: fixture("edsr-x\(scale).pth")))
        let pictures = try WeightFile(contentsOf: fixture("edsr-x\(scale)-pictures.npz")).tensors
        let model = ReferenceEDSR(tensors: tensors, scale: scale)
        let lr = try #require(pictures.first { $0.path == "lr" }), sr = try #require(pictures.first { $0.path == "sr" })
        let found = model.enlarged(ReferenceImage(height: lr.shape[0], width: lr.shape[1], channels: 3, values: lr.values))
        #expect([found.height, found.width, found.channels] == sr.shape)
        let expected = ReferenceImage(height: found.height, width: found.width, channels: 3, values: sr.values)
        // The receptive field of one block reaches 6 pixels of the small picture.
        let border = 6 * scale
        var largest: Float = 0, spread: Float = 0
        for y in border..<found.height - border {
            for x in border..<found.width - border {
                for c in 0..<3 {
                    largest = max(largest, abs(found[y, x, c] - expected[y, x, c]))
                    spread = max(spread, abs(expected[y, x, c] - expected[border, border, c]))
                }
            }
        }
        #expect(largest < 1e-3 && spread > 1)
    }

    @Test func safetensorsAndPacksAreReadToo() throws {
        let folder = TemporaryFolder()
        let weights = [tensor("a", [2], [1, 2])]
        try SafeTensors(tensors: weights).write(to: folder.file("a.safetensors"))
        try Pack(graphText: "", compilerVersion: "", weights: weights).write(to: folder.file("a.gpack"))
        #expect(try WeightFile(contentsOf: folder.file("a.safetensors")).tensors == weights)
        #expect(try WeightFile(contentsOf: folder.file("a.gpack")).tensors == weights)
        let old = folder.file("old.pth", holding: [0x80, 0x02, 0x8A, 0x0A])
        #expect(message { _ = try WeightFile(contentsOf: old) }.contains("before 1.6"))
    }

    /// A pickle that would run a command when Python reads it.
    @Test func functionsInPicklesAreNotExecuted() throws {
        let text = "cos\nsystem\n(X\u{4}\u{0}\u{0}\u{0}trueq\u{0}tR."
        let found = message { _ = try Pickle([0x80, 2] + Array(text.utf8)) }
        #expect(found.contains("a call of 'os.system', which is not executed"))
    }

    @Test(arguments: [
        ("", "it has no end"), ("(", "it has no end"), (".", "an empty stack"), ("t", "no mark"), ("N(.", "an empty stack"),
        ("Nq\u{0}h\u{1}.", "nothing remembered as 1"), ("NNs.", "an empty stack"), ("NNNs.", "items for what is no dictionary"),
        ("}NNN(e.", "items for what is no list"), ("(Nu.", "an empty stack"), ("NNR.", "a call of what is no function"),
        ("NQ.", "a storage that is none"), ("i", "an opcode 105"), ("X\u{5}\u{0}\u{0}\u{0}abc", "a string that is not UTF-8"),
    ])
    func malformedPicklesAreRefused(text: String, expected: String) {
        #expect(message { _ = try Pickle(Array(text.utf8)) }.contains(expected))
    }

    /// A dictionary that holds itself, and tuples far deeper than a stack of calls.
    @Test func picklesWithoutEndOrBottomAreRead() throws {
        let circle = try Pickle(Array("}q\u{0}X\u{1}\u{0}\u{0}\u{0}ah\u{0}s.".utf8))
        #expect(circle.dictionaries.count == 1)
        let deep = try Pickle(Array("N".utf8) + [UInt8](repeating: 0x85, count: 300_000) + Array(".".utf8))
        #expect(deep.tuples.count == 300_000)
    }

    /// Any change of one byte, and any length, is read as something or refused, and never traps.
    @Test(arguments: ["various.pth", "arrays.npz", "arrays-compressed.npz"])
    func damagedArchivesDoNotTrap(name: String) throws {
        let bytes = fileBytes(fixture(name))
        var refused = 0
        var generator = RepeatableGenerator(seed: 1)
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= UInt8(generator.next() & 0xFF) | 1
            if (try? WeightFile(bytes: changed, name: FilePath(name))) == nil { refused += 1 }
            if offset % 16 == 0 {
                #expect(throws: InterchangeError.self) { try WeightFile(bytes: Array(bytes[..<offset]), name: FilePath(name)) }
            }
        }
        // Times, alignment and the sizes that stand there twice may be anything.
        #expect(refused > bytes.count / 3)
    }
}

@Suite struct ImportRulesTests {
    private func weights(_ tensors: [PackedTensor]) throws -> WeightFile {
        let folder = TemporaryFolder()
        try SafeTensors(tensors: tensors).write(to: folder.file("w"))
        return try WeightFile(contentsOf: folder.file("w"))
    }

    private func applied(_ rules: String, _ tensors: [PackedTensor]) throws -> [PackedTensor] {
        try ImportRules(rules, name: "r").applied(to: weights(tensors))
    }

    private func vector(_ path: String, _ values: [Float]) -> PackedTensor {
        PackedTensor(path: path, shape: [values.count], values: values)
    }

    @Test func namesAndStepsAreFollowed() throws {
        let filter = PackedTensor(path: "b.3.w", shape: [2, 3, 1, 2], values: (0..<12).map(Float.init))
        let rules = """
            # A comment
            b.{i}.w -> body.{i}.filter : OIHW to HWIO   # and another
            s -> drop
            x -> y : plus [1, 2], divided by 2, plus missing if present, plus z
            z -> z : plus b.3.w of [1, 0, 10]
            """
        let found = try applied(rules, [filter, vector("s", [1]), vector("x", [3, 4]), vector("z", [100, 200])])
        #expect(
            found == [
                PackedTensor(path: "body.3.filter", shape: [1, 2, 3, 2], values: [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]),
                vector("y", [102, 203]), vector("z", [100 + 1 + 90, 200 + 13 + 210]),
            ])
    }

    /// PyTorch: channel c·r² + i·r + j is of colour c at row i and column j of the block.
    @Test(arguments: [2, 3])
    func channelsOfThePixelShuffleAreReordered(block: Int) throws {
        let area = block * block
        let theirs = (0..<2 * area).map(Float.init)
        let found = try applied("u -> u : pixel shuffle to h\nh -> h", [vector("u", theirs), vector("h", [0, 0])])
        #expect(found[1].values == (0..<2 * area).map { Float($0 % 2 * area + $0 / 2) })
    }

    @Test(arguments: [
        ("a b", "r: line 1: it has no '->'"), ("\n -> b", "r: line 2: a name is missing"), ("a -> b : turn", "'turn' is no step"),
        ("a -> b : divided by 0", "'divided by 0' is no step"), ("a -> b : plus [1, x]", "is no step"),
        ("b -> b", "tensor 'a': no rule names it; add one, or 'a -> drop'"),
        ("a -> b : plus [1]", "'a', [2]: what is added has 1 values"),
        ("a -> b : plus c", "the file has no 'c'"), ("a -> b : OIHW to HWIO", "it is no filter"),
        ("a -> b : pixel shuffle to a", "no error"), ("a -> drop if identity", "'a' is not the identity"),
        ("{i} -> {i} : pixel shuffle to b", "the file has no 'b'"),
    ])
    func mistakesInRulesAreTold(rules: String, expected: String) throws {
        var found = "no error"
        do { _ = try applied(rules, [vector("a", [1, 2])]) } catch { found = "\(error)" }
        #expect(found.contains(expected))
    }

    @Test func everyTensorOfTheModelComesFromOne() {
        let found = message { _ = try applied("{i} -> b", [vector("a", [1]), vector("c", [1])]) }
        #expect(found == "line 1: a second tensor becomes @b: 'c'")
    }
}
