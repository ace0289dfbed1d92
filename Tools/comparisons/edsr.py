"""EDSR for the scripts that set graphrun beside other programs: models with random weights."""

import re

import numpy as np
from safetensors.numpy import load_file, save_file

from measuring import output_of

BASELINE = dict(filters=64, blocks=16, scale=4, residual=1)


def random_model(program, path, configuration, random):
    """Writes a pack with random weights and returns the weights by path.

    What begins at zero is drawn here, so that blocks add a little to what passes them, as in a trained network.
    """
    definitions = [part for name, value in configuration.items() for part in ("-D", f"{name}={value}")]
    weights_path = f"{path}.safetensors"
    graphrun(program, "weights", "export", "Graphs/edsr.graph", *definitions, "-o", weights_path)
    weights = load_file(weights_path)
    for name, values in weights.items():
        if name.endswith(".bias"):
            weights[name] = random.normal(0, 0.05, values.shape).astype(np.float32)
        elif re.fullmatch(r"body\.\d+\.1\.filter", name):
            deviation = 0.1 / configuration["residual"] / np.sqrt(9 * configuration["filters"])
            weights[name] = random.normal(0, deviation, values.shape).astype(np.float32)
    save_file(weights, weights_path)
    graphrun(program, "weights", "import", "Graphs/edsr.graph", weights_path, *definitions, "-o", path)
    return weights


def graphrun(program, *arguments):
    """What graphrun printed; ends this script where it failed."""
    return output_of([program, *arguments])
