"""Any network that graphc exports, in the forms that the peers read: ONNX, ncnn's param and bin, and functions of PyTorch.

`prepared` puts an exported network into the form that engines would like: a network is for inference, so what is known
before a picture comes is computed, factors and offsets go into convolutions, and channels before a pixel shuffle stand in
PyTorch's order.
"""

import numpy as np

PICTURE, RESULT = "picture", "result"


class Network:
    """The nodes and tensors of an ONNX model of one picture in and one out."""

    def __init__(self, path):
        import onnx
        from onnx import numpy_helper

        graph = onnx.load(path).graph
        if len(graph.input) != 1 or len(graph.output) != 1:
            raise SystemExit(f"{path}: only networks of one input and one output are compared")
        self.nodes = [Node(node) for node in graph.node]
        self.tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.input, self.output = graph.input[0].name, graph.output[0].name
        self.channels = [value.type.tensor_type.shape.dim[1].dim_value for value in (graph.input[0], graph.output[0])]

    def readers(self, name):
        return [node for node in self.nodes if name in node.inputs]

    def maker(self, name):
        return next((node for node in self.nodes if node.output == name), None)

    def convolution(self, name):
        """The convolution that makes a value for one reader alone, perhaps behind a pixel shuffle."""
        node = self.maker(name)
        while node and len(self.readers(node.output)) == 1 and node.output != self.output:
            if node.op == "Conv":
                return node
            if node.op != "DepthToSpace":
                return None
            node = self.maker(node.inputs[0])
        return None

    def drop(self, node, source):
        """Takes a node out: its readers read `source`."""
        self.nodes.remove(node)
        if node.output == self.output:
            maker = self.maker(source)
            for other in self.readers(source):
                other.rename(source, self.output)
            maker.output = self.output
            return
        for other in self.readers(node.output):
            other.rename(node.output, source)

    def join_batch_norms(self):
        """(x - mean) / sqrt(variance + epsilon) * scale + offset becomes one node."""
        for last in list(self.nodes):
            chain = [last]
            for op in ("Mul", "Div", "Sub"):
                maker = self.maker(chain[-1].inputs[0])
                chain.append(maker if maker and maker.op == op else None)
                if chain[-1] is None:
                    break
            root = self.maker(chain[2].inputs[1]) if last.op == "Add" and chain[-1] else None
            variance = self.maker(root.inputs[0]) if root and root.op == "Sqrt" else None
            if variance and variance.op == "Add":
                add, multiply, divide, subtract = chain
                last.op, last.attributes = "BatchNormalization", {"epsilon": float(self.tensors[variance.inputs[1]])}
                last.inputs = [
                    subtract.inputs[0], multiply.inputs[1], add.inputs[1], subtract.inputs[1], variance.inputs[0]]
                for node in (multiply, divide, subtract, root, variance):
                    self.nodes.remove(node)

    def save(self, path):
        import onnx
        from onnx import helper, numpy_helper

        value = lambda name, channels, sides: helper.make_tensor_value_info(
            name, onnx.TensorProto.FLOAT, ["N", channels, *sides])
        used = {name for node in self.nodes for name in node.inputs}
        graph = helper.make_graph(
            [node.proto() for node in self.nodes], "network", [value(self.input, self.channels[0], ["H", "W"])],
            [value(self.output, self.channels[1], ["H_out", "W_out"])],
            [numpy_helper.from_array(np.ascontiguousarray(x).reshape(x.shape), name) for name, x in self.tensors.items() if name in used])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, path)


class Node:
    def __init__(self, proto):
        from onnx import helper

        self.op, self.inputs, (self.output,) = proto.op_type, list(proto.input), proto.output
        self.attributes = {attribute.name: helper.get_attribute_value(attribute) for attribute in proto.attribute}

    def rename(self, old, new):
        self.inputs = [new if name == old else name for name in self.inputs]

    def text(self, name, default=""):
        value = self.attributes.get(name, default)
        return value.decode() if isinstance(value, bytes) else value

    def proto(self):
        from onnx import helper

        return helper.make_node(self.op, self.inputs, [self.output], self.output, **self.attributes)


def prepared(path):
    network = Network(path)
    for node in [node for node in network.nodes if node.op == "Identity"]:
        network.drop(node, node.inputs[0])
    compute_known(network)
    fold_factors(network)
    order_channels(network)
    for old, new in ((network.input, PICTURE), (network.output, RESULT)):
        for node in network.nodes:
            node.rename(old, new)
            node.output = new if node.output == old else node.output
    network.input, network.output = PICTURE, RESULT
    return network


ARITHMETIC = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Max": np.maximum, "Min": np.minimum}
KNOWN = ARITHMETIC | {"Sqrt": np.sqrt, "Neg": np.negative, "Exp": np.exp}


def compute_known(network):
    for node in list(network.nodes):
        if node.op in KNOWN and all(name in network.tensors for name in node.inputs):
            network.tensors[node.output] = KNOWN[node.op](*(network.tensors[name] for name in node.inputs))
            network.nodes.remove(node)


def fold_factors(network):
    """Factors and offsets of channels go into the convolution before them, factors of all into the one behind them."""
    for node in list(network.nodes):
        if node.op not in ("Add", "Sub", "Mul", "Div"):
            continue
        known = [name for name in node.inputs if name in network.tensors]
        if len(known) != 1 or (node.op == "Div" and known[0] != node.inputs[1]):
            continue
        source = next(name for name in node.inputs if name != known[0])
        number = network.tensors[known[0]]
        channels = number.ravel()
        per_channel = number.size == 1 or (number.ndim >= 3 and number.shape[-3] == number.size) or number.ndim == 1
        before = network.convolution(source)
        behind = network.readers(node.output)
        if before and per_channel and (number.size == 1 or network.maker(source) is before):
            taps, bias = convolution_weights(network, before)
            if node.op in ("Mul", "Div"):
                factor = channels if node.op == "Mul" else 1 / channels
                taps, bias = taps * factor.reshape(-1, 1, 1, 1), bias * factor
            elif node.op == "Add":
                bias = bias + channels
            elif node.inputs[1] == known[0]:
                bias = bias - channels
            else:
                taps, bias = -taps, channels - bias
            set_weights(network, before, taps, bias)
            network.drop(node, source)
        elif number.size == 1 and node.op in ("Mul", "Div") and behind and all(other.op == "Conv" for other in behind):
            for other in behind:
                taps, bias = convolution_weights(network, other)
                set_weights(network, other, taps * (number if node.op == "Mul" else 1 / number), bias)
            network.drop(node, source)


def order_channels(network):
    """DCR becomes CRD where the channels are a convolution's, which has them in another order then."""
    for node in network.nodes:
        before = network.maker(node.inputs[0])
        if node.op == "DepthToSpace" and node.text("mode") == "DCR" and before is network.convolution(node.inputs[0]):
            taps, bias = convolution_weights(network, before)
            order = np.arange(len(bias)).reshape(node.attributes["blocksize"] ** 2, -1).T.ravel()
            set_weights(network, before, taps[order], bias[order])
            node.attributes["mode"] = "CRD"


def convolution_weights(network, node):
    taps = network.tensors[node.inputs[1]]
    bias = network.tensors[node.inputs[2]] if len(node.inputs) > 2 else np.zeros(len(taps), np.float32)
    return taps.astype(np.float64), bias.astype(np.float64)


def set_weights(network, node, taps, bias):
    names = [f"{node.output}.filter", f"{node.output}.bias"]
    node.inputs[1:] = names
    network.tensors.update(zip(names, (np.float32(taps), np.float32(bias))))


class NcnnFiles:
    """ncnn's pair of files: layers as lines of text, and weights in their order behind a word that says f32."""

    BINARY = {"Add": 0, "Sub": 1, "Mul": 2, "Div": 3, "Max": 4, "Min": 5, "Pow": 6}
    UNARY = {"Abs": 0, "Neg": 1, "Floor": 2, "Sqrt": 5, "Exp": 7, "Log": 8}
    PLAIN = {"Relu": "ReLU", "Sigmoid": "Sigmoid", "Tanh": "TanH"}

    def __init__(self, network):
        self.network = network
        self.lines = [("Input", [], network.input, "")]
        self.weights = b""
        self.fused = {}
        for node in network.nodes:
            # What a convolution applies itself.
            before = network.maker(node.inputs[0])
            if node.op in ("Relu", "LeakyRelu") and before and before.op == "Conv" and len(network.readers(before.output)) == 1:
                self.fused[before.output] = node
        for node in network.nodes:
            self.write_node(node)

    def write_node(self, node):
        tensors, attributes = self.network.tensors, node.attributes
        if node in self.fused.values():
            return
        if node.op == "Conv":
            self.write_convolution(node)
        elif node.op in self.BINARY:
            self.write_binary(node)
        elif node.op in self.UNARY:
            self.layer("UnaryOp", node, f"0={self.UNARY[node.op]}")
        elif node.op in self.PLAIN:
            self.layer(self.PLAIN[node.op], node)
        elif node.op == "LeakyRelu":
            self.layer("ReLU", node, f"0={attributes['alpha']}")
        elif node.op == "PRelu":
            slopes = np.float32(tensors[node.inputs[1]]).ravel()
            self.layer("PReLU", node, f"0={slopes.size}")
            self.weights += slopes.tobytes()
        elif node.op == "Clip":
            self.layer("Clip", node, " ".join(f"{i}={float(tensors[name])}" for i, name in enumerate(node.inputs[1:])))
        elif node.op == "DepthToSpace":
            self.layer("PixelShuffle", node, f"0={attributes['blocksize']} 1={int(node.text('mode') == 'DCR')}")
        elif node.op == "SpaceToDepth":
            self.layer("Reorg", node, f"0={attributes['blocksize']} 1=1")
        elif node.op == "Concat":
            self.lines.append(("Concat", node.inputs, node.output, f"0={attributes['axis'] - 1}"))
        elif node.op == "Slice":
            starts, ends, axes = (tensors[name].tolist() for name in node.inputs[1:4])
            bound = lambda numbers: ",".join(str(min(number, 2**31 - 1)) for number in (len(numbers), *numbers))
            self.layer("Crop", node, f"-23309={bound(starts)} -23310={bound(ends)} -23311={bound([axis - 1 for axis in axes])}")
        elif node.op == "ReduceMean" and list(attributes["axes"]) == [2, 3] or node.op == "GlobalAveragePool":
            self.layer("Pooling", node, "0=1 4=1")
        elif node.op in ("MaxPool", "AveragePool"):
            height, width = attributes["kernel_shape"]
            rows, columns = attributes.get("strides", (1, 1))
            top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
            self.layer(
                "Pooling", node, f"0={int(node.op == 'AveragePool')} 1={width} 11={height} 2={columns} 12={rows} "
                f"3={left} 13={top} 14={right} 15={bottom} 5=1 6={attributes.get('count_include_pad', 0)}")
        elif node.op == "Resize" and node.text("mode", "nearest") in ("nearest", "linear"):
            scales = tensors[node.inputs[2]]
            kind = 1 if node.text("mode", "nearest") == "nearest" else 2
            corners = int(node.text("coordinate_transformation_mode", "half_pixel") == "align_corners")
            self.layer("Interp", node, f"0={kind} 1={scales[2]} 2={scales[3]} 6={corners}")
        else:
            raise NotImplementedError(f"its layer for {node.op}")

    def write_convolution(self, node):
        taps, bias = convolution_weights(self.network, node)
        groups = node.attributes.get("group", 1)
        height, width = taps.shape[2:]
        rows, columns = node.attributes.get("strides", (1, 1))
        down, across = node.attributes.get("dilations", (1, 1))
        top, left, bottom, right = node.attributes.get("pads", (0, 0, 0, 0))
        words = (
            f"0={len(bias)} 1={width} 11={height} 2={across} 12={down} 3={columns} 13={rows} 4={left} 14={top} 15={right} "
            f"16={bottom} 5=1 6={taps.size}")
        activation = self.fused.get(node.output)
        if activation:
            slope = activation.attributes.get("alpha", 0.01)
            words += " 9=1" if activation.op == "Relu" else f" 9=2 -23310=1,{slope}"
        words += f" 7={groups}" if groups > 1 else ""
        kind = "ConvolutionDepthWise" if groups > 1 else "Convolution"
        self.lines.append((kind, [node.inputs[0]], activation.output if activation else node.output, words))
        self.weights += bytes(4) + np.float32(taps).tobytes() + np.float32(bias).tobytes()

    def write_binary(self, node):
        number = self.BINARY[node.op]
        first, second = node.inputs
        if second in self.network.tensors and self.network.tensors[second].size == 1:
            self.lines.append(("BinaryOp", [first], node.output, f"0={number} 1=1 2={float(self.network.tensors[second])}"))
        elif first in self.network.tensors and self.network.tensors[first].size == 1:
            reversed_number = {1: 7, 3: 8, 6: 9}.get(number, number)
            words = f"0={reversed_number} 1=1 2={float(self.network.tensors[first])}"
            self.lines.append(("BinaryOp", [second], node.output, words))
        elif first in self.network.tensors or second in self.network.tensors:
            raise NotImplementedError(f"a table of numbers for {node.op}")
        else:
            self.lines.append(("BinaryOp", node.inputs, node.output, f"0={number}"))

    def layer(self, kind, node, words=""):
        self.lines.append((kind, node.inputs[:1], node.output, words))

    def write(self, path):
        # Every reader of a value needs one of its own, which a layer `Split` makes.
        readers = {}
        for number, (_, inputs, _, _) in enumerate(self.lines):
            for place, name in enumerate(inputs):
                readers.setdefault(name, []).append(f"{name}_{number}_{place}")
        text, blob_count = [], 0
        for number, (kind, inputs, output, words) in enumerate(self.lines):
            names = [f"{name}_{number}_{i}" if len(readers[name]) > 1 else name for i, name in enumerate(inputs)]
            text.append(f"{kind} layer{number} {len(names)} 1 {' '.join([*names, output, words])}")
            copies = readers.get(output, [])
            blob_count += 1
            if len(copies) > 1:
                text.append(f"Split split{number} 1 {len(copies)} {output} {' '.join(copies)}")
                blob_count += len(copies)
        with open(f"{path}.param", "w") as file:
            file.write("\n".join(["7767517", f"{len(text)} {blob_count}", *text]) + "\n")
        with open(f"{path}.bin", "wb") as file:
            file.write(self.weights)


class TorchNetwork:
    """A network as functions of PyTorch, one after the other."""

    def __init__(self, network, torch, trains=False, **form):
        self.torch, self.network = torch, network
        tensor = lambda x: torch.from_numpy(np.array(x))
        self.tensors = {
            name: tensor(x).to(**form) if x.ndim == 4 and x.shape[2] * x.shape[3] > 1 else tensor(x)
            for name, x in network.tensors.items() if x.dtype == np.float32}
        last = {name: node for node in network.nodes for name in node.inputs}
        # What a node reads as the last one, of what other nodes made: it may write its result over that. In training only
        # what gradients do not need.
        made = {node.output for node in network.nodes}
        self.spent = {
            node.output: [name for name in dict.fromkeys(node.inputs) if last[name] is node and name in made]
            for node in network.nodes}
        convolved = {node.output for node in network.nodes if node.op == "Conv" and len(network.readers(node.output)) == 1}
        self.writable = self.spent if not trains else {
            node.output: [name for name in self.spent[node.output] if name in convolved and node.op in ("Relu", "LeakyRelu", "Add")]
            for node in network.nodes}

    def __call__(self, picture):
        values = self.tensors | {self.network.input: picture}
        for node in self.network.nodes:
            values[node.output] = self.result(node, [values.get(name) for name in node.inputs])
            for name in self.spent[node.output]:
                del values[name]
        return values[self.network.output]

    def result(self, node, x):
        torch, attributes = self.torch, node.attributes
        is_spent = node.inputs[0] in self.writable[node.output]
        known = lambda index: self.network.tensors[node.inputs[index]].tolist()
        functional = torch.nn.functional
        match node.op:
            case "Conv":
                top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
                if (top, left) != (bottom, right):
                    x[0], top, left = functional.pad(x[0], (left, right, top, bottom)), 0, 0
                return torch.conv2d(
                    x[0], *x[1:], **({} if len(x) > 2 else {"bias": None}), stride=attributes.get("strides", 1),
                    padding=(top, left), dilation=attributes.get("dilations", 1), groups=attributes.get("group", 1))
            case "Relu":
                return x[0].relu_() if is_spent else x[0].relu()
            case "LeakyRelu":
                return functional.leaky_relu(x[0], attributes.get("alpha", 0.01), inplace=is_spent)
            case "PRelu":
                return functional.prelu(x[0], x[1].flatten())
            case "Clip":
                return (x[0].clamp_ if is_spent else x[0].clamp)(*(known(i) for i in range(1, len(x))))
            case "Add" | "Mul" if x[0].shape == x[1].shape and self.writable[node.output]:
                place = node.inputs.index(self.writable[node.output][-1])
                return getattr(x[place], f"{node.op.lower()}_")(x[1 - place])
            case "Add" | "Sub" | "Mul" | "Div" | "Pow":
                return getattr(torch, node.op.lower())(*x)
            case "Max" | "Min":
                return (torch.maximum if node.op == "Max" else torch.minimum)(*x)
            case "Sigmoid" | "Tanh" | "Sqrt" | "Abs" | "Exp" | "Log" | "Neg" | "Floor" | "Round" | "Sign" | "Erf":
                return getattr(torch, node.op.lower())(x[0])
            case "BatchNormalization":
                scale, offset, mean, variance = x[1:]
                return functional.batch_norm(x[0], *(y.flatten() for y in (mean, variance, scale, offset)), eps=attributes["epsilon"])
            case "DepthToSpace":
                block = attributes["blocksize"]
                if node.text("mode", "DCR") == "DCR":
                    n, c, h, w = x[0].shape
                    x[0] = x[0].view(n, block * block, c // block**2, h, w).transpose(1, 2).reshape(n, c, h, w)
                return torch.pixel_shuffle(x[0], block)
            case "SpaceToDepth":
                block = attributes["blocksize"]
                n, c, h, w = x[0].shape
                split = x[0].reshape(n, c, h // block, block, w // block, block)
                return split.permute(0, 3, 5, 1, 2, 4).reshape(n, c * block**2, h // block, w // block)
            case "Concat":
                return torch.cat(x, attributes["axis"])
            case "Slice":
                for start, end, axis in zip(known(1), known(2), known(3)):
                    x[0] = x[0].narrow(axis, *self.narrowed(start, end, x[0].shape[axis]))
                return x[0]
            case "ReduceMean" | "GlobalAveragePool":
                return x[0].mean(attributes.get("axes", (2, 3)), keepdim=bool(attributes.get("keepdims", 1)))
            case "MaxPool" | "AveragePool":
                function = functional.max_pool2d if node.op == "MaxPool" else functional.avg_pool2d
                return function(
                    x[0], attributes["kernel_shape"], attributes.get("strides", (1, 1)), attributes.get("pads", (0, 0))[:2])
            case "Pad" if node.text("mode", "constant") in ("constant", "edge", "reflect"):
                _, _, top, left, _, _, bottom, right = known(1)
                mode = {"edge": "replicate"}.get(node.text("mode", "constant"), node.text("mode", "constant"))
                value = {"value": known(2)} if mode == "constant" and len(x) > 2 else {}
                return functional.pad(x[0], (left, right, top, bottom), mode, **value)
            case "Resize" if node.text("mode", "nearest") in ("nearest", "linear"):
                mode = "nearest" if node.text("mode", "nearest") == "nearest" else "bilinear"
                return functional.interpolate(x[0], scale_factor=known(2)[2:], mode=mode)
        raise NotImplementedError(f"its function for {node.op}")

    @staticmethod
    def narrowed(start, end, size):
        start, end = (bound + size if bound < 0 else min(bound, size) for bound in (start, end))
        return start, end - start
