import GraphCompiler
import GraphIR
import GraphRuntime
import Testing

/// Convolutions and both their gradients, by kernels and by the reference implementations.
@Suite struct ConvolutionsAgainstInterpreterTests {
    static let filters = [[1, 1], [3, 3], [5, 5], [9, 9], [1, 7], [5, 3]]

    static let paddings: [AttributeValue] = [
        .padding(.same), .padding(.valid), .size(Size(1)), .size(Size(3)), .sizes([Size(0), Size(2)]),
        .sizes([Size(2), Size(0), Size(1), Size(5)]),
    ]

    /// y = conv2d(x, filter), and the gradients by x and by the filter for a given dy.
    private func entry(
        filter: [Int], channels: (inputs: Int, outputs: Int), stride: Int, padding: AttributeValue, dilation: Int = 1,
        groups: Int = 1
    ) throws -> Entry {
        var builder = GraphBuilder(name: "convolution")
        let size = ["N", "H", "W"].map(Size.init(symbol:))
        let x = builder.declare(
            .input, type: TensorType(.f32, Shape(size + [Size(channels.inputs)])), named: "x")
        let weight = builder.declare(
            .weight(path: "filter", initializer: .glorotUniform),
            type: TensorType(.f32, Shape((filter + [channels.inputs / groups, channels.outputs]).map(Size.init))), named: "filter"
        )
        var attributes = Attributes([
            "stride": .size(Size(stride)), "pad": padding, "dilation": .size(Size(dilation)), "groups": .size(Size(groups)),
        ])
        let y = try builder.apply(.conv2D, [x, weight], attributes)
        let dy = builder.declare(.input, type: builder.type(of: y), named: "dy")
        attributes["height"] = .size(size[1])
        attributes["width"] = .size(size[2])
        let dx = try builder.apply(.conv2DInputGradient, [dy, weight], attributes)
        attributes["height"] = .size(Size(filter[0]))
        attributes["width"] = .size(Size(filter[1]))
        let dw = try builder.apply(.conv2DFilterGradient, [x, dy], attributes)
        for (name, value) in [("y", y), ("dx", dx), ("dw", dw)] { builder.setOutput(name, value) }
        let module = Module(name: "convolution", entries: [Entry(role: .predict, graph: builder.graph)])
        return try Pipeline.continue(module, after: .elaborated, upTo: .fused).entries[0]
    }

    @Test(arguments: filters, [1, 2, 3])
    func resultAndGradientsAreTheSame(_ filter: [Int], _ stride: Int) throws {
        for padding in Self.paddings {
            for (channels, height, width) in [((3, 5), 11, 10), ((8, 16), 9, 13), ((8, 8), 3, 1)] {
                let entry = try entry(filter: filter, channels: channels, stride: stride, padding: padding)
                try expectSame(entry, height: height, width: width, "\(padding)")
            }
        }
    }

    /// Depthwise, grouped and dilated ones.
    @Test(arguments: [[1, 1], [3, 3], [1, 7], [5, 3]], [(1, 1), (2, 1), (3, 1), (1, 2), (1, 5), (2, 2), (2, 3)])
    func groupsAndDilationsAreTheSame(_ filter: [Int], _ steps: (stride: Int, dilation: Int)) throws {
        for padding in Self.paddings {
            for (channels, groups, height, width) in [
                ((8, 8), 8, 11, 10), ((9, 9), 9, 5, 17), ((6, 4), 2, 9, 13), ((4, 12), 4, 3, 1), ((32, 16), 2, 7, 9),
            ] {
                let entry = try entry(
                    filter: filter, channels: channels, stride: steps.stride, padding: padding, dilation: steps.dilation,
                    groups: groups)
                try expectSame(entry, height: height, width: width, "\(padding) groups \(groups)")
            }
        }
    }

    /// Checks results for each instruction set, and that threads and bands change no byte of them.
    private func expectSame(_ entry: Entry, height: Int, width: Int, _ name: String) throws {
        let sizes = ["N": 2, "H": height, "W": width]
        // The smallest image is smaller than some filters.
        guard (try? entry.graph.bound(to: sizes)) != nil else { return }
        let case_ = EntryCase(entry, sizes: sizes, seed: 5)
        let expected = try case_.interpreted(in: Double.self)
        for instructionSet in InstructionSet.runnable {
            let program = try Pipeline.plan(entry, sizes: sizes, PlanOptions(instructionSet)).program
            #expect(!program.steps.contains { $0.kernel == .reference })
            let found = try case_.executed(program, threadCount: 2)
            #expect(found.difference(from: expected) < 1e-5, "\(name) \(sizes) \(instructionSet)")
        }
        let whole = try case_.executed(.best, bandRows: nil, threadCount: 1)
        for bandRows in [1, 3] {
            let found = try case_.executed(.best, bandRows: bandRows, threadCount: 2)
            #expect(found == whole, "\(name) \(sizes) in bands of \(bandRows)")
        }
    }

    /// Every filter fits an image of some size with every padding.
    @Test func noPaddingIsLeftOut() throws {
        for filter in Self.filters {
            for padding in Self.paddings {
                let entry = try entry(filter: filter, channels: (3, 5), stride: 3, padding: padding)
                #expect(throws: Never.self) { try entry.graph.bound(to: ["N": 2, "H": 11, "W": 10]) }
            }
        }
    }
}
