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
        let tensors = try rules.applied(to: WeightFile(contentsOf: fixture("edsr-x\(scale).pth"))).tensors
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
        #expect(message { _ = try WeightFile(contentsOf: old) }.contains("it has no end"))
    }

    /// A pickle that would run a command when Python reads it. Beside tensors what it makes is passed over; alone it is none.
    @Test func functionsInPicklesAreNotExecuted() throws {
        let call = "cos\nsystem\n(X\u{4}\u{0}\u{0}\u{0}trueq\u{0}tR"
        let alone = try Pickle([0x80, 2] + Array("\(call).".utf8))
        let found = message { _ = try namedTensors(alone) }
        #expect(found.contains("it is an object of 'os.system', which is not made"))
        let module = try Pickle([0x80, 2] + Array("}X\u{5}\u{0}\u{0}\u{0}model\(call)s.".utf8))
        #expect(message { _ = try namedTensors(module) }.contains("it is an object of 'os.system'"))
        let beside = try Pickle([0x80, 2] + Array("}(X\u{1}\u{0}\u{0}\u{0}a\(call)X\u{1}\u{0}\u{0}\u{0}b\(Self.tensor)u.".utf8))
        #expect(try beside.namedTensors().map(\.name) == ["b"])
    }

    private func namedTensors(_ pickle: Pickle) throws -> [String] { try pickle.namedTensors().map(\.name) }

    /// A tensor of one float in the storage "0".
    private static let tensor: String = {
        func text(_ text: String) -> String { "X\(Character(UnicodeScalar(UInt8(text.utf8.count))))\u{0}\u{0}\u{0}\(text)" }
        let storage = "(\(text("storage"))ctorch\nFloatStorage\n\(text("0"))\(text("cpu"))K\u{1}tQ"
        return "ctorch._utils\n_rebuild_tensor_v2\n(\(storage)K\u{0}(K\u{1}t(K\u{1}t\u{4E}\u{4E}tR"
    }()

    /// What PyTorch wrote before 1.6: pickles one after another, then each storage behind its count.
    @Test func checkpointsOfOldPyTorchAreRead() throws {
        func pickle(_ text: String) -> [UInt8] { [0x80, 2] + Array(text.utf8) }
        var bytes = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, UInt8(ascii: ".")]
        bytes += [0x80, 2, UInt8(ascii: "M"), 0xE9, 3, UInt8(ascii: ".")] + pickle("}.")
        bytes += pickle("}X\u{1}\u{0}\u{0}\u{0}w\(Self.tensor)s.") + pickle("](X\u{1}\u{0}\u{0}\u{0}0e.")
        let file = bytes + [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0x3F]
        let weights = try WeightFile(bytes: file, name: "old.pth")
        #expect(weights.tensors == [tensor("w", [1], [1.5])])
        for end in bytes.count..<file.count {
            #expect(
                message { _ = try WeightFile(bytes: Array(file[..<end]), name: "old.pth") }.contains(
                    "it does not fit into the file"))
        }
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
    /// Numbers of a model come from names and shapes, under whatever a program puts around a state dict.
    @Test(arguments: ["", "params_ema.", "state_dict.module."])
    func parametersAreReadFromNamesAndShapes(prefix: String) throws {
        let rules = """
            graph net.graph
            when other.0.w
            x -> y
            when body.0.w, tail.w
            filters = size(body.0.w, 1)
            blocks = highest(body.{i}.w) + 1
            last = blocks - 1
            scale = root(size(tail.w, 0) / (1 + 2))
            residual = if(filters == 2, 0.5, count(body.{i}.w))
            body.{last}.w -> last
            body.{i}.w -> body.{i}
            tail.w of rank 1 -> tail
            """
        let body = (0..<3).map { PackedTensor(path: "\(prefix)body.\($0).w", shape: [1, 2], values: [Float($0), 0]) }
        let tail = PackedTensor(path: "\(prefix)tail.w", shape: [12], values: Array(repeating: 1, count: 12))
        let others = prefix.isEmpty ? [] : [vector("params.body.0.w", [9]), vector("lr", [1])]
        let result = try ImportRules(rules, name: "r").applied(to: weights(body + [tail] + others))
        #expect(result.numbers == ["filters": 2, "blocks": 3, "last": 2, "scale": 2, "residual": 0.5])
        #expect(result.tensors.map(\.path) == ["body.0", "body.1", "last", "tail"])
        #expect(result.prefix == prefix)
    }

    @Test(arguments: [
        ("when c.w\na -> b", "no layout of the rules fits; they look for 'c.w'"),
        ("n = size(a, 7)\na -> b", "the tensors have no number for 'n'"),
        ("n = size(a\na -> b", "'n = size(a' is no line that rules know"),
    ])
    func layoutsThatDoNotFitAreTold(rules: String, expected: String) {
        #expect(message { _ = try applied(rules, [vector("a", [1, 2])]) }.contains(expected))
    }

    @Test func inputsOfAPixelUnshuffleAreReordered() throws {
        let filter = PackedTensor(path: "w", shape: [1, 8, 1, 1], values: (0..<8).map(Float.init))
        let found = try applied("w -> w : OIHW to HWIO, pixel unshuffle from 2 channels", [filter])
        #expect(found == [PackedTensor(path: "w", shape: [1, 1, 8, 1], values: [0, 4, 1, 5, 2, 6, 3, 7])])
    }

    private func weights(_ tensors: [PackedTensor]) throws -> WeightFile {
        let folder = TemporaryFolder()
        try SafeTensors(tensors: tensors).write(to: folder.file("w"))
        return try WeightFile(contentsOf: folder.file("w"))
    }

    private func applied(_ rules: String, _ tensors: [PackedTensor]) throws -> [PackedTensor] {
        try ImportRules(rules, name: "r").applied(to: weights(tensors)).tensors
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
