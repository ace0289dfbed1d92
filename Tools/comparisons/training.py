"""Measures one training step of EDSR x4 by graphrun and by its peers, and writes its table into Docs/Performance.md.

Each peer lives in a process of its own, which runs a step when it is asked to and rests otherwise; graphrun begins
anew each time. A round measures one after the other, and from round to round ratios are taken, so that what else
the machine does meets all of them. Before, the losses of the first steps are compared. Afterwards graphrun trains
on pictures, which its loader reads, beside steps on a batch in memory.

Run it by Tools/comparisons/training, which builds graphrun and installs the peers.
"""

import argparse
import contextlib
import importlib.metadata
import json
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from safetensors.numpy import load_file, save_file

import training_peers
from edsr import BASELINE, graphrun, random_model
from measuring import count_of, picture, processor, write_section

# Of the losses, relative.
AGREEMENT = 1e-3
# Losses that are compared: one of each batch.
BATCH_COUNT = 5
# In a round, after one step that does not count.
STEPS = 2
LOADER_PAIRS = 60
REPORT = "Docs/Performance.md"


class Ours:
    def __init__(self, comparison):
        self.comparison = comparison
        self.name = self.title = "graphc"
        self.memory, self.peak = 0, 0

    def losses(self):
        """Of a first step on each batch, one after the other."""
        inputs, outputs = self.comparison.path("inputs.safetensors"), self.comparison.path("outputs.safetensors")
        kept, losses = {}, []
        for number, (lr, hr) in enumerate(self.comparison.batches):
            pictures = dict(zip(self.comparison.inputs, (lr.astype(np.float32), hr.astype(np.float32))))
            save_file(pictures | kept, inputs)
            graphrun(
                self.comparison.options.graphrun, "run", self.comparison.pack, "--entry", "train", "--inputs", inputs,
                "-o", outputs, "--scalars", f"learning_rate={training_peers.LEARNING_RATE},step={number + 1}")
            results = load_file(outputs)
            losses.append(float(results[self.comparison.loss]))
            kept = {name.removeprefix("updated."): x for name, x in results.items() if name.startswith("updated.")}
        return losses

    def measure(self):
        report = self.bench("--runs", STEPS)
        self.memory = max(self.memory, report["residentByteCount"])
        self.peak = max(self.peak, report["peakGFLOPS"])
        self.instruction_set = report["instructionSet"]
        return report["runMilliseconds"]

    def bench(self, *arguments):
        options = self.comparison.options
        return json.loads(
            graphrun(
                options.graphrun, "bench", self.comparison.pack, "--workload", "step", "--threads", options.threads,
                "--json", *arguments))


class Peer:
    def __init__(self, comparison, name, resources, module=training_peers):
        self.comparison = comparison
        engine = module.ENGINES[name]
        self.name, self.title = name, f"{name} {importlib.metadata.version(engine.package)}"
        command = [sys.executable, module.__file__, name, comparison.folder]
        self.log = open(comparison.path(f"{name}.log"), "w+")
        self.process = resources.enter_context(
            subprocess.Popen(
                [*command, "--threads", str(comparison.options.threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=self.log, text=True))
        # Where this script ends early, the process does so, too.
        resources.callback(self.process.stdin.close)

    def losses(self):
        return [self.step()["loss"] for _ in self.comparison.batches]

    def measure(self):
        self.step()
        times = [self.step()["milliseconds"] for _ in range(STEPS)]
        # Threads may spin for a while before they rest.
        time.sleep(0.3)
        return times

    def step(self):
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            report = json.loads(self.process.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError):
            self.log.seek(0)
            sys.exit(f"{self.name} ended:\n{self.log.read().strip()}")
        self.memory = report["residentByteCount"]
        return report


class Comparison:
    inputs, loss = ("lr", "hr"), "mae"

    def __init__(self, folder, options, resources):
        self.folder, self.options = folder, options
        random = np.random.default_rng(options.seed)
        self.pack = self.path("edsr.gpack")
        self.batches = [batch(random) for _ in range(BATCH_COUNT)]
        training_peers.write_inputs(
            random_model(options.graphrun, self.pack, "Graphs/edsr.graph", BASELINE, random), self.batches, folder)
        self.ours = Ours(self)
        self.others = [Peer(self, name, resources) for name in options.engines]
        # By engine: the milliseconds of each round's steps.
        self.rounds = {engine.name: [] for engine in [self.ours, *self.others]}
        self.differences = {}

    def path(self, name):
        return f"{self.folder}/{name}"

    def check_agreement(self):
        expected = self.ours.losses()
        for peer in self.others:
            self.differences[peer.name] = max(abs(a - b) / b for a, b in zip(peer.losses(), expected))
            print(f"{peer.name}: losses of {count_of(BATCH_COUNT, 'step')} within {self.differences[peer.name]:.1e}", flush=True)

    def measure_round(self):
        for engine in [self.ours, *self.others]:
            self.rounds[engine.name].append(engine.measure())
        print("  ".join(f"{name} {statistics.median(rounds[-1]):.0f}" for name, rounds in self.rounds.items()), flush=True)

    def measure_loader(self):
        pictures = self.options.data or self.path("pictures")
        if not self.options.data:
            graphrun(self.options.graphrun, "sample-pictures", pictures, "--count", 24, "--size", "2040x1356")
        self.loader = self.ours.bench("--runs", LOADER_PAIRS, "--data", pictures)["loader"]

    def median(self, engine):
        return statistics.median(sum(self.rounds[engine.name], []))

    def ratio(self, peer):
        """The median over the rounds of a peer's time in units of ours."""
        pairs = zip(self.rounds[peer.name], self.rounds[self.ours.name])
        return statistics.median(statistics.median(theirs) / statistics.median(ours) for theirs, ours in pairs)

    def table(self):
        least = {name: min(sum(rounds, [])) for name, rounds in self.rounds.items()}
        lines = ["| | step | in units of graphc | memory | losses apart |", "| --- | --- | --- | --- | --- |"]
        for engine in [self.ours, *sorted(self.others, key=self.ratio)]:
            cells = [engine.title, f"{self.median(engine):,.0f} ({least[engine.name]:,.0f})", "", f"{engine.memory / 2**20:,.0f}", ""]
            if engine is not self.ours:
                cells[2] = f"**{self.ratio(engine):.2f}** ({least[engine.name] / least[self.ours.name]:.2f})"
                cells[4] = f"{self.differences[engine.name]:.0e}"
            lines.append("| " + " | ".join(cells) + " |")
        return lines

    def section(self):
        settings = [f"- {peer.name}: {training_peers.ENGINES[peer.name].settings}" for peer in self.others]
        cost, pairs = 100 * self.loader["cost"], len(self.loader["fedMilliseconds"])
        return "\n".join([
            "Median milliseconds of a step, in brackets the minimum; the median over the rounds of the time in units of graphc's,",
            "in brackets the ratio of the minima; peak resident MiB of the process; how far the losses of the first "
            f"{count_of(BATCH_COUNT, 'step')}",
            f"are from graphc's. {count_of(self.options.threads, 'thread')}, {count_of(self.options.rounds, 'round')}, "
            f"on {processor()}, whose registers",
            f"reach {self.ours.peak:.0f} GFLOP/s ({self.ours.instruction_set}).",
            "", *self.table(), "",
            f"The loader, with {count_of(self.loader['pictures'], 'PNG file')}, changes the time of graphc's step by "
            f"**{cost:+.1f}%**, in the median of {count_of(pairs, 'pair')} of steps.", "",
            "Settings of the peers:", "", *settings, "",
        ])


def batch(random, scale=4):
    """Smooth random pictures, and their reductions by mean."""
    hr = picture(random, 16, 24 * scale, 24 * scale)
    lr = hr.reshape(16, 24, scale, 24, scale, 3).mean((2, 4))
    return np.rint(lr).astype(np.uint8), hr


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = list(training_peers.ENGINES)
    parser.add_argument("--engines", nargs="*", choices=names, default=names, help="the peers (default: all)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of weights and batches")
    parser.add_argument("--data", help="a folder of pictures for the loader (default: pictures that are made for it)")
    parser.add_argument("--graphrun", default=".build/release/graphrun", help="the program to measure")
    parser.add_argument("--no-report", action="store_true", help=f"print the table, and leave {REPORT} as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as resources:
        comparison = Comparison(folder, options, resources)
        comparison.check_agreement()
        for number in range(options.rounds):
            print(f"{number + 1}/{options.rounds}", end="  ", flush=True)
            comparison.measure_round()
        comparison.measure_loader()
    print(comparison.section())
    if not options.no_report:
        write_section(REPORT, "Tools/comparisons/training", comparison.section())
    apart = [name for name, difference in comparison.differences.items() if difference > AGREEMENT]
    if apart:
        sys.exit(f"losses more than {AGREEMENT} from graphc's: {', '.join(apart)}")


if __name__ == "__main__":
    main()
