"""Measures one training step of seventeen networks by graphrun and by PyTorch, and writes their table into Docs/Performance.md.

Network by network: PyTorch lives in a process for each form that it may have, and a round measures one after the other. Before,
the losses of the first steps are compared.

Run it by Tools/comparisons/network-training, which builds graphrun and graphc and installs PyTorch.
"""

import argparse
import contextlib
import pathlib
import re
import statistics
import sys
import tempfile

import numpy as np
from safetensors.numpy import save_file

import network_training_peers
import training
import training_peers
from edsr import random_model
from measuring import count_of, kept_rows, output_of, processor, write_section
from models import NETWORKS

BATCH_COUNT = 3
TOOL, REPORT = "Tools/comparisons/network-training", "Docs/Performance.md"


class Network:
    """One network with its batches in a folder, and the engines that train it."""

    def __init__(self, folder, title, options, resources):
        self.folder, self.title, self.options = folder, title, options
        graph, definitions = NETWORKS[title]
        text = pathlib.Path(graph).read_text()
        made_of, result = re.search(r"\((\w+): u8\[N, H, W, 3\]\)\s*-> \(\w+: f32\[N, (\S+), \S+, 3\]\)", text).groups()
        self.inputs = made_of, re.search(r"^train \w+\((\w+):", text, re.MULTILINE)[1]
        self.loss = re.search(r"^  loss (\w+) =", text, re.MULTILINE)[1]
        random = np.random.default_rng(options.seed)
        self.pack = self.path("network.gpack")
        save_file(random_model(options.graphrun, self.pack, graph, definitions, random), self.path("weights.safetensors"))
        self.batches = [training.batch(random, 1 if result == "H" else 4) for _ in range(BATCH_COUNT)]
        training_peers.write_batches(self.batches, folder)
        pathlib.Path(self.path("loss")).write_text(self.loss)
        output_of([options.graphc, "export", self.pack, "-o", self.path("exported.onnx")])
        self.ours = training.Ours(self)
        self.peers = [training.Peer(self, name, resources, network_training_peers) for name in options.engines]
        self.times = {engine.name: [] for engine in (self.ours, *self.peers)}

    def path(self, name):
        return f"{self.folder}/{name}"

    def compare_losses(self):
        expected = self.ours.losses()
        self.difference = max(abs(a - b) / b for peer in self.peers for a, b in zip(peer.losses(), expected))

    def measure(self):
        for _ in range(self.options.rounds):
            for engine in (self.ours, *self.peers):
                self.times[engine.name] += engine.measure()

    def row(self):
        median = {name: statistics.median(times) for name, times in self.times.items()}
        ratio = min(median[peer.name] for peer in self.peers) / median[self.ours.name]
        cell = lambda name: f"{median[name]:,.{0 if median[name] >= 20 else 1}f} ({min(self.times[name]):,.{0 if median[name] >= 20 else 1}f})"
        cells = [self.title, cell(self.ours.name), *map(cell, (peer.name for peer in self.peers))]
        return "| " + " | ".join([*cells, f"**{ratio:.2f}**", f"{self.difference:.0e}"]) + " |"


def section(rows, instruction_set, titles, options):
    settings = [f"- {title}: {network_training_peers.ENGINES[name].settings}" for name, title in titles.items()]
    return "\n".join([
        "Median milliseconds of a step on 16 crops of 24 × 24 pixels, in brackets the minimum; how far the losses of the first",
        f"{count_of(BATCH_COUNT, 'step')} are apart. {count_of(options.threads, 'thread')}, "
        f"{count_of(options.rounds, 'round')} of {count_of(training.STEPS, 'step')}, on {processor()}",
        f"({instruction_set}).", "",
        "| | " + " | ".join(["graphc", *titles.values(), "fastest PyTorch ÷ graphc", "losses apart"]) + " |",
        "| --- " * (len(titles) + 4) + "|",
        *(rows[title] for title in NETWORKS if title in rows), "", "Settings:", "", *settings, "",
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = list(network_training_peers.ENGINES)
    parser.add_argument("--engines", nargs="*", choices=names, default=names, help="forms of PyTorch (default: all)")
    parser.add_argument(
        "--networks", nargs="*", choices=NETWORKS, default=list(NETWORKS), metavar="NAME",
        help="default: all; the rows of others stay in the table")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of weights and batches")
    parser.add_argument("--graphrun", default=".build/release/graphrun", help="the program to measure")
    parser.add_argument("--graphc", default=".build/release/graphc", help="the program that exports networks")
    parser.add_argument("--no-report", action="store_true", help=f"print the table, and leave {REPORT} as it is")
    options = parser.parse_args()
    rows, apart, titles = kept_rows(REPORT, TOOL), [], {}
    for title in options.networks:
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as resources:
            network = Network(folder, title, options, resources)
            network.compare_losses()
            network.measure()
            rows[title] = network.row()
            print(rows[title], flush=True)
            titles |= {peer.name: peer.title for peer in network.peers}
            if network.difference > training.AGREEMENT:
                apart.append(title)
        text = section(rows, network.ours.instruction_set, titles, options)
        # Each network is done with by itself: a run that is ended keeps what it has.
        if not options.no_report:
            write_section(REPORT, TOOL, text)
    print(text)
    if apart:
        sys.exit(f"losses more than {training.AGREEMENT} from graphc's: {', '.join(apart)}")


if __name__ == "__main__":
    main()
