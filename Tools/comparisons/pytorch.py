"""Compares EDSR as graphrun computes it with EDSR in PyTorch, on the same weights and batches.

Three checks for each configuration:

    forward    the float result, on the scale of 255, within 1e-3
    gradients  of one training step, each within 1e-4 of PyTorch's largest entry of that tensor; PyTorch
               runs in float64, since in float32 its own sums of biases are as far off as that
    training   the losses of 20 steps of Adam, each within 1e-4 of PyTorch's value

Run it by Tools/comparisons/pytorch, which builds graphrun and installs PyTorch.
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

from edsr import BASELINE, graphrun, random_model

FORWARD_BOUND = 1e-3
GRADIENT_BOUND = 1e-4
LOSS_BOUND = 1e-4
LEARNING_RATE = 1e-4

CONFIGURATIONS = {
    "baseline": BASELINE,
    "x3": dict(filters=32, blocks=4, scale=3, residual=0.1),
}


def edsr(lr, weights, configuration):
    """EDSR on pixels [N, H, W, 3], 0...255. Filters are leaves as graphrun keeps them: [height, width, in, out]."""

    def conv(x, name):
        return F.conv2d(x, weights[f"{name}.filter"].permute(3, 2, 0, 1), weights[f"{name}.bias"], padding=1)

    head = conv(lr.permute(0, 3, 1, 2) / 255, "head")
    h = head
    for i in range(configuration["blocks"]):
        h = h + configuration["residual"] * conv(F.relu(conv(h, f"body.{i}.0")), f"body.{i}.1")
    u = head + conv(h, "body.last")
    for k, block in enumerate({2: [2], 3: [3], 4: [2, 2], 8: [2, 2, 2]}[configuration["scale"]]):
        u = F.pixel_shuffle(pytorch_order(conv(u, f"up.{k}"), block), block)
    return 255 * conv(u, "tail").permute(0, 2, 3, 1)


def pytorch_order(x, block):
    """Channels from (i * block + j) * C + c, as depth_to_space takes them, to PyTorch's c * block**2 + i * block + j."""
    n, channels, h, w = x.shape
    return x.reshape(n, block * block, channels // block**2, h, w).transpose(1, 2).reshape(x.shape)


class Comparison:
    """One configuration: its model as a pack, its weights, and what passed."""

    def __init__(self, name, folder, options):
        self.name = name
        self.configuration = CONFIGURATIONS[name]
        self.folder = folder
        self.options = options
        self.random = np.random.default_rng(options.seed)
        self.results = []
        self.pack = f"{folder}/{name}.gpack"
        self.weights = random_model(options.graphrun, self.pack, "Graphs/edsr.graph", self.configuration, self.random)

    def batch(self, count, height, width):
        """Smooth random pictures and their reductions by mean."""
        scale = self.configuration["scale"]
        coarse = torch.tensor(self.random.uniform(0, 255, (count, 3, height // 3 + 2, width // 3 + 2)))
        hr = F.interpolate(coarse, (scale * height, scale * width), mode="bicubic").clamp(0, 255).round()
        lr = F.avg_pool2d(hr, scale).round()
        # safetensors writes an array's memory, whatever its strides.
        return {name: np.ascontiguousarray(x.permute(0, 2, 3, 1), np.float32) for name, x in [("lr", lr), ("hr", hr)]}

    def check_forward(self):
        for shape in [(1, 1, 1), (2, 17, 23), (1, 48, 31)]:
            lr = self.batch(*shape)["lr"]
            ours = self.run_entry("forward", {"lr": lr})["sr"]
            with torch.no_grad():
                theirs = edsr(torch.tensor(lr), self.leaves(self.weights), self.configuration).numpy()
            extent = f"{theirs.min():.0f}...{theirs.max():.0f}"
            self.report(f"forward {'x'.join(map(str, shape))}, {extent}", np.abs(ours - theirs).max(), FORWARD_BOUND)

    def check_gradients(self):
        batch = self.batch(self.options.batch, self.options.size, self.options.size)
        results = self.run_entry("train", batch, "--scalars", f"learning_rate={LEARNING_RATE},step=1", "--gradients")
        theirs = self.gradients(batch, torch.float64)
        error, path = self.worst(theirs, {path: results[f"gradient.{path}"] for path in theirs})
        single, at = self.worst(theirs, self.gradients(batch, torch.float32))
        print(f"     {self.name}: PyTorch's own gradients in float32 are {single:.1e} off at {at}")
        self.report(f"gradients of {len(theirs)} tensors, worst at {path}", error, GRADIENT_BOUND)

    def gradients(self, batch, type):
        leaves = self.leaves(self.weights, type)
        self.loss(leaves, batch).backward()
        return {path: leaf.grad.numpy() for path, leaf in leaves.items()}

    def worst(self, true, others):
        """The largest difference in units of a tensor's largest entry, and the tensor's path."""
        return max((np.abs(others[path] - x).max() / np.abs(x).max(), path) for path, x in true.items())

    def check_training(self):
        leaves = self.leaves(self.weights)
        optimizer = torch.optim.Adam(leaves.values(), lr=LEARNING_RATE)
        kept = {}
        errors = []
        for step in range(1, self.options.steps + 1):
            batch = self.batch(self.options.batch, self.options.size, self.options.size)
            results = self.run_entry("train", batch | kept, "--scalars", f"learning_rate={LEARNING_RATE},step={step}")
            kept = {name.removeprefix("updated."): x for name, x in results.items() if name.startswith("updated.")}
            optimizer.zero_grad()
            loss = self.loss(leaves, batch)
            loss.backward()
            optimizer.step()
            ours, theirs = float(results["mae"]), float(loss.detach())
            errors.append(abs(ours - theirs) / theirs)
            print(f"     {self.name}: step {step}: loss {ours:.6f}, PyTorch {theirs:.6f}, apart {errors[-1]:.1e}", flush=True)
        moved = max(np.abs(kept[path] - leaf.detach().numpy()).max() for path, leaf in leaves.items())
        print(f"     {self.name}: weights afterwards at most {moved:.1e} apart")
        self.report(f"losses of {len(errors)} Adam steps", max(errors), LOSS_BOUND)

    def loss(self, leaves, batch):
        lr, hr = (torch.tensor(batch[name], dtype=leaves["head.bias"].dtype) for name in ["lr", "hr"])
        return F.l1_loss(edsr(lr, leaves, self.configuration), hr)

    def leaves(self, weights, type=torch.float32):
        return {path: torch.tensor(x, dtype=type, requires_grad=True) for path, x in sorted(weights.items())}

    def run_entry(self, entry, tensors, *arguments):
        save_file(tensors, self.path("inputs"))
        graphrun(
            self.options.graphrun, "run", self.pack, "--entry", entry, "--inputs", self.path("inputs"), "-o", self.path("outputs"), *arguments)
        return load_file(self.path("outputs"))

    def path(self, name):
        return f"{self.folder}/{self.name}-{name}.safetensors"

    def report(self, what, error, bound):
        passed = bool(error <= bound)
        self.results.append(passed)
        print(f"{'PASS' if passed else 'FAIL'} {self.name}: {what}: {error:.2e}, bound {bound:.0e}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configurations", nargs="*", help=f"of {', '.join(CONFIGURATIONS)} (default: all)")
    parser.add_argument("--steps", type=int, default=20, help="steps of training (default: 20)")
    parser.add_argument("--batch", type=int, default=4, help="patches of a batch (default: 4)")
    parser.add_argument("--size", type=int, default=24, help="sides of a small patch (default: 24)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--graphrun", default=".build/release/graphrun", help="the program to check")
    options = parser.parse_args()
    for name in options.configurations:
        if name not in CONFIGURATIONS:
            parser.error(f"there is no configuration '{name}'")
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.configurations or CONFIGURATIONS:
            comparison = Comparison(name, pathlib.Path(folder), options)
            comparison.check_forward()
            comparison.check_gradients()
            comparison.check_training()
            results += comparison.results
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
