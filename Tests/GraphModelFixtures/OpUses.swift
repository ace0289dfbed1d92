import GraphCompiler
import GraphIR

/// Each op in the ways that kernels compute it: an entry whose every value is an output.
public enum OpUses {
    public static let sizes = ["N": 2, "H": 5, "W": 6]

    /// Fused.
    public static func entry() throws -> Entry {
        var module = try Pipeline.run(text, upTo: .simplified)
        var graph = module.entries[0].graph
        graph.outputs = graph.ids.filter { graph[$0].operation != nil }.map { Output(name: graph[$0].name, value: $0) }
        module.entries[0].graph = graph
        return try Pipeline.continue(module, after: .simplified, upTo: .fused).entries[0]
    }

    /// Each op, for images, and for other tensors where it takes them.
    private static let text = """
        stage simplified
        entry predict m(b: u8[N, H, W, 8], x: f32[N, H, W, 8], z: f32[N, H, W, 8], v: f32[3, 4, 5], s: f32[]) {
          weight filter: f32[3, 5, 8, 16] ~ glorot_uniform @filter
          weight depthwise: f32[3, 3, 1, 8] ~ glorot_uniform @depthwise
          weight paired: f32[3, 3, 2, 12] ~ glorot_uniform @paired
          weight bias: f32[8] ~ zeros @bias
          y0 = f32(b)
          y1 = u8(x)
          y2 = x + bias
          y3 = x - z
          y4 = x * s
          y5 = x / (z + 1)
          y6 = -v
          y7 = relu(y3)
          y8 = leaky_relu(y3)
          y9 = relu_gradient(x, z)
          y52 = prelu(y3, bias)
          y53 = prelu(y3, 0.25)
          y10 = tanh(v)
          y11 = sigmoid(x)
          y12 = abs(y3)
          y13 = sign(y3)
          y14 = sqrt(x)
          y15 = power(0.9, s)
          y16 = round(y3)
          y17 = clip(y3, 0, 1)
          y18 = clip_gradient(x, z, min = 0, max = 1)
          y54 = exp(3 * y3)
          y55 = log(y11)
          y56 = erf(2 * y3)
          y57 = floor(3 * y3)
          y58 = max(x, z)
          y59 = min(y3, bias)
          y60 = x < z
          y61 = x <= s
          y62 = y12 == y57
          y63 = where(y7, z, bias)
          y64 = power(x, z)
          y19 = conv2d(x, filter, stride = 2, pad = [1, 0, 3, 2])
          y20 = conv2d_input_gradient(y19, filter, stride = 2, pad = [1, 0, 3, 2], height = H, width = W)
          y21 = conv2d_filter_gradient(x, y19, stride = 2, pad = [1, 0, 3, 2], height = 3, width = 5)
          y81 = conv2d(x, depthwise, groups = 8)
          y82 = conv2d_input_gradient(x, depthwise, groups = 8, height = H, width = W)
          y83 = conv2d_filter_gradient(x, z, groups = 8, height = 3, width = 3)
          y84 = conv2d(x, paired, stride = 2, dilation = 2, groups = 4)
          y85 = conv2d_input_gradient(y84, paired, stride = 2, dilation = 2, groups = 4, height = H, width = W)
          y86 = conv2d_filter_gradient(x, y84, stride = 2, dilation = 2, groups = 4, height = 3, width = 3)
          y22 = mean(v)
          y23 = mean_gradient(s, shape = [N, H, W, 8])
          y24 = sum(x)
          y25 = sum(x, axes = [0, 1, 2])
          y26 = sum_gradient(s, shape = [N, H, W, 8])
          y27 = sum_gradient(bias, shape = [N, H, W, 8], axes = [2, 0, 1])
          y28 = sum_to(x, shape = [8])
          y29 = broadcast(bias, shape = [N, H, W, 8])
          y65 = mean(x, axes = [1, 2], keep_dims = true)
          y66 = mean(x, axes = [0, 1, 2])
          y67 = reduce_max(x, axes = [3], keep_dims = true)
          y68 = softmax(x)
          y69 = reshape(x, shape = [N, H*W, 8])
          y70 = transpose(v, order = [2, 0, 1])
          y71 = table([[1, 2, 3, 4, 5]])
          y72 = matmul(v, v, transpose_b = true)
          y73 = pad(x, sides = [1, 2, 0, 3], mode = reflect)
          y74 = pad_gradient(y73, sides = [1, 2, 0, 3], mode = reflect)
          y30 = psnr(x, z, max = 2)
          y31 = psnr_gradient(s, x, z, max = 2)
          y32 = psnr_gradient(-1, x, z, max = 2)
          y33 = depth_to_space(x, block = 2)
          y34 = space_to_depth(y33, block = 2)
          y35 = concat(x, z, y7, axis = 0)
          y36 = concat(x, z, axis = 1)
          y37 = concat(x, z, axis = 2)
          y38 = concat(x, z)
          y39 = concat(v, v, axis = 1)
          y40 = slice(x, axis = 0, start = 1, length = N - 1)
          y41 = slice(x, axis = 1, start = 1, length = 2)
          y42 = slice(x, axis = 2, start = 2, length = 3)
          y43 = slice(x, start = 3, length = 4)
          y44 = slice(v, axis = 1, start = 1, length = 2)
          y45 = pad_zero(x, axis = 0, before = 1)
          y46 = pad_zero(x, axis = 1, before = 1, after = 2)
          y47 = pad_zero(x, axis = 2, after = 3)
          y48 = pad_zero(x, axis = 3, before = 2, after = 1)
          y49 = pad_zero(v, axis = 0, before = 2)
          y75 = max_pool(y3, size = 3, stride = 2, pad = same)
          y76 = max_pool_gradient(y75, y3, y75, size = 3, stride = 2, pad = same)
          y77 = avg_pool(x, size = [2, 3], stride = [1, 2], pad = [0, 1, 2, 0], count_pad = false)
          y78 = avg_pool_gradient(y77, size = [2, 3], stride = [1, 2], pad = [0, 1, 2, 0], count_pad = false, height = H, width = W)
          y79 = resize(x, height = 2*H, width = W + 1)
          y80 = resize_gradient(y79, height = H, width = W)
          y81 = resize(x, height = 3, width = 2*W, mode = nearest)
          y82 = reduce_max(x, axes = [1, 2])
          y83 = sum(x, axes = [3])
          y84 = softmax(x, axis = 2)
          y85 = transpose(x, order = [0, 3, 1, 2])
          y86 = matmul(x, z, transpose_a = true)
          y87 = mean_gradient(3, shape = [N, H, W, 1])
          y88 = pad(x, sides = [1, 2, 0, 3], mode = edge)
          y89 = pad_gradient(y88, sides = [1, 2, 0, 3], mode = constant)
          y90 = sum_to(x, shape = [N, H, W, 1])
          y91 = reshape(y69, shape = [N, H, W*2, 4])
          y50 = resize_bicubic(x, factor = 3)
          y51 = resize_bicubic_gradient(y50, factor = 3)
        }
        """
}
