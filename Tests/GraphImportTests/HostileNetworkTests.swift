import GraphIR
import GraphImport
import GraphInterchange
import GraphTestSupport
import Testing

/// Small files that ask for endless work or more memory than there is, and shapes that nobody would write.
@Suite struct HostileNetworkTests {
    private func list(_ numbers: [Int]) -> ForeignTensor { ForeignTensor(shape: [numbers.count], integers: numbers) }

    private func refusal(
        _ nodes: [ForeignNode], _ tensors: [String: ForeignTensor] = [:], input: [ForeignValue.Size] = ForeignNetwork.image(3)
    ) -> String {
        errorText(of: { _ = try ForeignNetwork(nodes, tensors: tensors, input: input).imported() }) {
            ($0 as? ImportError)?.description
        }
    }

    /// A scalar has no first dimension.
    @Test func scalarsBecomeLists() throws {
        let mean = node("ReduceMean", ["x"], ["m"], ["keepdims": .integer(0)])
        let picture = Tensor<Float>(shape: [1, 1, 2, 3], values: [1, 2, 3, 4, 5, 9])
        let one = ForeignNetwork([mean, node("Unsqueeze", ["m", "axis"])], tensors: ["axis": list([0])])
        #expect(try one.result(of: picture) == Tensor(shape: [1], values: [4]))
        let flat = ForeignNetwork([mean, node("Reshape", ["m", "shape"])], tensors: ["shape": list([-1])])
        #expect(try flat.result(of: picture) == Tensor(shape: [1], values: [4]))
        var older = ForeignNetwork([node("Softmax", ["x"], ["y"], ["axis": .integer(0)])], input: [])
        older.opset = 11
        #expect(errorText { _ = try older.imported() }.contains("Softmax"))
    }

    @Test(arguments: ["DepthToSpace", "SpaceToDepth"], [0, 65, 1 << 32, Int.max, Int.min])
    func hugeSquaresAreRefused(_ op: String, _ block: Int) {
        let attributes: [String: ForeignAttribute] = ["blocksize": .integer(block), "mode": .text("CRD")]
        let text = refusal([node(op, ["x"], ["y"], attributes)], input: ForeignNetwork.image(12))
        #expect(text.contains("blocksize = \(block) is not supported"), "\(text)")
    }

    @Test func axesThatASliceNamesTwiceAreRefused() {
        let tensors = [
            "c": list(Array(0..<10)), "from": list([9, 9]), "to": list([10, 10]), "axes": list([0, 0]),
        ]
        let text = refusal(
            [node("Slice", ["c", "from", "to", "axes"], ["z"]), node("Add", ["x", "z"])], tensors)
        #expect(text.contains("axes = [0, 0] is not supported"), "\(text)")
    }

    /// A dimension of nothing makes no others small.
    @Test(arguments: ["Add", "Concat"])
    func shapesOfNothingAreRefused(_ op: String) {
        let tensors = ["shape": list([0, 1 << 40, 1 << 40])]
        let text = refusal([node("ConstantOfShape", ["shape"], ["c"]), node(op, ["c", "c"])], tensors)
        #expect(text.contains("is not supported"), "\(text)")
    }

    @Test func sizesThatGrowWithoutBoundAreRefused() {
        let height = [
            node("Shape", ["x"], ["s"]), node("Gather", ["s", "second"], ["h0"], ["axis": .integer(0)]),
            node("Gather", ["s", "third"], ["w"], ["axis": .integer(0)]), node("Add", ["h0", "w"], ["g0"]),
        ]
        let tensors = ["second": list([2]), "third": list([3]), "seven": list([7])]
        let squares = (0..<40).map { node("Mul", ["h\($0)", "h\($0)"], ["h\($0 + 1)"]) }
        let sums = (0..<40).map { node("Mul", ["g\($0)", "g\($0)"], ["g\($0 + 1)"]) }
        let quotients = (0..<40).flatMap {
            [node("Div", ["h\($0)", "seven"], ["q\($0)"]), node("Add", ["q\($0)", "h\($0)"], ["h\($0 + 1)"])]
        }
        for chain in [squares, sums, quotients] {
            let text = refusal(height + chain + [node("Add", ["x", "x"])], tensors)
            #expect(text.contains("has more than 100 terms and factors"), "\(text)")
        }
    }

    @Test func endlessOperationsAreRefused() {
        let places = list((0..<4096).map { $0 * 1021 % 4096 })
        let chain = (0..<40).map {
            node("Gather", ["x\($0 == 0 ? "" : "\($0)")", "places"], ["x\($0 + 1)"], ["axis": .integer(1)])
        }
        let text = refusal(chain + [node("Relu", ["x40"])], ["places": places], input: ForeignNetwork.image(4096))
        #expect(text.contains("operations, which is as many as are read"), "\(text)")
    }

    @Test func longAxesAreNotCounted() {
        let text = refusal([node("ArgMax", ["x"], ["y"], ["axis": .integer(0)])], input: [.known(1 << 26)])
        #expect(text.contains("ArgMax") && text.contains("is not supported"), "\(text)")
    }

    /// Lines of two kinds in no order, of which nearly any two begin alike.
    @Test(.timeLimit(.minutes(1)))
    func noRepeatIsLookedForWithoutEnd() throws {
        var state: UInt64 = 5
        let chain = (0..<2000).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return node(state >> 63 == 0 ? "Relu" : "Sigmoid", ["x\(index == 0 ? "" : "\(index)")"], ["x\(index + 1)"])
        }
        let network = ForeignNetwork(chain + [node("Relu", ["x2000"])])
        #expect(try network.imported().notes.contains { $0.hasSuffix("the same 2001 operations") })
    }

    /// Names that sizes, or what training keeps, would have otherwise; and more operands than an op takes.
    @Test func namesAndListsOfFilesFit() throws {
        let values = ForeignNetwork([node("Relu", ["x"], ["N"])], output: "N")
        #expect(try values.imported(pixels: .unit).source.text.contains("-> (N_: f32[N, H, W, 3])"))
        let weights = ForeignNetwork(
            [node("Mul", ["x", "a.average"], ["h"]), node("Mul", ["h", "a.adam_m"])],
            tensors: [
                "a.average": ForeignTensor(shape: [3, 1, 1], floats: [1, 2, 3]),
                "a.adam_m": ForeignTensor(shape: [3, 1, 1], floats: [1, 2, 3]),
            ])
        #expect(try weights.imported().weights.map(\.path) == ["a.average_", "a.adam_m_"])
        let many = ForeignNetwork([node("Concat", Array(repeating: "x", count: 300), ["y"], ["axis": .integer(1)])])
        #expect(try many.imported().source.text.contains("f32[n, rows, columns, 900]"))
    }
}
