"""EDSR in the words of the frameworks that train it.

`edsr` walks the layers of the baseline x4 network once for every form; a form is an object with `convolution`,
`add` and `shuffle`, which take and give whatever stands for a tensor there.
"""

import numpy as np

BLOCKS = 16
UPSAMPLINGS = 2


def edsr(form, picture):
    """The network's layers on a picture [N, 3, H, W], 0...1."""
    head = form.convolution("head", picture)
    h = head
    for i in range(BLOCKS):
        r = form.convolution(f"body.{i}.0", h, relu=True)
        h = form.add(h, form.convolution(f"body.{i}.1", r))
    u = form.add(head, form.convolution("body.last", h))
    for k in range(UPSAMPLINGS):
        u = form.shuffle(form.convolution(f"up.{k}", u))
    return form.convolution("tail", u)


def convolutions(weights):
    """Filters [out, in, 3, 3] and biases by name, from graphrun's [3, 3, in, out].

    Channels before a pixel shuffle stand in PyTorch's order.
    """
    result = {}
    for name in sorted(path.removesuffix(".filter") for path in weights if path.endswith(".filter")):
        taps, bias = weights[f"{name}.filter"].transpose(3, 2, 0, 1), weights[f"{name}.bias"]
        if name.startswith("up."):
            order = np.arange(len(bias)).reshape(4, -1).T.ravel()
            taps, bias = taps[order], bias[order]
        result[name] = np.ascontiguousarray(taps, np.float32), np.ascontiguousarray(bias, np.float32)
    return result
