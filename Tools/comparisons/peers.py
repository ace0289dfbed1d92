"""Runs a network by one of the engines that Tools/compare sets graphrun beside, in a process of its own.

    peers.py ENGINE FOLDER --threads 2 --input x.npy --runs 5 [--output y.npy]    warm runs, as JSON
    peers.py ENGINE FOLDER --threads 2 --picture in.png --output out.png          one picture, for `cold`

FOLDER holds the network as `write_models` of this file leaves it. Each engine has the settings with which it is
fastest at full precision.
"""

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import peer_networks
from peer_networks import PICTURE, RESULT


class Ncnn:
    package = "ncnn"
    settings = "Winograd, packed layouts, light mode; f32 storage and arithmetic; patches side by side, each on one thread"

    def __init__(self, folder, threads, shape):
        import ncnn

        self.ncnn = ncnn
        self.net = ncnn.Net()
        options = self.net.opt
        # Two patches on a thread each are faster than one after the other on two.
        options.num_threads = threads if shape[0] == 1 else 1
        self.pool = ThreadPoolExecutor(threads)
        options.lightmode = options.use_packing_layout = True
        options.use_winograd_convolution = options.use_sgemm_convolution = True
        options.use_fp16_storage = options.use_fp16_packed = options.use_fp16_arithmetic = False
        options.use_bf16_storage = options.use_bf16_packed = False
        self.net.load_param(f"{folder}/ncnn.param")
        self.net.load_model(f"{folder}/ncnn.bin")

    def __call__(self, pictures):
        return np.stack(list(self.pool.map(self.run, pictures)))

    def run(self, picture):
        extractor = self.net.create_extractor()
        # A copy, since layers write over what comes in.
        extractor.input(PICTURE, self.ncnn.Mat(picture).clone())
        return np.array(extractor.extract(RESULT)[1])


class OpenVINO:
    package = "openvino"
    settings = "latency hint, f32 precision hint, sizes fixed, model as IR"

    def __init__(self, folder, threads, shape):
        import openvino

        core = openvino.Core()
        model = core.read_model(f"{folder}/openvino.xml")
        model.reshape(shape)
        self.request = core.compile_model(
            model, "CPU",
            {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"},
        ).create_infer_request()

    def __call__(self, pictures):
        return next(iter(self.request.infer(pictures, share_inputs=True, share_outputs=True).values()))


class MNN:
    package = "MNN"
    settings = "precision high, Winograd of its smaller tiles (WINOGRAD_MEMORY_LEVEL 2): the default's result is off"
    WINOGRAD_MEMORY_LEVEL = 3

    def __init__(self, folder, threads, shape):
        import MNN

        self.expr = MNN.expr
        manager = MNN.nn.create_runtime_manager(({"backend": "CPU", "precision": "high", "numThread": threads},))
        manager.set_hint(self.WINOGRAD_MEMORY_LEVEL, 2)
        self.module = MNN.nn.load_module_from_file(
            f"{folder}/network.mnn", [PICTURE], [RESULT], runtime_manager=manager)

    def __call__(self, pictures):
        picture = self.expr.const(pictures, pictures.shape, self.expr.NCHW)
        result = self.module.forward([self.expr.convert(picture, self.expr.NC4HW4)])[0]
        return self.expr.convert(result, self.expr.NCHW).read()


class ONNXRuntime:
    package = "onnxruntime"
    settings = "all graph optimizations, sizes fixed"

    def __init__(self, folder, threads, shape):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        for name, size in zip("NHW", (shape[0], *shape[2:])):
            options.add_free_dimension_override_by_name(name, size)
        self.session = onnxruntime.InferenceSession(f"{folder}/network.onnx", options, ["CPUExecutionProvider"])

    def __call__(self, pictures):
        return self.session.run(None, {PICTURE: pictures})[0]


class PyTorch:
    package = "torch"
    settings = "channels_last, inference_mode"

    def __init__(self, folder, threads, shape):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.last = {"memory_format": torch.channels_last}
        self.network = peer_networks.TorchNetwork(peer_networks.Network(f"{folder}/network.onnx"), torch, **self.last)

    def __call__(self, pictures):
        with self.torch.inference_mode():
            return self.network(self.torch.from_numpy(pictures).to(**self.last)).contiguous().numpy()


ENGINES = {engine.__name__: engine for engine in (Ncnn, OpenVINO, MNN, ONNXRuntime, PyTorch)}


def write_models(exported, folder, engines):
    """The network for the engines of these names, from a file that graphc exported.

    Returns what an engine cannot run, by its name.
    """
    network = peer_networks.prepared(exported)
    network.save(f"{folder}/network.onnx")
    refused = {}
    for name, write in (("Ncnn", write_ncnn), ("OpenVINO", write_openvino), ("MNN", write_mnn)):
        try:
            if name in engines:
                write(network, folder)
        except Exception as error:
            refused[name] = f"it has no file for it: {error}".splitlines()[0]
    return refused


def write_ncnn(network, folder):
    peer_networks.NcnnFiles(network).write(f"{folder}/ncnn")


def write_openvino(network, folder):
    import openvino

    openvino.save_model(openvino.convert_model(f"{folder}/network.onnx"), f"{folder}/openvino.xml", compress_to_fp16=False)


def write_mnn(network, folder):
    # MNN's command line installs a package to report each conversion to its makers: this is the converter behind it.
    converter = [sys.executable, "-c", "import sys, MNN, _tools; _tools.mnnconvert(sys.argv)"]
    files = ["-f", "ONNX", "--modelFile", f"{folder}/network.onnx", "--MNNModel", f"{folder}/network.mnn", "--bizCode", "MNN"]
    subprocess.run(converter + files, check=True, stdout=subprocess.DEVNULL)


def planes(pictures):
    """Pixels [N, H, W, 3] as [N, 3, H, W] in f32."""
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), np.float32)


def peak_resident_bytes():
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM:"))


def measure(engine, options):
    x = planes(np.load(options.input))
    network = engine(options.folder, options.threads, x.shape)
    result = network(x)
    times = []
    for _ in range(options.runs):
        start = time.perf_counter()
        result = network(x)
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({"runMilliseconds": times, "residentByteCount": peak_resident_bytes()}))
    if options.output:
        np.save(options.output, result.transpose(0, 2, 3, 1))


def enlarge(engine, options):
    from PIL import Image

    x = planes(np.asarray(Image.open(options.picture).convert("RGB"))[None])
    network = engine(options.folder, options.threads, x.shape)
    result = network(x)[0].transpose(1, 2, 0)
    Image.fromarray(result.round().clip(0, 255).astype(np.uint8)).save(options.output, compress_level=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--input", help="pictures as .npy: u8 [N, H, W, 3]")
    parser.add_argument("--picture", help="a PNG file, instead")
    parser.add_argument("--runs", type=int, default=5, help="that count, after one that does not")
    parser.add_argument("--output", help="f32 [N, H, W, 3] as .npy, or a PNG file")
    options = parser.parse_args()
    (enlarge if options.picture else measure)(ENGINES[options.engine], options)


if __name__ == "__main__":
    main()
