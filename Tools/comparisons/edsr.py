"""Models with random weights, for the scripts that set graphrun beside other programs."""

import numpy as np
from safetensors.numpy import load_file, save_file

from measuring import output_of

BASELINE = dict(filters=64, blocks=16, scale=4, residual=1)


def random_model(program, path, graph, configuration, random):
    """Writes a pack of a graph with random weights and returns the weights by path.

    What begins at one number is drawn here: biases, slopes and statistics anew around it, and filters of zeros so that blocks
    add a little to what passes them, as in a trained network.
    """
    definitions = [part for name, value in configuration.items() for part in ("-D", f"{name}={value}")]
    weights_path = f"{path}.safetensors"
    graphrun(program, "weights", "export", graph, *definitions, "-o", weights_path)
    weights = load_file(weights_path)
    for name, values in weights.items():
        if values.ndim == 1:
            weights[name] = np.float32(values[:1] + random.normal(0, 0.05, values.shape))
        elif not values.any():
            deviation = 0.1 / configuration.get("residual", 1) / np.sqrt(values[..., 0].size)
            weights[name] = random.normal(0, deviation, values.shape).astype(np.float32)
    save_file(weights, weights_path)
    graphrun(program, "weights", "import", graph, weights_path, *definitions, "-o", path)
    return weights


def graphrun(program, *arguments):
    """What graphrun printed; ends this script where it failed."""
    return output_of([program, *arguments])
