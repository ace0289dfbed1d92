import GraphCompiler
import GraphIR
import GraphRuntime
import Testing

/// Ops that go over images by windows, axes or borders, for shapes that could break their kernels: against the
/// interpreter, and with equal bytes in bands and on any number of threads.
@Suite struct ImageOpTests {
    static let shapes: [(height: Int, width: Int, channels: Int)] = [
        (1, 1, 1), (1, 9, 2), (2, 3, 3), (5, 4, 8), (4, 7, 13), (9, 5, 24),
    ]

    @Test(arguments: InstructionSet.runnable, shapes)
    func kernelsComputeWhatOpsMean(
        _ instructionSet: InstructionSet, _ shape: (height: Int, width: Int, channels: Int)
    ) throws {
        let entry = try Self.entry(channels: shape.channels)
        let use = EntryCase(
            entry, sizes: ["N": 2, "H": shape.height, "W": shape.width], seed: UInt64(shape.width * 100 + shape.channels))
        let expected = try use.interpreted()
        let found = try use.executed(instructionSet, bandRows: nil, threadCount: 1)
        for name in expected.outputs.keys.sorted() {
            let difference = EntryCase.Outcome(outputs: found.outputs.filter { $0.key == name })
                .difference(from: EntryCase.Outcome(outputs: expected.outputs.filter { $0.key == name }))
            #expect(difference < 1e-5, "\(name) of \(shape)")
        }
        for (bandRows, threadCount) in [(1, 1), (2, 4), (nil, 3), (3, 2)] as [(Int?, Int)] {
            #expect(try use.executed(instructionSet, bandRows: bandRows, threadCount: threadCount) == found)
        }
        let program = try Pipeline.plan(entry, sizes: use.sizes, PlanOptions(instructionSet)).program
        #expect(!program.steps.contains { $0.kernel == .reference })
    }

    private static func entry(channels: Int) throws -> Entry {
        var module = try Pipeline.run(text(channels), upTo: .simplified)
        var graph = module.entries[0].graph
        graph.outputs = graph.ids.filter { graph[$0].operation != nil }.map { Output(name: graph[$0].name, value: $0) }
        module.entries[0].graph = graph
        return try Pipeline.continue(module, after: .simplified, upTo: .fused).entries[0]
    }

    private static func text(_ c: Int) -> String {
        """
        stage simplified
        entry predict m(u: f32[N, H, W, \(c)], w: f32[N, H, W, \(c)], k: f32[2, 3, \(c)], k_first: f32[\(c), 19]) {
          x = u - w
          pooled = max_pool(x, size = [1, 2], stride = [1, 2], pad = [0, 0, 0, 1])
          pooled_gradient = max_pool_gradient(pooled, x, pooled, size = [1, 2], stride = [1, 2], pad = [0, 0, 0, 1])
          largest = max_pool(x, size = 3, stride = 2, pad = 1)
          largest_gradient = max_pool_gradient(largest, x, largest, size = 3, stride = 2, pad = 1)
          averaged = avg_pool(x, size = 3, stride = 2, pad = 1, count_pad = false)
          averaged_gradient = avg_pool_gradient(averaged, size = 3, stride = 2, pad = 1, count_pad = false, height = H, width = W)
          nearest = resize(x, height = 2*H, width = 3*W, mode = nearest)
          nearest_gradient = resize_gradient(nearest, height = H, width = W, mode = nearest)
          smaller = resize(x, height = (H + 1)//2, width = (W + 2)//3)
          smaller_gradient = resize_gradient(smaller, height = H, width = W)
          larger = resize(x, height = 2*H, width = W + 3)
          larger_gradient = resize_gradient(larger, height = H, width = W)
          corners = resize(x, height = 2*H + 1, width = 2*W, align_corners = true)
          corners_gradient = resize_gradient(corners, height = H, width = W, align_corners = true)
          edge = pad(x, sides = [2, 1, 0, 3], mode = edge)
          edge_gradient = pad_gradient(edge, sides = [2, 1, 0, 3], mode = edge)
          border = pad(x, sides = [0, 2, 1, 0], mode = constant, value = 0.5)
          border_gradient = pad_gradient(border, sides = [0, 2, 1, 0], mode = constant)
          mirrored = pad(edge, sides = [2, 0, 2, 2], mode = reflect)
          mirrored_gradient = pad_gradient(mirrored, sides = [2, 0, 2, 2], mode = reflect)
          of_channels = reduce_max(x, axes = [3], keep_dims = true)
          of_images = reduce_max(x, axes = [1, 2], keep_dims = true)
          of_all = reduce_max(x)
          of_columns = reduce_max(x, axes = [2], keep_dims = true)
          of_batch = reduce_max(x, axes = [0])
          of_middle = reduce_max(k, axes = [1])
          sum_channels = sum(x, axes = [3])
          mean_channels = mean(x, axes = [3], keep_dims = true)
          to_pixels = sum_to(x, shape = [N, H, W, 1])
          sum_rows = sum(x, axes = [1], keep_dims = true)
          sum_batch = sum(x, axes = [0], keep_dims = true)
          sum_both = mean(x, axes = [0, 3])
          share = mean_gradient(3, shape = [N, H, W, 1])
          soft = softmax(4 * x)
          soft_columns = softmax(x, axis = 2)
          soft_middle = softmax(k, axis = 1)
          flat = reshape(x, shape = [N, H*W, \(c)])
          unflat = reshape(flat, shape = [N, H, W*\(c), 1])
          rows_of_pixels = reshape(x, shape = [N, H*W, 1, \(c)])
          planes = transpose(x, order = [0, 3, 1, 2])
          turned = transpose(x, order = [0, 2, 1, 3])
          channels_first = transpose(x, order = [0, 1, 3, 2])
          last_first = transpose(k, order = [2, 0, 1])
          bytes = u8(60 * u)
          byte_planes = transpose(bytes, order = [3, 0, 2, 1])
          flat_bytes = reshape(bytes, shape = [N*H, W, \(c)])
          gram = matmul(x, w, transpose_a = true)
          similarity = matmul(x, w, transpose_b = true)
          w_flat = reshape(w, shape = [N, H*W, \(c)])
          with_batch = matmul(flat, w_flat, transpose_b = true)
          of_matrices = matmul(k, k, transpose_b = true)
          repeated = matmul(x, k_first)
        }
        """
    }
}
