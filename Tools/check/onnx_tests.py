"""ONNX's own tests by graphc and graphrun. See Tools/check/onnx."""

import argparse
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

FOLDERS = ["node", "simple", "pytorch-converted", "pytorch-operator"]


def tensors(folder, kind):
    values = []
    for index in range(len(glob.glob(f"{folder}/{kind}_*.pb"))):
        tensor = onnx.TensorProto()
        with open(f"{folder}/{kind}_{index}.pb", "rb") as file:
            tensor.ParseFromString(file.read())
        values.append(numpy_helper.to_array(tensor))
    return values


def declared(graph):
    """Names and element types of a graph's inputs or outputs, in order."""
    return [(name, element, text.count(",") + 1 if text else 0) for name, element, text in re.findall(r"(\w+): (\w+)\[([^]]*)\]", graph)]


def run(commands, test, work):
    """None where the numbers are the expected ones, else why not."""
    graph = f"{work}/net.graph"
    imported = subprocess.run(
        [f"{commands}/graphc", "import", f"{test}/model.onnx", "-o", graph, "--pixels", "none"], capture_output=True, text=True)
    if imported.returncode != 0:
        return "refused", imported.stderr.strip().split("\n")[0]
    with open(graph) as file:
        header = re.search(r"graph \w+\s*\((.*?)\)\s*->\s*\((.*?)\)", file.read(), re.S)
    inputs, outputs = declared(header[1]), declared(header[2])
    model = onnx.load(f"{test}/model.onnx")
    constants = {tensor.name for tensor in model.graph.initializer}
    known = [value.name for value in model.graph.input if value.name not in constants]
    for data in sorted(glob.glob(f"{test}/test_data_set_*")):
        given, expected = tensors(data, "input"), tensors(data, "output")
        feed = {}
        for (name, _, _), value in zip(inputs, [v for v, _ in zip(given, known)]):
            value = value.astype(np.float32)
            feed[name] = np.ascontiguousarray(value.transpose(0, 2, 3, 1) if value.ndim == 4 else value)
        save_file(feed, f"{work}/in.safetensors")
        ran = subprocess.run(
            [f"{commands}/graphrun", "run", f"{work}/net.gpack", "--entry", "forward", "--inputs", f"{work}/in.safetensors",
             "-o", f"{work}/out.safetensors"], capture_output=True, text=True)
        if ran.returncode != 0:
            return "failed", ran.stderr.strip().split("\n")[0]
        found = load_file(f"{work}/out.safetensors")
        for (name, _, _), value in zip(outputs, expected):
            result = found[name]
            result = result.transpose(0, 3, 1, 2) if result.ndim == 4 else result
            value = value.astype(np.float32)
            if result.shape != value.shape:
                return "wrong", f"{name} is {result.shape}, expected {value.shape}"
            if not np.allclose(result, value, rtol=1e-3, atol=1e-4, equal_nan=True):
                return "wrong", f"{name} differs by {np.abs(result - value).max()}"
    return "passed", ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--commands", required=True)
    parser.add_argument("--folder", choices=FOLDERS, action="append")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    root = os.path.join(os.path.dirname(onnx.__file__), "backend/test/data")
    table = collections.defaultdict(collections.Counter)
    totals = collections.defaultdict(collections.Counter)
    reasons = collections.defaultdict(collections.Counter)
    bad = []
    for folder in arguments.folder or FOLDERS:
        for test in sorted(glob.glob(f"{root}/{folder}/*/model.onnx")):
            test = os.path.dirname(test)
            with tempfile.TemporaryDirectory() as work:
                outcome, reason = run(arguments.commands, test, work)
            ops = {node.op_type for node in onnx.load(f"{test}/model.onnx").graph.node}
            name = os.path.basename(test)
            for op in ops:
                table[op][outcome] += 1
            totals[folder][outcome] += 1
            if outcome == "refused":
                words = reason.split(": ", 2)[-1]
                reasons[re.sub(r"\([^)]*\)", "", words)[:110]][outcome] += 1
            elif outcome != "passed":
                bad.append((name, outcome, reason))
            if arguments.verbose:
                print(f"{outcome:8} {name} {reason}")
    print(f"{'op':28}passed refused  wrong failed")
    for op in sorted(table):
        print(f"{op:28}" + "".join(f"{table[op][outcome]:7}" for outcome in ["passed", "refused", "wrong", "failed"]))
    for folder, counts in totals.items():
        print(f"{folder}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()))
    for name, outcome, reason in bad:
        print(f"{outcome}: {name}: {reason}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
