"""Enlarges photographs and runs the entries of graphc's models on NumPy arrays.

    import graphc

    model = graphc.load("edsr-x4.gpack")
    large = model.enlarge(array)                                # uint8, (height, width, 3)
    image = model.run("predict", {"lr": array[None]})["image"]  # any entry, on arrays by name

What goes wrong is a ``graphc.Error``. Any thread may use a model; calls with the same model go one after another, each on
as many threads as it was loaded for, and release Python's lock meanwhile. Calls with different models run at once.
"""

from ._library import Cancelled, Error, version
from ._model import Entry, Model, Progress, load

__all__ = ["Cancelled", "Entry", "Error", "Model", "Progress", "load", "version"]
__version__ = version()
