"""Compares networks and checkpoints that graphc imports with what their own engines make of the same picture.

Run it by Tools/check/imports. Engines take and give floats; pixels are 0 to 1 there and 0 to 255 in graphc's results. A
checkpoint is computed by PyTorch twice, in f32 and in f64: where the two are further apart than a hundredth of a grey level,
graphc's result is held to that distance from f64's.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

BOUND = 0.01


def main():
    random = np.random.default_rng(1)
    # Blocks with noise; with the border of 7 pixels that a network of waifu2x wants it has the size that one takes alone.
    blocks = random.uniform(0, 180, (1, 18, 18, 3)).repeat(8, 1).repeat(8, 2)[:, :142, :142]
    picture = np.rint(blocks + random.uniform(0, 75, blocks.shape)).astype(np.float32)
    names = sorted(path for folder in sys.argv[1:] for path in pathlib.Path(folder).iterdir())
    failures = 0
    for path in names:
        engine = {".param": ncnn, ".onnx": onnx, ".pth": torch_checkpoint}.get(path.suffix)
        if engine:
            failures += not compare(path, engine, picture)
    sys.exit(f"{failures} files differ" if failures else 0)


def compare(path, engine, picture):
    with tempfile.TemporaryDirectory() as folder:
        run = lambda *command: subprocess.run([str(part) for part in command], capture_output=True, text=True)
        done = run(".build/release/graphc", "import", path, "-o", f"{folder}/model.graph")
        if done.returncode != 0:
            print(f"{path.name}: {done.stderr.strip()}", flush=True)
            return True
        inputs, outputs = f"{folder}/in.safetensors", f"{folder}/out.safetensors"
        name = re.search(r"\((\w+): u8\[", pathlib.Path(f"{folder}/model.graph").read_text())[1]
        save_file({name: picture}, inputs)
        computed = run(".build/release/graphrun", "run", f"{folder}/model.gpack", "--entry", "forward", "--inputs", inputs, "-o", outputs)
        if computed.returncode != 0:
            print(f"{path.name}: {computed.stderr.strip()}", flush=True)
            return False
        (found,) = load_file(outputs).values()
    # Where an engine's result lacks some pixels at each side, it gets so many more, from the edges.
    margin = int((re.findall(r"results lack (\d+) pixels", done.stdout) or [0])[0])
    sides = ((0, 0), (0, 0), (margin, margin), (margin, margin))
    expected, exact = engine(path, np.pad(picture.transpose(0, 3, 1, 2) / np.float32(255), sides, "edge"))
    difference = lambda a, b: float(np.abs(a - b).max())
    turned = lambda y: 255 * y.transpose(0, 2, 3, 1)
    own = difference(turned(expected), turned(exact))
    ours = difference(found, turned(exact))
    note = f", which is itself {own:.4f} from its result in f64" if own > 0 else ""
    print(f"{path.name}: {ours:.4f} grey levels from {engine.__name__}{note}", flush=True)
    return ours <= max(BOUND, own)


def ncnn(path, x):
    import ncnn as library

    net = library.Net()
    net.opt.use_fp16_storage = net.opt.use_fp16_packed = net.opt.use_fp16_arithmetic = False
    net.opt.use_bf16_storage = False
    net.load_param(str(path))
    net.load_model(str(path.with_suffix(".bin")))
    lines = open(path).read().splitlines()[2:]
    words = [line.split() for line in lines]
    first = next(line[4 + int(line[2])] for line in words if line[0] == "Input")
    last = words[-1][4 + int(words[-1][2])]

    extractor = net.create_extractor()
    extractor.input(first, library.Mat(x[0]).clone())
    result = np.array(extractor.extract(last)[1])[None]
    return result, result


def onnx(path, x):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    result = session.run(None, {session.get_inputs()[0].name: x})[0]
    return result, result


def torch_checkpoint(path, x):
    import torch

    state = torch.load(path, map_location="cpu", weights_only=True)
    state = state.get("state_dict", state)
    return [Checkpoint(state, torch, kind)(x) for kind in (torch.float32, torch.float64)]


class Checkpoint:
    """Models that their authors give as programs, in PyTorch's functions."""

    def __init__(self, state, torch, kind):
        self.state = {name: values.to(kind) for name, values in state.items()}
        self.torch, self.kind = torch, kind

    def __call__(self, x):
        x = self.torch.from_numpy(x).to(self.kind)
        with self.torch.inference_mode():
            if "B1.c1_d.weight" in self.state:
                return self.rfdn(x).numpy()
            if "B1.c3_r.weight" in self.state:
                return self.rlfn(x).numpy()
            if "conv_cat.weight" in self.state:
                return self.span(x).numpy()
            if "upsample.up4.body.0.weight" in self.state:
                return self.carn(x).numpy()
        raise SystemExit("a checkpoint of a model that this script does not know")

    def conv(self, name, x, **arguments):
        taps = self.state[f"{name}.weight"]
        arguments.setdefault("padding", taps.shape[-1] // 2)
        return self.torch.conv2d(x, taps, self.state[f"{name}.bias"], **arguments)

    def leaky(self, x):
        return self.torch.nn.functional.leaky_relu(x, 0.05)

    def blocks(self):
        return sorted({name.split(".")[0] for name in self.state if name.startswith("B")})

    def enlarged(self, head, x):
        return self.torch.pixel_shuffle(self.conv("upsampler.0", self.conv("LR_conv", x) + head), 4)

    def attention(self, name, x):
        torch, relu = self.torch, self.torch.relu
        few = self.conv(f"{name}.conv1", x)
        h = torch.nn.functional.max_pool2d(self.conv(f"{name}.conv2", few, stride=2, padding=0), 7, 3)
        if f"{name}.conv_max.weight" in self.state:
            h = relu(self.conv(f"{name}.conv3", relu(self.conv(f"{name}.conv_max", h))))
            h = self.conv(f"{name}.conv3_", h)
        else:
            h = self.conv(f"{name}.conv3", h)
        wide = torch.nn.functional.interpolate(h, x.shape[2:], mode="bilinear", align_corners=False)
        return x * torch.sigmoid(self.conv(f"{name}.conv4", wide + self.conv(f"{name}.conv_f", few)))

    def rfdn(self, x):
        head = h = self.conv("fea_conv", x)
        everything = []
        for name in self.blocks():
            kept = []
            for k in (1, 2, 3):
                kept.append(self.leaky(self.conv(f"{name}.c{k}_d", h)))
                h = self.leaky(self.conv(f"{name}.c{k}_r", h) + h)
            kept.append(self.leaky(self.conv(f"{name}.c4", h)))
            h = self.attention(f"{name}.esa", self.conv(f"{name}.c5", self.torch.cat(kept, 1)))
            everything.append(h)
        return self.enlarged(head, self.leaky(self.conv("c.0", self.torch.cat(everything, 1))))

    def rlfn(self, x):
        head = h = self.conv("fea_conv", x)
        for name in self.blocks():
            inner = h
            for k in (1, 2, 3):
                inner = self.leaky(self.conv(f"{name}.c{k}_r", inner))
            h = self.attention(f"{name}.esa", self.conv(f"{name}.c5", inner + h))
        return self.enlarged(head, h)

    def carn(self, x):
        torch = self.torch
        shift = lambda name, x: self.conv(f"{name}.shifter", x)

        def grouped(name, x):
            taps = self.state[f"{name}.weight"]
            return self.conv(name, x, groups=x.shape[1] // taps.shape[1]).relu()

        def residual(name, x):
            joined = f"{name}.body.4.weight" in self.state
            inner = grouped(f"{name}.body.0", x)
            if not joined:
                return (self.conv(f"{name}.body.2", inner) + x).relu()
            return (self.conv(f"{name}.body.4", grouped(f"{name}.body.2", inner)) + x).relu()

        def cascade(name, x, block):
            everything = x
            for i in range(1, 4):
                everything = torch.cat([everything, block(i, x)], 1)
                x = self.conv(f"{name}c{i}.body.0", everything).relu()
            return x

        def inner(i, x):
            # The blocks of the small network share their convolutions.
            own = lambda k: k if f"b{i}.b{k}.body.0.weight" in self.state else 1
            return cascade(f"b{i}.", x, lambda k, x: residual(f"b{i}.b{own(k)}", x))

        x = cascade("", self.conv("entry", shift("sub_mean", x)), inner)
        for k in (0, 3):
            x = torch.pixel_shuffle(grouped(f"upsample.up4.body.{k}", x), 2)
        return shift("add_mean", self.conv("exit", x))

    def span(self, x):
        torch, silu = self.torch, self.torch.nn.functional.silu
        conv = lambda name, x: self.conv(f"{name}.eval_conv", x)
        mean = torch.tensor([0.4488, 0.4371, 0.4040], dtype=self.kind).view(1, 3, 1, 1)

        def block(name, x):
            early = silu(conv(f"{name}.c1_r", x))
            out = conv(f"{name}.c3_r", silu(conv(f"{name}.c2_r", early)))
            return (out + x) * (torch.sigmoid(out) - 0.5), out, early

        head = conv("conv_1", (x - mean) * 255)
        first = h = block("block_1", head)[0]
        for i in range(2, 6):
            h = block(f"block_{i}", h)[0]
        last, _, early = block("block_6", h)
        joined = self.conv("conv_cat", torch.cat([head, conv("conv_2", last), first, early], 1))
        return torch.pixel_shuffle(self.conv("upsampler.0", joined), 4)


if __name__ == "__main__":
    main()
