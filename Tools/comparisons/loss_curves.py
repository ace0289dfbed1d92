"""Compares how training goes by the best kernels (Winograd's algorithm, composed convolutions) and by direct convolution.

Rounding differs between the two, and training magnifies any difference, however small. So each path trains twice
from each seed: from the same weights, and from weights that differ in the last bit of every number. If the best kernels'
rounding does no harm, curves of different paths are no further apart than curves of one path; and both are far
closer than curves of different seeds.

A curve is the mean loss of every 20 steps. A distance is the root of the mean square of the differences of two
curves. Run it by Tools/comparisons/loss-curves, which builds graphrun.
"""

import argparse
import csv
import itertools
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

from edsr import graphrun
from measuring import count_of, write_section

PATHS = ["best", "direct"]
STEPS_PER_POINT = 20
# What different paths may be further apart than runs of one.
ALLOWANCE = 1.5
REPORT = "Docs/Training.md"

# As wide as the baseline, so that its last convolutions are composed.
SMALL = dict(filters=64, blocks=2)
SMALL_RECIPE = ["--batch", 4, "--patch", 96, "--lr", 1e-3, "--lr-schedule", "constant"]


class Comparison:
    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        self.parameters, self.recipe = ({}, []) if options.edsr else (SMALL, SMALL_RECIPE)
        self.data = options.data or f"{folder}/pictures"
        if not options.data:
            graphrun(options.graphrun, "sample-pictures", self.data, "--count", 40, "--size", "384x288")
        # By seed, path, and whether the last bits of the weights are others: the loss of each 20 steps.
        self.curves = {}

    def train_all(self):
        for seed in range(self.options.seeds):
            for changes_last_bits in [False, True]:
                pack = self.model(seed, changes_last_bits)
                for path in PATHS:
                    curve = self.train(pack, seed, path)
                    self.curves[seed, path, changes_last_bits] = curve
                    last = "other last bits" if changes_last_bits else ""
                    print(f"seed {seed} {path:8} loss {curve[0]:.3f} … {curve[-1]:.3f} {last}", flush=True)

    def model(self, seed, changes_last_bits):
        """A pack with a seed's fresh weights."""
        definitions = [part for name, value in self.parameters.items() for part in ("-D", f"{name}={value}")]
        weights, pack = f"{self.folder}/weights.safetensors", f"{self.folder}/model.gpack"
        graphrun(
            self.options.graphrun, "weights", "export", "Graphs/edsr.graph", "--seed", seed, *definitions, "-o", weights)
        if changes_last_bits:
            save_file({name: (x.view(np.uint32) ^ 1).view(np.float32) for name, x in load_file(weights).items()}, weights)
        graphrun(self.options.graphrun, "weights", "import", "Graphs/edsr.graph", weights, *definitions, "-o", pack)
        return pack

    def train(self, pack, seed, path):
        run = f"{self.folder}/run"
        graphrun(
            self.options.graphrun, "train", pack, "--data", self.data, "--out", run, "--overwrite", "--algorithm", path,
            "--seed", seed, "--steps-per-epoch", STEPS_PER_POINT, "--epochs", self.options.steps // STEPS_PER_POINT,
            "--patience", self.options.steps, "--validation-crops", 1, *self.recipe)
        with open(f"{run}/history.csv") as file:
            return np.array([float(row["mae"]) for row in csv.DictReader(file)])

    def distances(self, points):
        """Of curves of one path and seed, of different paths and one seed, and of one path and different seeds."""
        within, between, seeds = [], [], []
        for (a, x), (b, y) in itertools.combinations(self.curves.items(), 2):
            square = np.mean((x[points] - y[points]) ** 2)
            if a[0] != b[0]:
                seeds.append(square) if a[1] == b[1] else None
            else:
                (within if a[1] == b[1] else between).append(square)
        return [float(np.sqrt(np.mean(squares))) if squares else float("nan") for squares in (within, between, seeds)]

    def bias(self, points):
        """By how much the loss by the best kernels is larger, and the standard error of that, over the seeds."""
        means = {key: curve[points].mean() for key, curve in self.curves.items()}
        differences = [
            np.mean([means[seed, "best", last] - means[seed, "direct", last] for last in (False, True)])
            for seed in range(self.options.seeds)
        ]
        error = np.std(differences, ddof=1) / np.sqrt(len(differences)) if len(differences) > 1 else float("nan")
        return float(np.mean(differences)), float(error)

    def windows(self):
        count = self.options.steps // STEPS_PER_POINT
        edges = np.linspace(0, count, 6).astype(int)
        return [(first * STEPS_PER_POINT + 1, last * STEPS_PER_POINT, slice(first, last)) for first, last in zip(edges, edges[1:])]

    def section(self):
        what = "with its defaults" if self.options.edsr else "of 64 filters and 2 blocks, batches of 4 crops of 96 pixels, rate 1e-3"
        lines = [
            f"EDSR x4 {what}; {count_of(self.options.seeds, 'seed')}, each trained twice by each algorithm.", "",
            "| steps | loss | one algorithm, last bits differ | best and direct | seeds differ | best − direct |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for first, last, points in [*self.windows(), (1, self.options.steps, slice(None))]:
            within, between, seeds = self.distances(points)
            mean, error = self.bias(points)
            loss = np.mean([curve[points].mean() for curve in self.curves.values()])
            lines.append(
                f"| {first:,} … {last:,} | {loss:.3f} | {within:.4f} | {between:.4f} | {seeds:.2f} | {mean:+.4f} ± {error:.4f} |")
        return "\n".join([*lines, ""])

    def holds(self):
        within, between, seeds = self.distances(slice(None))
        return between <= ALLOWANCE * within and between < seeds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edsr", action="store_true", help="EDSR's and training's defaults, for about an hour")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--data", help="a folder of pictures (default: pictures that are made for it)")
    parser.add_argument("--graphrun", default=".build/release/graphrun", help="the program to check")
    parser.add_argument("--no-report", action="store_true", help=f"print the table, and leave {REPORT} as it is")
    options = parser.parse_args()
    if options.seeds < 2 or options.steps < 5 * STEPS_PER_POINT or options.steps % STEPS_PER_POINT:
        parser.error(f"give at least 2 seeds, and at least {5 * STEPS_PER_POINT} steps, a multiple of {STEPS_PER_POINT}")
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(folder, options)
        comparison.train_all()
    print(comparison.section())
    if not options.no_report:
        write_section(REPORT, "Tools/comparisons/loss-curves", comparison.section())
    if not comparison.holds():
        sys.exit("the loss curves of the two algorithms are further apart than those of one")


if __name__ == "__main__":
    main()
