"""Measures seventeen networks by graphrun and by its peers, and writes their table into Docs/Performance.md.

Each network gets random weights, which every engine has from one file. Results are compared first. Then a round measures
one network after the other, each by one engine after the other in a process of its own.

Run it by Tools/compare-models, which builds graphrun and graphc and installs the peers.
"""

import argparse
import contextlib
import sys
import tempfile

import numpy as np

import engines
from edsr import random_model
from engines import AGREEMENT, Case, Times, Workload
from measuring import count_of, picture, processor, write_section

REPORT = "Docs/Performance.md"
TILE = Workload("tile", "tile", (1, 128, 128), runs=3)
NETWORKS = {
    "EDSR, 256 filters": ("Graphs/edsr.graph", dict(filters=256, blocks=16, residual=0.1)),
    "EDSR, 16 filters": ("Graphs/edsr.graph", dict(filters=16, blocks=16)),
    "EDSR, 60 filters": ("Graphs/edsr.graph", dict(filters=60, blocks=16)),
    "DnCNN": ("Graphs/dncnn.graph", {}),
    "RRDB, 4 blocks": ("Graphs/rrdb.graph", dict(blocks=4)),
    "ESPCN": ("Graphs/espcn.graph", dict(scale=4)),
    "SRVGG, leaky ReLU": ("Tests/Networks/srvgg-leaky.graph", {}),
    "SRVGG, PReLU": ("Graphs/srvgg.graph", dict(convs=16)),
    "VDSR": ("Graphs/vdsr.graph", {}),
    "U-Net, strides": ("Tests/Networks/unet-strided.graph", {}),
    "U-Net, max pooling": ("Graphs/unet.graph", {}),
    "SRResNet": ("Graphs/srresnet.graph", {}),
    "5x5 alone": ("Tests/Networks/conv5.graph", {}),
    "FSRCNN": ("Graphs/fsrcnn.graph", {}),
    "RCAN, 2 x 4 blocks": ("Graphs/rcan.graph", dict(groups=2, blocks=4)),
    "IMDN": ("Graphs/imdn.graph", {}),
    "depthwise": ("Tests/Networks/mobile.graph", {}),
}


class Comparison:
    def __init__(self, resources, options):
        self.options = options
        self.cases, self.missing, self.differences, self.times = {}, {}, {}, Times()
        for title in options.networks:
            random = np.random.default_rng(options.seed)
            folder = resources.enter_context(tempfile.TemporaryDirectory())
            graph, definitions = NETWORKS[title]
            pack = f"{folder}/network.gpack"
            random_model(options.graphrun, pack, graph, definitions, random)
            try:
                self.cases[title] = Case(folder, pack, {TILE.name: picture(random, *TILE.shape)}, options)
            except SystemExit as error:
                self.missing[title] = str(error).splitlines()[-1]
                print(f"{title}: {self.missing[title]}", flush=True)

    def check_agreement(self):
        for title, case in self.cases.items():
            print(title, flush=True)
            for name, difference in case.differences(TILE).items():
                self.differences[title, name] = difference
            for name, reason in case.refused.items():
                print(f"{name} does not run it: {reason}", flush=True)

    def measure_round(self):
        for title, case in self.cases.items():
            for engine in case.engines:
                report = engine.measure(TILE, self.options.threads)
                self.times.note(engine, title, report["runMilliseconds"])

    def names(self):
        """Of the peers, in the order in which they were asked for."""
        return list(dict.fromkeys(peer.name for case in self.cases.values() for peer in case.peers))

    def table(self):
        names = self.names()
        lines = ["| | " + " | ".join(["graphc", *names, "fastest peer ÷ graphc", "difference"]) + " |"]
        lines.append("| --- " * (len(names) + 4) + "|")
        for title, case in self.cases.items():
            running = [peer.name for peer in case.peers]
            cells = [self.times.cell(name, title) if name in running else "" for name in names]
            ratio, apart = "", ""
            if running:
                fastest = min(self.times.median(name, title) for name in running)
                ratio = f"**{fastest / self.times.median('graphc', title):.2f}**"
                apart = f"{max(self.differences[title, name] for name in running):.4f}"
            lines.append("| " + " | ".join([title, self.times.cell("graphc", title), *cells, ratio, apart]) + " |")
        return lines

    def section(self):
        ours = next(iter(self.cases.values())).ours
        refused = [
            f"- {title}: {name}: {reason}" for title, case in self.cases.items() for name, reason in case.refused.items()
        ] + [f"- {title}: {reason}" for title, reason in self.missing.items()]
        notes = ["What does not run:", "", *refused, ""] if refused else []
        return "\n".join([
            "Median milliseconds of a picture of 128 × 128 pixels, in brackets the minimum; the largest difference of any peer's",
            f"results from graphc's in grey levels. {count_of(self.options.threads, 'thread')}, "
            f"{count_of(self.options.rounds, 'round')} of {count_of(TILE.runs, 'run')}, on {processor()}",
            f"({ours.instruction_set}).",
            "", *self.table(), "", *notes,
        ])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engines.add_options(parser, REPORT)
    parser.set_defaults(engines=["Ncnn", "OpenVINO", "ONNXRuntime", "PyTorch"])
    parser.add_argument("--networks", nargs="*", choices=NETWORKS, default=list(NETWORKS), metavar="NAME", help="default: all")
    options = parser.parse_args()
    with contextlib.ExitStack() as resources:
        comparison = Comparison(resources, options)
        comparison.check_agreement()
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)
            comparison.measure_round()
        section = comparison.section()
    print(section)
    if not options.no_report:
        write_section(REPORT, "Tools/compare-models", section)
    apart = [f"{name} on {title}" for (title, name), x in comparison.differences.items() if x > AGREEMENT]
    if apart:
        sys.exit(f"more than {AGREEMENT} grey levels from graphc: {', '.join(apart)}")


if __name__ == "__main__":
    main()
