"""Measures EDSR x4 by graphrun and by its peers, and writes the table of Docs/Performance.md; or any other model.

Every measurement is a process of its own: it loads the model, runs it once, then a few times that count. A round
measures each workload by one engine after the other, so that what else the machine does meets all of them; the
figures are medians over the runs of all rounds.

Run it by Tools/compare, which builds graphrun and installs the peers.
"""

import argparse
import sys
import tempfile
import time

import numpy as np
from PIL import Image

import engines
from edsr import BASELINE, random_model
from engines import AGREEMENT, Case, Times, Workload
from measuring import count_of, output_of, picture, processor, write_section

REPORT = "Docs/Performance.md"
WORKLOADS = [
    Workload("tile", "tile", (1, 128, 128), runs=5),
    Workload("tile, 1 thread", "tile", (1, 128, 128), runs=3, threads=1),
    Workload("photo", "photo", (1, 339, 510), runs=2),
    Workload("patches", "patches", (16, 24, 24), runs=5),
]
COLD = "cold"


class Comparison:
    def __init__(self, folder, options):
        self.options = options
        random = np.random.default_rng(options.seed)
        pack = f"{folder}/network.gpack"
        if options.model:
            self.take(options.model, pack)
        else:
            random_model(options.graphrun, pack, "Graphs/edsr.graph", BASELINE, random)
        pictures = {workload.name: picture(random, *workload.shape) for workload in WORKLOADS}
        self.case = Case(folder, pack, pictures, options)
        Image.fromarray(pictures["tile"][0]).save(self.case.path("tile.png"))
        self.times = Times()
        # Bytes and grey levels by engine.
        self.memory, self.differences = {}, {}

    def take(self, model, pack):
        """A model of the user's as a pack."""
        own = ("compile" if model.endswith(".graph") else "import") if not model.endswith(".gpack") else None
        if own is None:
            import shutil

            shutil.copyfile(model, pack)
        elif own == "compile":
            output_of([self.options.graphc, "compile", model, "-o", pack])
        else:
            output_of([self.options.graphc, "import", model, "-o", pack.replace(".gpack", ".graph")])

    def check_agreement(self):
        """The largest difference of each peer's results from ours, over all workloads."""
        for workload in WORKLOADS:
            if workload.threads:
                continue
            for name, difference in self.case.differences(workload).items():
                self.differences[name] = max(difference, self.differences.get(name, 0))
        for name, reason in self.case.refused.items():
            print(f"{name} does not run it: {reason}", flush=True)

    def measure_round(self):
        for workload in WORKLOADS:
            for engine in self.case.engines:
                report = engine.measure(workload, workload.threads or self.options.threads)
                self.times.note(engine, workload.title, report["runMilliseconds"])
                if workload.title == "photo":
                    self.memory.setdefault(engine.name, []).append(report["residentByteCount"])
        for engine in self.case.engines:
            large = self.case.path("large.png")
            command = engine.cold(self.case.path("tile.png"), large, self.options.threads)
            start = time.perf_counter()
            output_of(command)
            self.times.note(engine, COLD, [1000 * (time.perf_counter() - start)])
            if not self.options.model and Image.open(large).size != (512, 512):
                sys.exit(f"{engine.name} wrote no picture of 512 x 512 pixels")

    def table(self):
        titles = [workload.title for workload in WORKLOADS] + [COLD]
        memory = {name: max(counts) / 2**20 for name, counts in self.memory.items()}
        ours, *others = [engine.name for engine in self.case.engines]
        lines = ["| | " + " | ".join([*titles, "memory, photo", "difference"]) + " |", "| --- " * (len(titles) + 3) + "|"]
        for name in [ours, *sorted(others, key=lambda name: self.times.median(name, "tile"))]:
            cells = [self.times.cell(name, title) for title in titles]
            difference = f"{self.differences[name]:.4f}" if name in self.differences else ""
            lines.append("| " + " | ".join([name, *cells, f"{memory[name]:,.0f}", difference]) + " |")
        if others:
            median = self.times.median
            ratios = [min(median(name, title) for name in others) / median(ours, title) for title in titles]
            ratios.append(min(memory[name] for name in others) / memory[ours])
            lines.append("| the best peer, in units of graphc | " + " | ".join(f"**{ratio:.2f}**" for ratio in ratios) + " | |")
        return lines

    def section(self):
        """What goes into the report: the table, and what it was measured with."""
        ours = self.case.ours
        peaks = " and ".join(f"{peak:.0f} GFLOP/s on {count_of(threads, 'thread')}" for threads, peak in sorted(ours.peaks.items()))
        return "\n".join([
            f"Median milliseconds, in brackets the minimum; peak resident MiB of the process; grey levels between a peer's",
            f"results and graphc's. {count_of(self.options.threads, 'thread')} where nothing else is said, "
            f"{count_of(self.options.rounds, 'round')}, on {processor()}, whose",
            f"registers reach {peaks} ({ours.instruction_set}).",
            "", *self.table(), "", *engines.settings(self.options), "",
        ])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engines.add_options(parser, REPORT)
    parser.add_argument(
        "--model", metavar="FILE", help="another model than EDSR: .gpack, .graph, or what graphc imports; leaves the report as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(folder, options)
        comparison.check_agreement()
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)
            comparison.measure_round()
    print(comparison.section())
    if not options.no_report and not options.model:
        write_section(REPORT, "Tools/compare", comparison.section())
    apart = [name for name, difference in comparison.differences.items() if difference > AGREEMENT]
    if apart:
        sys.exit(f"more than {AGREEMENT} grey levels from graphc: {', '.join(apart)}")


if __name__ == "__main__":
    main()
