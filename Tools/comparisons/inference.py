"""Measures EDSR x4 by graphrun and by its peers, and writes the table of Docs/Performance.md.

Every measurement is a process of its own: it loads the model, runs it once, then a few times that count. A round
measures each workload by one engine after the other, so that what else the machine does meets all of them; the
figures are medians over the runs of all rounds.

Run it by Tools/compare, which builds graphrun and installs the peers.
"""

import argparse
import importlib.metadata
import json
import statistics
import sys
import tempfile
import time

import numpy as np
from PIL import Image
from safetensors.numpy import load_file, save_file

import peers
from edsr import BASELINE, graphrun, random_model
from measuring import count_of, output_of, picture, processor, write_section

# In grey levels, for every pixel of every result.
AGREEMENT = 0.01
REPORT = "Docs/Performance.md"


class Workload:
    def __init__(self, title, name, shape, runs, threads=None):
        self.title, self.name, self.shape, self.runs, self.threads = title, name, shape, runs, threads


WORKLOADS = [
    Workload("tile", "tile", (1, 128, 128), runs=5),
    Workload("tile, 1 thread", "tile", (1, 128, 128), runs=3, threads=1),
    Workload("photo", "photo", (1, 339, 510), runs=2),
    Workload("patches", "patches", (16, 24, 24), runs=5),
]
COLD = "cold"


class Ours:
    name = "graphc"

    def __init__(self, comparison):
        self.comparison = comparison
        self.program = comparison.options.graphrun
        self.peaks = {}

    def measure(self, workload, threads):
        report = json.loads(
            graphrun(
                self.program, "bench", self.comparison.pack, "--workload", workload.name, "--threads", threads,
                "--runs", workload.runs, "--json"))
        self.peaks[threads] = max(report["peakGFLOPS"], self.peaks.get(threads, 0))
        self.instruction_set = report["instructionSet"]
        return report

    def result(self, workload):
        inputs, outputs = self.comparison.path("inputs.safetensors"), self.comparison.path("outputs.safetensors")
        save_file({"lr": self.comparison.pictures[workload.name].astype(np.float32)}, inputs)
        graphrun(
            self.program, "run", self.comparison.pack, "--entry", "forward", "--bands", 16, "--inputs", inputs, "-o", outputs)
        return load_file(outputs)["sr"]

    def cold(self, picture, output, threads):
        return [self.program, "infer", self.comparison.pack, picture, "-o", output, "--threads", threads]


class Peer:
    def __init__(self, comparison, engine):
        self.comparison = comparison
        self.name = f"{engine.__name__} {importlib.metadata.version(engine.package)}"
        self.command = [sys.executable, "Tools/comparisons/peers.py", engine.__name__, comparison.folder]

    def measure(self, workload, threads):
        return self.run(workload, threads, workload.runs, [])

    def result(self, workload, threads):
        output = self.comparison.path("output.npy")
        self.run(workload, threads, 0, ["--output", output])
        return np.load(output)

    def run(self, workload, threads, runs, arguments):
        pictures = self.comparison.path(f"{workload.name}.npy")
        printed = output_of([*self.command, "--threads", threads, "--runs", runs, "--input", pictures, *arguments])
        return json.loads(printed.splitlines()[-1])

    def cold(self, picture, output, threads):
        return [*self.command, "--threads", threads, "--picture", picture, "--output", output]


class Comparison:
    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        random = np.random.default_rng(options.seed)
        self.pack = self.path("edsr.gpack")
        peers.write_models(random_model(options.graphrun, self.pack, BASELINE, random), folder)
        self.pictures = {workload.name: picture(random, *workload.shape) for workload in WORKLOADS}
        for name, pixels in self.pictures.items():
            np.save(self.path(f"{name}.npy"), pixels)
        Image.fromarray(self.pictures["tile"][0]).save(self.path("tile.png"))
        self.engines = [Ours(self), *(Peer(self, peers.ENGINES[name]) for name in options.engines)]
        # Milliseconds by engine and workload, bytes and grey levels by engine.
        self.times, self.memory, self.differences = {}, {}, {}

    def path(self, name):
        return f"{self.folder}/{name}"

    def check_agreement(self):
        """The largest difference of each peer's results from ours, over all workloads."""
        ours, *others = self.engines
        for workload in WORKLOADS:
            if workload.threads:
                continue
            expected = ours.result(workload)
            for engine in others:
                difference = float(np.abs(engine.result(workload, self.options.threads) - expected).max())
                self.differences[engine.name] = max(difference, self.differences.get(engine.name, 0))
                print(f"{engine.name}, {workload.title}: at most {difference:.5f} grey levels from graphc's", flush=True)

    def measure_round(self):
        for workload in WORKLOADS:
            for engine in self.engines:
                report = engine.measure(workload, workload.threads or self.options.threads)
                self.note(engine, workload.title, report["runMilliseconds"])
                if workload.title == "photo":
                    self.memory.setdefault(engine.name, []).append(report["residentByteCount"])
        for engine in self.engines:
            command = engine.cold(self.path("tile.png"), self.path("large.png"), self.options.threads)
            start = time.perf_counter()
            output_of(command)
            self.note(engine, COLD, [1000 * (time.perf_counter() - start)])
            if Image.open(self.path("large.png")).size != (512, 512):
                sys.exit(f"{engine.name} wrote no picture of 512 x 512 pixels")

    def note(self, engine, title, milliseconds):
        self.times.setdefault((engine.name, title), []).extend(milliseconds)
        print(f"{title:15} {engine.name:20} {statistics.median(milliseconds):9.1f} ms", flush=True)

    def table(self):
        titles = [workload.title for workload in WORKLOADS] + [COLD]
        medians = {key: statistics.median(times) for key, times in self.times.items()}
        memory = {name: max(counts) / 2**20 for name, counts in self.memory.items()}
        ours, *others = [engine.name for engine in self.engines]
        lines = ["| | " + " | ".join([*titles, "memory, photo", "difference"]) + " |", "| --- " * (len(titles) + 3) + "|"]
        for name in [ours, *sorted(others, key=lambda name: medians[name, "tile"])]:
            cells = [f"{medians[name, title]:,.0f} ({min(self.times[name, title]):,.0f})" for title in titles]
            difference = f"{self.differences[name]:.4f}" if name in self.differences else ""
            lines.append("| " + " | ".join([name, *cells, f"{memory[name]:,.0f}", difference]) + " |")
        if others:
            ratios = [min(medians[name, title] for name in others) / medians[ours, title] for title in titles]
            ratios.append(min(memory[name] for name in others) / memory[ours])
            lines.append("| the best peer, in units of graphc | " + " | ".join(f"**{ratio:.2f}**" for ratio in ratios) + " | |")
        return lines

    def section(self):
        """What goes into the report: the table, and what it was measured with."""
        ours = self.engines[0]
        peaks = " and ".join(f"{peak:.0f} GFLOP/s on {count_of(threads, 'thread')}" for threads, peak in sorted(ours.peaks.items()))
        settings = [f"- {name}: {peers.ENGINES[name].settings}" for name in self.options.engines]
        return "\n".join([
            f"Median milliseconds, in brackets the minimum; peak resident MiB of the process; grey levels between a peer's",
            f"results and graphc's. {count_of(self.options.threads, 'thread')} where nothing else is said, "
            f"{count_of(self.options.rounds, 'round')}, on {processor()}, whose",
            f"registers reach {peaks} ({ours.instruction_set}).",
            "", *self.table(), "", "Settings of the peers:", "", *settings, "",
        ])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", nargs="*", choices=peers.ENGINES, default=list(peers.ENGINES), help="the peers (default: all)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of weights and pictures")
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
        write_section(REPORT, "Tools/compare", comparison.section())
    apart = [name for name, difference in comparison.differences.items() if difference > AGREEMENT]
    if apart:
        sys.exit(f"more than {AGREEMENT} grey levels from graphc: {', '.join(apart)}")


if __name__ == "__main__":
    main()
