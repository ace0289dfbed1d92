"""Trains EDSR by one of the engines that Tools/comparisons/training sets graphrun beside, in a process of its own.

    training_peers.py ENGINE FOLDER --threads 2

For each line that it reads it runs one step, on the next batch, and prints one JSON object: the loss, the
milliseconds, and the most memory that the process has held. FOLDER holds weights and batches as `write_inputs` leaves
them. An engine takes its batches from memory, in f32 and in the layout that it likes, and has the settings with
which it is fastest at full precision. All have graphrun's loss and Adam.
"""

import argparse
import json
import os
import sys
import time

import numpy as np
from safetensors.numpy import load_file, save_file

import peer_models
import peers

LEARNING_RATE, BETA1, BETA2, EPSILON = 1e-4, 0.9, 0.999, 1e-8


class PyTorch:
    package = "torch"
    settings = "channels_last, fused Adam"

    def __init__(self, folder, threads, batches):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.last = {"memory_format": torch.channels_last}
        arrays = np.load(f"{folder}/edsr.npz")
        self.weights = {
            name: torch.from_numpy(arrays[name]).to(**self.last) if arrays[name].ndim == 4 else torch.from_numpy(arrays[name])
            for name in arrays.files
        }
        self.batches = [[self.torch.from_numpy(peers.planes(x)).to(**self.last) for x in pair] for pair in batches]
        for x in self.weights.values():
            x.requires_grad_()
        self.adam = self.torch.optim.Adam(
            self.weights.values(), lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=EPSILON, fused=True)

    def loss(self, lr, hr):
        return self.torch.nn.functional.l1_loss(255 * peer_models.edsr(self, lr / 255), hr)

    def step(self, number):
        self.adam.zero_grad()
        loss = self.loss(*self.batches[number % len(self.batches)])
        loss.backward()
        self.adam.step()
        return loss.item()

    def convolution(self, name, x, relu=False):
        y = self.torch.conv2d(x, self.weights[f"{name}.filter"], self.weights[f"{name}.bias"], padding=1)
        return y.relu_() if relu else y

    def add(self, a, b):
        # The second is a convolution's result that nothing else reads.
        return b.add_(a)

    def shuffle(self, x):
        return self.torch.pixel_shuffle(x, 2)


class CompiledPyTorch(PyTorch):
    settings = "channels_last, fused Adam, torch.compile by inductor"

    def __init__(self, folder, threads, batches):
        super().__init__(folder, threads, batches)
        self.loss = self.torch.compile(self.loss)


class TensorFlow:
    package = "tensorflow-cpu"
    settings = "the whole step by XLA, jit_compile=True"
    jit_compile = True

    def __init__(self, folder, threads, batches):
        import tensorflow

        self.tf = tensorflow
        self.tf.config.threading.set_intra_op_parallelism_threads(threads)
        self.tf.config.threading.set_inter_op_parallelism_threads(threads)
        weights = load_file(f"{folder}/weights.safetensors")
        self.weights, self.means, self.squares = (
            {name: self.tf.Variable(f(x)) for name, x in weights.items()} for f in (np.copy, np.zeros_like, np.zeros_like))
        self.batches = [[self.tf.constant(x, self.tf.float32) for x in pair] for pair in batches]
        self.update = self.tf.function(self.update, jit_compile=self.jit_compile)

    def step(self, number):
        lr, hr = self.batches[number % len(self.batches)]
        return float(self.update(lr, hr, self.tf.constant(number + 1, self.tf.float32)))

    def update(self, lr, hr, t):
        with self.tf.GradientTape() as tape:
            loss = self.tf.reduce_mean(self.tf.abs(255 * peer_models.edsr(self, lr / 255) - hr))
        for name, gradient in tape.gradient(loss, self.weights).items():
            weight, mean, square = self.weights[name], self.means[name], self.squares[name]
            new = adam(weight, mean, square, gradient, t, self.tf.sqrt)
            for variable, value in zip((weight, mean, square), new):
                variable.assign(value)
        return loss

    def convolution(self, name, x, relu=False):
        y = self.tf.nn.conv2d(x, self.weights[f"{name}.filter"], 1, "SAME") + self.weights[f"{name}.bias"]
        return self.tf.nn.relu(y) if relu else y

    def add(self, a, b):
        return a + b

    def shuffle(self, x):
        return self.tf.nn.depth_to_space(x, 2)


class TensorFlowGraph(TensorFlow):
    settings = "the whole step as a graph, by oneDNN"
    jit_compile = False


class JAX:
    package = "jax"
    settings = "the whole step by jit, weights and moments donated"

    def __init__(self, folder, threads, batches):
        # What XLA's pool of threads goes by.
        os.environ["NPROC"] = str(threads)
        import jax

        self.jax = jax
        weights = {name: jax.numpy.asarray(x) for name, x in load_file(f"{folder}/weights.safetensors").items()}
        zeros = jax.tree.map(jax.numpy.zeros_like, (weights, weights))
        self.state = weights, *zeros
        self.batches = [[jax.numpy.asarray(x, np.float32) for x in pair] for pair in batches]
        self.update = jax.jit(self.update, donate_argnums=0)

    def step(self, number):
        self.state, loss = self.update(self.state, *self.batches[number % len(self.batches)], np.float32(number + 1))
        # Reading the loss waits for it alone.
        self.jax.block_until_ready(self.state)
        return float(loss)

    def update(self, state, lr, hr, t):
        def loss(weights):
            self.weights = weights
            return self.jax.numpy.abs(255 * peer_models.edsr(self, lr / 255) - hr).mean()

        weights, means, squares = state
        loss, gradients = self.jax.value_and_grad(loss)(weights)
        new = {
            name: adam(weights[name], means[name], squares[name], gradient, t, self.jax.numpy.sqrt)
            for name, gradient in gradients.items()
        }
        return tuple({name: part[i] for name, part in new.items()} for i in range(3)), loss

    def convolution(self, name, x, relu=False):
        y = self.jax.lax.conv_general_dilated(
            x, self.weights[f"{name}.filter"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        y = y + self.weights[f"{name}.bias"]
        return self.jax.nn.relu(y) if relu else y

    def add(self, a, b):
        return a + b

    def shuffle(self, x):
        n, h, w, channels = x.shape
        return x.reshape(n, h, w, 2, 2, channels // 4).transpose(0, 1, 3, 2, 4, 5).reshape(n, 2 * h, 2 * w, channels // 4)


ENGINES = {engine.__name__: engine for engine in (PyTorch, CompiledPyTorch, TensorFlow, TensorFlowGraph, JAX)}


def adam(weight, mean, square, gradient, t, sqrt):
    """Adam's update in PyTorch's form, as graphrun has it: the new weight and moments."""
    mean = BETA1 * mean + (1 - BETA1) * gradient
    square = BETA2 * square + (1 - BETA2) * gradient * gradient
    root = sqrt(square) / sqrt(1 - BETA2**t) + EPSILON
    return weight - LEARNING_RATE / (1 - BETA1**t) * mean / root, mean, square


def write_inputs(weights, batches, folder):
    """Weights by path, as graphrun exports them, and batches: pairs of pixels, u8 [N, H, W, 3]."""
    save_file(weights, f"{folder}/weights.safetensors")
    pairs = peer_models.convolutions(weights).items()
    np.savez(f"{folder}/edsr.npz", **{f"{name}.{part}": x for name, pair in pairs for part, x in zip(("filter", "bias"), pair)})
    write_batches(batches, folder)


def write_batches(batches, folder):
    np.savez(f"{folder}/batches.npz", lr=[lr for lr, _ in batches], hr=[hr for _, hr in batches])


def serve(engines, description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=engines)
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    arrays = np.load(f"{options.folder}/batches.npz")
    batches = list(zip(arrays["lr"], arrays["hr"]))
    engine = engines[options.engine](options.folder, options.threads, batches)
    for number, _ in enumerate(sys.stdin):
        start = time.perf_counter()
        loss = engine.step(number)
        milliseconds = 1000 * (time.perf_counter() - start)
        report = {"loss": loss, "milliseconds": milliseconds, "residentByteCount": peers.peak_resident_bytes()}
        print(json.dumps(report), flush=True)


if __name__ == "__main__":
    serve(ENGINES, __doc__)
