"""Measures one training step of EDSR x4 by graphrun and by its peers, and writes its table into Docs/Performance.md.

Every measurement is a process of its own: it loads weights and batches, runs a step on each batch, and then the
steps that count. A round measures one engine after the other, so that what else the machine does meets all of
them. Before, the losses of the first steps are compared. In each round graphrun also trains on pictures, which
its loader reads, beside steps on a batch in memory.

Run it by Tools/compare-training, which builds graphrun and installs the peers.
"""

import argparse
import importlib.metadata
import json
import statistics
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

import training_peers
from edsr import BASELINE, graphrun, random_model
from measuring import count_of, output_of, picture, processor, write_section

# Of the losses, relative.
AGREEMENT = 1e-3
BATCH_COUNT = 5
RUNS = 5
REPORT = "Docs/Performance.md"


class Comparison:
    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        random = np.random.default_rng(options.seed)
        self.pack = f"{folder}/edsr.gpack"
        self.batches = [batch(random) for _ in range(BATCH_COUNT)]
        training_peers.write_inputs(
            random_model(options.graphrun, self.pack, BASELINE, random), self.batches, folder)
        self.pictures = options.data or f"{folder}/pictures"
        if not options.data:
            graphrun(options.graphrun, "sample-pictures", self.pictures, "--count", 24, "--size", "2040x1356")
        # By engine.
        self.times = {name: [] for name in ["graphc", *options.engines]}
        self.memory = {name: 0 for name in self.times}
        self.differences = {}
        # Shares of a step, of all pairs of steps.
        self.loader_costs = []
        self.peak = 0

    def losses(self):
        """Of graphrun's first step on each batch, one after the other."""
        inputs, outputs = f"{self.folder}/inputs.safetensors", f"{self.folder}/outputs.safetensors"
        kept, losses = {}, []
        for number, (lr, hr) in enumerate(self.batches):
            save_file({"lr": lr.astype(np.float32), "hr": hr.astype(np.float32)} | kept, inputs)
            graphrun(
                self.options.graphrun, "run", self.pack, "--entry", "train", "--inputs", inputs, "-o", outputs,
                "--scalars", f"learning_rate={training_peers.LEARNING_RATE},step={number + 1}")
            results = load_file(outputs)
            losses.append(float(results["mae"]))
            kept = {name.removeprefix("updated."): x for name, x in results.items() if name.startswith("updated.")}
        return losses

    def check_agreement(self):
        expected = self.losses()
        for name in self.options.engines:
            losses = self.run(name, runs=0)["losses"]
            self.differences[name] = max(abs(a - b) / b for a, b in zip(losses, expected))
            print(f"{name}: losses of {count_of(BATCH_COUNT, 'step')} within {self.differences[name]:.1e}", flush=True)

    def measure_round(self):
        report = self.bench()
        self.peak = max(self.peak, report["peakGFLOPS"])
        self.instruction_set = report["instructionSet"]
        self.note("graphc", report)
        for name in self.options.engines:
            self.note(name, self.run(name, RUNS))
        loader = self.bench("--data", self.pictures)["loader"]
        self.picture_count = loader["pictures"]
        pairs = list(zip(loader["fedMilliseconds"], loader["heldMilliseconds"]))
        self.loader_costs += [fed / held - 1 for fed, held in pairs]
        print(f"the loader costs {100 * loader['cost']:.1f}%", flush=True)

    def bench(self, *arguments):
        return json.loads(
            graphrun(
                self.options.graphrun, "bench", self.pack, "--workload", "step", "--threads", self.options.threads,
                "--runs", 2 * RUNS, "--json", *arguments))

    def run(self, name, runs):
        command = [sys.executable, "Tools/training_peers.py", name, self.folder, "--threads", self.options.threads]
        return json.loads(output_of([*command, "--runs", runs]).splitlines()[-1])

    def note(self, name, report):
        self.times[name] += report["runMilliseconds"]
        self.memory[name] = max(self.memory[name], report["residentByteCount"])
        print(f"{name:16} {statistics.median(report['runMilliseconds']):9.1f} ms", flush=True)

    def table(self):
        medians = {name: statistics.median(times) for name, times in self.times.items()}
        minima = {name: min(times) for name, times in self.times.items()}
        lines = ["| | step | in units of graphc | memory | losses apart |", "| --- | --- | --- | --- | --- |"]
        for name in ["graphc", *sorted(self.options.engines, key=medians.get)]:
            ratio = f"**{medians[name] / medians['graphc']:.2f}** ({minima[name] / minima['graphc']:.2f})"
            apart = f"{self.differences[name]:.0e}" if name in self.differences else ""
            cells = [self.title(name), f"{medians[name]:,.0f} ({minima[name]:,.0f})", "" if name == "graphc" else ratio]
            lines.append("| " + " | ".join([*cells, f"{self.memory[name] / 2**20:,.0f}", apart]) + " |")
        return lines

    def title(self, name):
        if name == "graphc":
            return name
        engine = training_peers.ENGINES[name]
        return f"{name} {importlib.metadata.version(engine.package)}"

    def section(self):
        settings = [f"- {name}: {training_peers.ENGINES[name].settings}" for name in self.options.engines]
        return "\n".join([
            "Median milliseconds of a step, in brackets the minimum, and both in units of graphc's; peak resident MiB of the",
            f"process; how far the losses of the first {count_of(BATCH_COUNT, 'step')} are from graphc's. "
            f"{count_of(self.options.threads, 'thread')}, {count_of(self.options.rounds, 'round')}, on",
            f"{processor()}, whose registers reach {self.peak:.0f} GFLOP/s ({self.instruction_set}).",
            "", *self.table(), "",
            f"Fed by the loader from {count_of(self.picture_count, 'PNG file')}, a step of graphc takes "
            f"**{100 * statistics.median(self.loader_costs):+.1f}%** longer than on a batch in memory:",
            f"the median of {count_of(len(self.loader_costs), 'pair')} of steps.", "",
            "Settings of the peers:", "", *settings, "",
        ])


def batch(random):
    """Smooth random pictures, and their reductions by mean."""
    hr = picture(random, 16, 96, 96)
    lr = hr.reshape(16, 24, 4, 24, 4, 3).mean((2, 4))
    return np.rint(lr).astype(np.uint8), hr


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = list(training_peers.ENGINES)
    parser.add_argument("--engines", nargs="*", choices=names, default=names, help="the peers (default: all)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of weights and batches")
    parser.add_argument("--data", help="a folder of pictures for the loader (default: pictures that are made for it)")
    parser.add_argument("--graphrun", default=".build/release/graphrun", help="the program to measure")
    parser.add_argument("--no-report", action="store_true", help=f"print the table, and leave {REPORT} as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(folder, options)
        comparison.check_agreement()
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)
            comparison.measure_round()
    print(comparison.section())
    if not options.no_report:
        write_section(REPORT, "Tools/compare-training", comparison.section())
    apart = [name for name, difference in comparison.differences.items() if difference > AGREEMENT]
    if apart:
        sys.exit(f"losses more than {AGREEMENT} from graphc's: {', '.join(apart)}")


if __name__ == "__main__":
    main()
