"""EDSR in the forms that the peers read: ONNX, ncnn's param and bin, and arrays for PyTorch.

`edsr` walks the layers of the baseline x4 network once for every form; a form is an object with `convolution`,
`add` and `shuffle`, which take and give whatever stands for a tensor there.
"""

import numpy as np

BLOCKS = 16
UPSAMPLINGS = 2


def edsr(form, picture):
    """The network's layers on a picture [N, 3, H, W], 0...255, with the pixels' scales in head and tail."""
    head = form.convolution("head", picture)
    h = head
    for i in range(BLOCKS):
        r = form.convolution(f"body.{i}.0", h, relu=True)
        h = form.add(h, form.convolution(f"body.{i}.1", r))
    u = form.add(head, form.convolution("body.last", h))
    for k in range(UPSAMPLINGS):
        u = form.shuffle(form.convolution(f"up.{k}", u))
    return form.convolution("tail", u)


def convolutions(weights, folds_scales=True):
    """Filters [out, in, 3, 3] and biases by name, from graphrun's [3, 3, in, out].

    The division of pixels by 255 and the multiplication go into head and tail, as every engine would like
    them to be where nothing is trained, and channels before a pixel shuffle into PyTorch's order.
    """
    result = {}
    for name in sorted(path.removesuffix(".filter") for path in weights if path.endswith(".filter")):
        taps, bias = weights[f"{name}.filter"].transpose(3, 2, 0, 1), weights[f"{name}.bias"]
        if folds_scales and name == "head":
            taps = taps / 255
        if folds_scales and name == "tail":
            taps, bias = taps * 255, bias * 255
        if name.startswith("up."):
            order = np.arange(len(bias)).reshape(4, -1).T.ravel()
            taps, bias = taps[order], bias[order]
        result[name] = np.ascontiguousarray(taps, np.float32), np.ascontiguousarray(bias, np.float32)
    return result


class Onnx:
    """An ONNX file with free sizes N, H and W."""

    def __init__(self, convolutions):
        from onnx import helper, numpy_helper

        self.helper, self.numpy_helper = helper, numpy_helper
        self.convolutions = convolutions
        self.nodes, self.tensors = [], []

    def convolution(self, name, x, relu=False):
        names = [f"{name}.filter", f"{name}.bias"]
        self.tensors += map(self.numpy_helper.from_array, self.convolutions[name], names)
        y = self.node("Conv", [x, *names], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        return self.node("Relu", [y]) if relu else y

    def add(self, a, b):
        return self.node("Add", [a, b])

    def shuffle(self, x):
        return self.node("DepthToSpace", [x], blocksize=2, mode="CRD")

    def node(self, op, inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(op, inputs, [name], name, **attributes))
        return name

    def write(self, path):
        import onnx

        result = edsr(self, "picture")
        self.nodes[-1].output[0] = "result"
        value = lambda name, sides: self.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", 3, *sides])
        graph = self.helper.make_graph(
            self.nodes, "edsr", [value("picture", ["H", "W"])], [value("result", ["H4", "W4"])], self.tensors)
        model = self.helper.make_model(graph, opset_imports=[self.helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, path)


class Ncnn:
    """ncnn's pair of files: layers as lines of text, and weights in their order behind a word that says f32."""

    def __init__(self, convolutions):
        self.convolutions = convolutions
        # Type, inputs, number of outputs, parameters.
        self.layers = [("Input", [], "")]
        self.weights = b""

    def convolution(self, name, x, relu=False):
        taps, bias = self.convolutions[name]
        self.weights += bytes(4) + taps.tobytes() + bias.tobytes()
        return self.layer("Convolution", [x], f"0={len(bias)} 1=3 4=1 5=1 6={taps.size} 9={int(relu)}")

    def add(self, a, b):
        return self.layer("BinaryOp", [a, b], "0=0")

    def shuffle(self, x):
        return self.layer("PixelShuffle", [x], "0=2")

    def layer(self, kind, inputs, parameters):
        """A tensor is the number of the layer that makes it."""
        self.layers.append((kind, inputs, parameters))
        return len(self.layers) - 1

    def write(self, path):
        edsr(self, 0)
        # Every reader of a tensor needs one of its own, which a layer `Split` makes.
        readers = {}
        for number, (_, inputs, _) in enumerate(self.layers):
            for x in inputs:
                readers.setdefault(x, []).append(number)
        lines, blob_count = [], 0
        for number, (kind, inputs, parameters) in enumerate(self.layers):
            names = [f"{x}_{number}" if len(readers[x]) > 1 else f"{x}" for x in inputs]
            lines.append(f"{kind} layer{number} {len(names)} 1 {' '.join([*names, str(number), parameters])}")
            blob_count += 1
            copies = [f"{number}_{reader}" for reader in readers.get(number, [])]
            if len(copies) > 1:
                lines.append(f"Split split{number} 1 {len(copies)} {number} {' '.join(copies)}")
                blob_count += len(copies)
        with open(f"{path}.param", "w") as file:
            file.write("\n".join(["7767517", f"{len(lines)} {blob_count}", *lines]) + "\n")
        with open(f"{path}.bin", "wb") as file:
            file.write(self.weights)
