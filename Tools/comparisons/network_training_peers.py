"""Trains a network that graphc exported by PyTorch, in a process of its own, for Tools/comparisons/network-training.

    network_training_peers.py ENGINE FOLDER --threads 2

For each line that it reads it runs one step, as training_peers.py does. FOLDER holds the network as `exported.onnx`, its
weights as `weights.safetensors`, and `batches.npz`. What batch norm is written as becomes PyTorch's function of it.
"""

import numpy as np
import torch

import peers
import training_peers
from peer_networks import Network, TorchNetwork
from safetensors.numpy import load_file


class PyTorch:
    package = "torch"
    settings = "fused Adam"
    form = {}

    def __init__(self, folder, threads, batches):
        torch.set_num_threads(threads)
        network = Network(f"{folder}/exported.onnx")
        network.join_batch_norms()
        self.network = TorchNetwork(network, torch, trains=True, **self.form)
        kept = {name for node in network.nodes if node.op == "BatchNormalization" for name in node.inputs[3:]}
        self.weights = [
            self.network.tensors[name].requires_grad_() for name in load_file(f"{folder}/weights.safetensors") if name not in kept]
        self.batches = [[torch.from_numpy(peers.planes(x)).to(**self.form) for x in pair] for pair in batches]
        self.adam = torch.optim.Adam(
            self.weights, lr=training_peers.LEARNING_RATE, betas=(training_peers.BETA1, training_peers.BETA2),
            eps=training_peers.EPSILON, fused=True)
        with open(f"{folder}/loss") as file:
            self.is_absolute = file.read() == "mae"

    def loss(self, degraded, original):
        result = self.network(degraded)
        if self.is_absolute:
            return torch.nn.functional.l1_loss(result, original)
        return torch.nn.functional.mse_loss(result, original) / 255**2

    def step(self, number):
        self.adam.zero_grad()
        loss = self.loss(*self.batches[number % len(self.batches)])
        loss.backward()
        self.adam.step()
        return loss.item()


class PyTorchChannelsLast(PyTorch):
    settings = "fused Adam, channels_last"
    form = {"memory_format": torch.channels_last}


class CompiledPyTorch(PyTorchChannelsLast):
    settings = "fused Adam, channels_last, torch.compile by inductor"

    def __init__(self, folder, threads, batches):
        super().__init__(folder, threads, batches)
        self.loss = torch.compile(self.loss, fullgraph=True)


ENGINES = {engine.__name__: engine for engine in (PyTorch, PyTorchChannelsLast, CompiledPyTorch)}

if __name__ == "__main__":
    training_peers.serve(ENGINES, __doc__)
