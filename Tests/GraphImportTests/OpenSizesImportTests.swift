import GraphIR
import GraphImport
import GraphInterchange
import Testing

/// Networks whose files leave a picture's size open, and compute with it.
@Suite struct OpenSizesImportTests {
    private let picture = Tensor<Float>(shape: [1, 5, 6, 3], values: (0..<90).map(Float.init))

    private func list(_ numbers: [Int]) -> ForeignTensor { ForeignTensor(shape: [numbers.count], integers: numbers) }

    /// The size of one axis of `x`, as `rows` or `columns`.
    private func size(_ name: String, axis: Int) -> [ForeignNode] {
        [
            node("Shape", ["x"], ["shape_\(name)"]),
            node("Gather", ["shape_\(name)", "axis_\(axis)"], [name], ["axis": .integer(0)]),
        ]
    }

    private var axes: [String: ForeignTensor] { ["axis_0": list([0]), "axis_2": list([2]), "axis_3": list([3])] }

    /// Sides are filled up to multiples of 4, as PyTorch's `F.pad` with `(4 - h % 4) % 4` is exported, halved twice and
    /// doubled again, and cut.
    @Test(arguments: ["reflect", "edge", "constant"])
    func sidesAreFilledUpAndCut(_ mode: String) throws {
        func rest(_ name: String) -> [ForeignNode] {
            [
                node("Mod", [name, "four"], ["\(name)_over"]), node("Sub", ["four", "\(name)_over"], ["\(name)_left"]),
                node("Mod", ["\(name)_left", "four"], ["\(name)_fill"]),
            ]
        }
        let zeros = Array(repeating: "zero", count: 6)
        let nodes =
            size("rows", axis: 2) + size("columns", axis: 3) + rest("rows") + rest("columns") + [
                node("Concat", zeros + ["rows_fill", "columns_fill"], ["fill"], ["axis": .integer(0)]),
                node("Pad", ["x", "fill"], ["filled"], ["mode": .text(mode)]),
                node("Concat", ["rows", "columns"], ["size"], ["axis": .integer(0)]),
                node("SpaceToDepth", ["filled"], ["half"], ["blocksize": .integer(2)]),
                node("SpaceToDepth", ["half"], ["quarter"], ["blocksize": .integer(2)]),
                node("DepthToSpace", ["quarter"], ["half_again"], ["blocksize": .integer(2)]),
                node("Add", ["half", "half_again"], ["sum"]),
                node("DepthToSpace", ["sum"], ["whole"], ["blocksize": .integer(2)]),
                node("Slice", ["whole", "start", "size", "sides"]),
            ]
        let tensors = axes.merging(["four": list([4]), "zero": list([0]), "start": list([0, 0]), "sides": list([2, 3])]) { $1 }
        let network = ForeignNetwork(nodes, tensors: tensors)
        #expect(try network.result(of: picture) == Tensor(shape: picture.shape, values: picture.values.map { 2 * $0 }))
        let text = try network.imported().source.text
        #expect(text.contains("4*((rows_size + 3)//4) - rows_size"), "\(text)")
        #expect(text.contains("length = rows_size"), "\(text)")
    }

    /// Paddings below 0 take rows and columns away.
    @Test func paddingsBelowZeroCut() throws {
        let tensors = ["sides": list([0, 0, -1, -2, 0, 0, 0, 1])]
        let cut = try ForeignNetwork([node("Pad", ["x", "sides"])], tensors: tensors).result(of: picture)
        var expected: [Float] = []
        for row in 1..<5 {
            expected += picture.values[(row * 6 + 2) * 3..<(row * 6 + 6) * 3]
            expected += [0, 0, 0]
        }
        #expect(cut == Tensor(shape: [1, 4, 5, 3], values: expected))
    }

    /// Numbers of the file are repeated to maps of the picture's size.
    @Test func numbersBecomeMaps() throws {
        let number = ["number": ForeignTensor(shape: [1, 1, 1, 1], floats: [7])]
        func map(_ last: [ForeignNode]) throws -> Tensor<Float> {
            let size = [
                node("Concat", ["pictures", "one", "rows", "columns"], ["size"], ["axis": .integer(0)])
            ]
            let nodes = self.size("pictures", axis: 0) + self.size("rows", axis: 2) + self.size("columns", axis: 3) + size
            let joined = node("Concat", ["x", "map"], ["y"], ["axis": .integer(1)])
            let tensors = axes.merging(number) { $1 }.merging(["one": list([1])]) { $1 }
            return try ForeignNetwork(nodes + last + [joined], tensors: tensors).result(of: picture)
        }
        func expected(_ number: Float) -> Tensor<Float> {
            var values: [Float] = []
            for pixel in 0..<30 { values += picture.values[3 * pixel..<3 * pixel + 3] + [number] }
            return Tensor(shape: [1, 5, 6, 4], values: values)
        }
        #expect(try map([node("Expand", ["number", "size"], ["map"])]) == expected(7))
        #expect(try map([node("Tile", ["number", "size"], ["map"])]) == expected(7))
        #expect(try map([node("ConstantOfShape", ["size"], ["map"])]) == expected(0))
    }
}
