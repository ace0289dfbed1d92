"""graphrun and its peers on one network, each measurement in a process of its own."""

import importlib.metadata
import json
import statistics
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

import peers
from edsr import graphrun
from measuring import output_of

# In grey levels, for every pixel of every result that is no larger than pixels are.
AGREEMENT = 0.01


class Workload:
    def __init__(self, title, name, shape, runs, threads=None):
        self.title, self.name, self.shape, self.runs, self.threads = title, name, shape, runs, threads


class Case:
    """A network in a folder: a pack, its pictures by workload, and what the peers read."""

    def __init__(self, folder, pack, pictures, options):
        self.folder, self.pack, self.pictures, self.options = folder, pack, pictures, options
        exported = self.path("exported.onnx")
        output_of([options.graphc, "export", pack, "-o", exported])
        network = peers.peer_networks.Network(exported)
        self.names = network.input, network.output
        for name, pixels in pictures.items():
            np.save(self.path(f"{name}.npy"), pixels)
        self.ours = Ours(self)
        # Why an engine does not run the network, by its name.
        self.refused = peers.write_models(exported, folder, options.engines)
        self.peers = [Peer(self, peers.ENGINES[name]) for name in options.engines if name not in self.refused]

    @property
    def engines(self):
        return [self.ours, *self.peers]

    def path(self, name):
        return f"{self.folder}/{name}"

    def differences(self, workload):
        """By engine, the largest difference of a result from ours, in proportion where results are larger than pixels."""
        expected = self.ours.result(workload)
        scale = max(1, np.abs(expected).max() / 255)
        found = {}
        for peer in list(self.peers):
            try:
                found[peer.name] = float(np.abs(peer.result(workload, self.options.threads) - expected).max() / scale)
                print(f"{peer.name}, {workload.title}: at most {found[peer.name]:.5f} grey levels from graphc's", flush=True)
            except SystemExit as error:
                self.refused[peer.engine.__name__] = str(error).splitlines()[-1]
                self.peers.remove(peer)
        return found


class Ours:
    name = "graphc"

    def __init__(self, case):
        self.case = case
        self.program = case.options.graphrun
        self.peaks = {}

    def measure(self, workload, threads):
        report = json.loads(
            graphrun(
                self.program, "bench", self.case.pack, "--workload", workload.name, "--threads", threads,
                "--runs", workload.runs, "--json"))
        self.peaks[threads] = max(report["peakGFLOPS"], self.peaks.get(threads, 0))
        self.instruction_set = report["instructionSet"]
        return report

    def result(self, workload):
        inputs, outputs = self.case.path("inputs.safetensors"), self.case.path("outputs.safetensors")
        save_file({self.case.names[0]: self.case.pictures[workload.name].astype(np.float32)}, inputs)
        graphrun(
            self.program, "run", self.case.pack, "--entry", "forward", "--bands", 16, "--inputs", inputs, "-o", outputs)
        return load_file(outputs)[self.case.names[1]]

    def cold(self, picture, output, threads):
        return [self.program, "infer", self.case.pack, picture, "-o", output, "--threads", threads]


class Peer:
    def __init__(self, case, engine):
        self.case, self.engine = case, engine
        self.name = f"{engine.__name__} {importlib.metadata.version(engine.package)}"
        self.command = [sys.executable, "Tools/comparisons/peers.py", engine.__name__, case.folder]

    def measure(self, workload, threads):
        return self.run(workload, threads, workload.runs, [])

    def result(self, workload, threads):
        output = self.case.path("output.npy")
        self.run(workload, threads, 0, ["--output", output])
        return np.load(output)

    def run(self, workload, threads, runs, arguments):
        pictures = self.case.path(f"{workload.name}.npy")
        printed = output_of([*self.command, "--threads", threads, "--runs", runs, "--input", pictures, *arguments])
        return json.loads(printed.splitlines()[-1])

    def cold(self, picture, output, threads):
        return [*self.command, "--threads", threads, "--picture", picture, "--output", output]


class Times:
    """Milliseconds by engine and workload."""

    def __init__(self):
        self.all = {}

    def note(self, engine, title, milliseconds):
        self.all.setdefault((engine.name, title), []).extend(milliseconds)
        print(f"{title:15} {engine.name:20} {statistics.median(milliseconds):9.1f} ms", flush=True)

    def median(self, name, title):
        return statistics.median(self.all[name, title])

    def cell(self, name, title):
        """The median, in brackets the minimum."""
        digits = 0 if self.median(name, title) >= 20 else 1
        return f"{self.median(name, title):,.{digits}f} ({min(self.all[name, title]):,.{digits}f})"


def add_options(parser, report):
    """What all comparisons of engines are asked."""
    parser.add_argument(
        "--engines", nargs="*", choices=peers.ENGINES, default=list(peers.ENGINES), help="the peers (default: all)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of weights and pictures")
    parser.add_argument("--graphrun", default=".build/release/graphrun", help="the program to measure")
    parser.add_argument("--graphc", default=".build/release/graphc", help="the program that exports networks")
    parser.add_argument("--no-report", action="store_true", help=f"print the table, and leave {report} as it is")


def settings(options):
    return ["Settings of the peers:", "", *(f"- {name}: {peers.ENGINES[name].settings}" for name in options.engines)]
