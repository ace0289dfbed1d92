"""ONNX's own tests by graphc and graphrun. See Tools/check/onnx.

Tests give everything as inputs, also what a network has as constants: shapes, axes, filters. Where graphc says that an
operand must be a constant, the test's numbers are put into the file as initializers, all but the first float input's.
"""

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


def with_constants(model, test):
    """The network with what the first data set gives to its inputs as initializers, but for the first input of floats."""
    graph = model.graph
    data = tensors(sorted(glob.glob(f"{test}/test_data_set_*"))[0], "input")
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    floats = [value for value in inputs if value.type.tensor_type.elem_type in (1, 10, 11, 16)]
    kept = (floats or inputs)[0].name
    for value, numbers in zip(inputs, data):
        if value.name != kept:
            graph.initializer.append(numpy_helper.from_array(numbers, value.name))
            graph.input.remove(value)


def run(commands, test, work):
    """How it went, and why it was not the expected numbers."""
    model = onnx.load(f"{test}/model.onnx")
    constants = {tensor.name for tensor in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in constants]
    try:
        data = tensors(sorted(glob.glob(f"{test}/test_data_set_*"))[0], "input")
    except (ValueError, TypeError):
        # Lists of tensors, which are refused.
        data = []
    if any(value.size == 0 for value in data[1:]):
        with_constants(model, test)
    outcome, reason = attempt(commands, model, names, test, work)
    if outcome == "refused" and len(names) > 1 and re.search("must be a constant|does not say how many|no element", reason):
        with_constants(model, test)
        outcome, reason = attempt(commands, model, names, test, work)
    # A value without elements is none of the language's, and its sizes stand in the data alone.
    return "refused" if outcome == "failed" and any(value.size == 0 for value in data) else outcome, reason


def attempt(commands, model, names, test, work):
    file, graph = f"{work}/net.onnx", f"{work}/net.graph"
    onnx.save(model, file)
    imported = subprocess.run(
        [f"{commands}/graphc", "import", file, "-o", graph, "--pixels", "none"], capture_output=True, text=True)
    if imported.returncode != 0:
        return "refused", imported.stderr.strip().split("\n")[0]
    with open(graph) as text:
        header = re.search(r"graph \w+\s*\((.*?)\)\s*->\s*\((.*?)\)", text.read(), re.S)
    inputs, outputs = declared(header[1]), declared(header[2])
    constants = {tensor.name for tensor in model.graph.initializer}
    known = [name for name in names if name not in constants]
    for data in sorted(glob.glob(f"{test}/test_data_set_*")):
        given, expected = tensors(data, "input"), tensors(data, "output")
        values = dict(zip(names, given))
        feed = {}
        for (name, element, _), value in zip(inputs, [values[name] for name in known if name in values]):
            value = value.astype(np.uint8 if element == "u8" else np.float32)
            feed[name] = np.require(value.transpose(0, 2, 3, 1) if value.ndim == 4 else value, requirements="C").copy()
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
            # Halves run as f32.
            result = result.astype(value.dtype).astype(np.float32) if value.dtype.kind in "fV" else result.astype(np.float32)
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
