import GraphIR
import GraphInterchange
import GraphModel
import Testing

@testable import GraphImport

/// Ops that the language writes by others.
@Suite struct OpImportTests {
    private func result(
        _ nodes: [ForeignNode], _ tensors: [String: ForeignTensor] = [:], shape: [Int], _ values: [Float],
        element: ForeignElement = .f32
    ) throws -> Tensor<Float> {
        let network = ForeignNetwork(nodes, tensors: tensors, input: shape.map { .known($0) }, element: element)
        return try network.result(of: Tensor(shape: shape, values: values))
    }

    /// Values of the file's order leave in that order, whatever lies between.
    @Test func transposedResultsAreTransposed() throws {
        let y = try result(
            [node("Transpose", ["x"], ["y"], ["perm": .integers([1, 0])])], shape: [2, 3], [1, 2, 3, 4, 5, 6])
        #expect(y == Tensor(shape: [3, 2], values: [1, 4, 2, 5, 3, 6]))
    }

    /// Whole numbers run as f32, and lose their fractions where the file's do.
    @Test func wholeNumbersLoseFractions() throws {
        let two = ["two": ForeignTensor(shape: [1], integers: [2])]
        let quotients = try result([node("Div", ["x", "two"])], two, shape: [4], [-3, -1, 1, 5], element: .i64)
        #expect(quotients.values == [-1, 0, 0, 2])
        let rests = try result([node("Mod", ["x", "two"])], two, shape: [4], [-3, -2, 1, 4], element: .i64)
        #expect(rests.values == [1, 0, 1, 0])
        let cast = try result([node("Cast", ["x"], ["y"], ["to": .integer(7)])], shape: [4], [-1.5, -0.5, 0.5, 2.9])
        #expect(cast.values == [-1, 0, 0, 2])
        let truth = try result([node("Cast", ["x"], ["y"], ["to": .integer(9)])], shape: [3], [-1.5, 0, 2])
        #expect(truth.values == [1, 0, 1])
    }

    @Test func placesOfTheLargestAreFound() throws {
        let x: [Float] = [3, 7, 7, 1, 0, 1]
        let shape = [2, 3]
        let places: [String: ForeignAttribute] = ["axis": .integer(1)]
        #expect(try result([node("ArgMax", ["x"], ["y"], places)], shape: shape, x).values == [1, 0])
        let last = places.merging(["select_last_index": .integer(1), "keepdims": .integer(0)]) { $1 }
        #expect(try result([node("ArgMax", ["x"], ["y"], last)], shape: shape, x) == Tensor(shape: [2], values: [2, 2]))
        #expect(try result([node("ArgMin", ["x"], ["y"], places)], shape: shape, x).values == [0, 1])
        #expect(try result([node("Hardmax", ["x"], ["y"], places)], shape: shape, x).values == [0, 1, 0, 1, 0, 0])
    }

    @Test func elementsAreTakenAgainAndAgain() throws {
        let x: [Float] = [1, 2, 3, 4, 5, 6]
        func list(_ numbers: [Int]) -> ForeignTensor { ForeignTensor(shape: [numbers.count], integers: numbers) }
        let tiled = try result([node("Tile", ["x", "counts"])], ["counts": list([1, 3])], shape: [2, 1], [1, 2])
        #expect(tiled.values == [1, 1, 1, 2, 2, 2])
        let grown = try result([node("Expand", ["x", "shape"])], ["shape": list([2, 2, 2])], shape: [2, 1], [1, 2])
        #expect(grown == Tensor(shape: [2, 2, 2], values: [1, 1, 2, 2, 1, 1, 2, 2]))
        let gathered = try result(
            [node("Gather", ["x", "places"], ["y"], ["axis": .integer(1)])], ["places": list([2, 0, -1])], shape: [2, 3], x)
        #expect(gathered.values == [3, 1, 3, 6, 4, 6])
        let bounds = ["from": list([2, 0]), "to": list([-9, 2]), "axes": list([1, 0]), "steps": list([-2, 1])]
        let turned = try result([node("Slice", ["x", "from", "to", "axes", "steps"])], bounds, shape: [2, 3], x)
        #expect(turned.values == [3, 1, 6, 4])
        let everySecond = ["from": list([1]), "to": list([6]), "axes": list([0]), "steps": list([2])]
        #expect(
            try result([node("Slice", ["x", "from", "to", "axes", "steps"])], everySecond, shape: [6], x).values == [2, 4, 6])
    }

    @Test func sumsRunAlongAnAxis() throws {
        let axis = ["axis": ForeignTensor(shape: [], integers: [0])]
        let x: [Float] = [1, 2, 3, 4, 5, 6]
        #expect(try result([node("CumSum", ["x", "axis"])], axis, shape: [3, 2], x).values == [1, 2, 4, 6, 9, 12])
        let backwards: [String: ForeignAttribute] = ["reverse": .integer(1), "exclusive": .integer(1)]
        #expect(
            try result([node("CumSum", ["x", "axis"], ["y"], backwards)], axis, shape: [3, 2], x).values == [8, 10, 5, 6, 0, 0])
        let upper = try result([node("Trilu", ["x"])], shape: [2, 3], x)
        #expect(upper.values == [1, 2, 3, 0, 5, 6])
    }

    @Test func groupsAreNormalized() throws {
        let tensors = [
            "scale": ForeignTensor(shape: [4], floats: [1, 2, 1, 1]), "shift": ForeignTensor(shape: [4], floats: [0, 0, 0, 5]),
        ]
        let y = try ForeignNetwork(
            [
                node(
                    "GroupNormalization", ["x", "scale", "shift"], ["y"],
                    ["num_groups": .integer(2), "epsilon": .float(0)])
            ], tensors: tensors, input: [1, 4, 1, 1].map { .known($0) }
        ).result(of: Tensor(shape: [1, 1, 1, 4], values: [1, 3, 10, 30]))
        #expect(y.values == [-1, 2, -1, 6])
    }

    /// Weights with a step and a zero are floats before anything runs.
    @Test func quantizedWeightsBecomeFloats() throws {
        let tensors = [
            "w": ForeignTensor(shape: [2, 1], integers: [3, 5]), "step": ForeignTensor(shape: [2], floats: [0.5, 2]),
            "zero": ForeignTensor(shape: [2], integers: [1, 1]),
        ]
        let y = try result(
            [node("DequantizeLinear", ["w", "step", "zero"], ["f"], ["axis": .integer(0)]), node("MatMul", ["x", "f"])], tensors,
            shape: [1, 2], [1, 10])
        #expect(y.values == [81])
    }

    /// An expression as deep as the language allows is cut into several.
    @Test func longChainsAreCut() throws {
        let names = (0..<250).map { "x\($0)" }
        let nodes = names.indices.map { node("Relu", [$0 == 0 ? "x" : names[$0 - 1]], [names[$0]]) }
        let sum = node("Max", Array(repeating: "x", count: 255) + [names[249]])
        #expect(try result(nodes + [sum], shape: [2], [1, -1]).values == [1, 0])
    }
}
