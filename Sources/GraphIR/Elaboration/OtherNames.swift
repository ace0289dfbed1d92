/// What other frameworks call what the language has under another name, or writes with several ops.
enum OtherNames {
    /// How each is written here.
    static let spelling: [String: String] = [
        "sub": "a - b", "mul": "a * b", "div": "a / b", "neg": "-x", "pow": "power(base, exponent)",
        "square": "x * x", "reciprocal": "1 / x", "rsqrt": "1 / sqrt(x)", "ln": "log(x)",
        "log10": "log(x) / 2.302585092994046", "ceil": "-floor(-x)", "clamp": "clip(x, min, max)",
        "greater": "a > b", "greater_or_equal": "a >= b", "not_equal": "a != b", "select": "where(condition, a, b)",
        "cast": "f32(x) or u8(x)", "float": "f32(x)", "to_float": "f32(x)",
        "relu6": "clip(x, 0, 6)", "hard_sigmoid": "clip(x / 6 + 0.5, 0, 1)", "hard_swish": "x * clip(x / 6 + 0.5, 0, 1)",
        "silu": "x * sigmoid(x)", "swish": "x * sigmoid(x)", "gelu": "0.5 * x * (1 + erf(x / 1.4142135623730951))",
        "softplus": "log(1 + exp(x))", "mish": "x * tanh(log(1 + exp(x)))", "elu": "where(x > 0, x, exp(x) - 1)",
        "lrelu": "leaky_relu(x, slope)", "logistic": "sigmoid(x)",
        "cat": "concat(a, b, …)", "concatenate": "concat(a, b, …)",
        "pixel_shuffle": "depth_to_space(x, block), with channels in another order than PyTorch's",
        "pixel_unshuffle": "space_to_depth(x, block), with channels in another order than PyTorch's",
        "conv": "conv2d(x, filter)", "convolution": "conv2d(x, filter)",
        "mse": "mean((a - b) * (a - b))", "l1": "mean(abs(a - b))", "l1_loss": "mean(abs(a - b))",
        "avg": "mean(x)", "average": "mean(x)",
    ]
}
