"""Models and what they do."""

from __future__ import annotations

import ctypes
import operator
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ctypes import POINTER, byref, c_size_t, c_uint8, c_void_p
from dataclasses import dataclass
from typing import Optional, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._library import CANCELLED, F32, INPUT, MEASURE, OUTPUT, SCALAR, U8, Array, Error, Form, ProgressFunction, check, library

Progress = Callable[[int, int], Optional[bool]]
"""Told how far a call has come, as rows done and rows of all, on the thread that made it. Returns False to end the call
with ``Cancelled``; an exception ends it, too, and goes on to the caller."""

Path = Union[str, "os.PathLike[str]"]

Scale = Union[int, float, str]
"""By how much a picture grows: ``2``, ``1.5`` or ``"4/3"``."""


@dataclass(frozen=True)
class Entry:
    """What an entry of a model takes and gives: types by name, as ``{"lr": "u8[N, H, W, 3]"}``.

    Symbols stand for sizes that the inputs decide. Scalars and measures are single numbers.
    """

    inputs: dict[str, str]
    scalars: dict[str, str]
    outputs: dict[str, str]
    measures: dict[str, str]


def load(path: Path, threads: int = 0) -> Model:
    """Loads a `.gpack`, or compiles a `.graph` and gives it fresh weights.

    Args:
        path: the file.
        threads: how many a call may work on; 0 for as many as there are processors. No result depends on it.
    """
    return Model(path, threads)


class Model:
    """A model: its graph and its weights. ``close``, the end of a ``with``, or the last reference gives its memory back."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        self._handle = c_void_p()
        # Keeps `close` of one thread from a call of another.
        self._lock = threading.RLock()
        self._is_busy = False
        check(library.graphc_load(_path(path), _whole(threads, "threads"), byref(self._handle)))

    def __reduce__(self) -> str:
        # What copies and pickles objects asks here.
        raise Error("a model is neither copied nor pickled; load it again, in another process, too")

    @property
    def scale(self) -> int:
        """Pixels of an enlarged picture for each pixel of the picture, along each side."""
        scale = c_size_t()
        with self._call() as handle:
            check(library.graphc_scale(handle, byref(scale)))
        return scale.value

    def enlarge(
        self,
        pixels: NDArray[np.uint8],
        progress: Optional[Progress] = None,
        *,
        scale: Optional[Scale] = None,
        width: int = 0,
        height: int = 0,
        ensemble: bool = False,
    ) -> NDArray[np.uint8]:
        """Enlarges a picture.

        Args:
            pixels: ``uint8``, of shape ``(height, width, 3)``: rows from the top, red, green, blue.
            progress: told and asked while the call lasts.
            scale: how many times as large, where that is not the model's own; its result is resampled.
            width: columns of the result; one of ``width`` and ``height`` follows from the other.
            height: rows of the result.
            ensemble: take the mean of eight flips and turns, for eight times the work.
        Returns:
            ``uint8``, of shape ``(scale * height, scale * width, 3)``, or as large as is asked for.
        """
        pixels = np.asarray(pixels)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
            raise Error(f"a picture is uint8 of shape (height, width, 3), not {pixels.dtype} of shape {pixels.shape}")
        pixels = np.ascontiguousarray(pixels)
        rows, columns, _ = pixels.shape
        large_columns, large_rows = c_size_t(), c_size_t()
        with self._form(scale, width, height, ensemble) as handle:
            check(library.graphc_enlarged_size(handle, columns, rows, byref(large_columns), byref(large_rows)))
            enlarged = np.empty((large_rows.value, large_columns.value, 3), np.uint8)
            self._observed(
                handle, progress, library.graphc_enlarge_pixels, pixels.ctypes.data, columns, rows, enlarged.ctypes.data,
                enlarged.nbytes,
            )
        return enlarged

    def enlarge_bytes(
        self,
        file: bytes,
        progress: Optional[Progress] = None,
        *,
        scale: Optional[Scale] = None,
        width: int = 0,
        height: int = 0,
        ensemble: bool = False,
    ) -> bytes:
        """Enlarges the bytes of a picture's file (PNG, JPEG, WebP) to one of the same format; see ``enlarge``."""
        file = bytes(file)
        enlarged, count = POINTER(c_uint8)(), c_size_t()
        with self._form(scale, width, height, ensemble) as handle:
            self._observed(handle, progress, library.graphc_enlarge_bytes, file, len(file), byref(enlarged), byref(count))
        try:
            return ctypes.string_at(enlarged, count.value)
        finally:
            library.graphc_free_bytes(enlarged)

    def enlarge_file(
        self,
        source: Path,
        target: Path,
        progress: Optional[Progress] = None,
        *,
        scale: Optional[Scale] = None,
        width: int = 0,
        height: int = 0,
        ensemble: bool = False,
    ) -> None:
        """Enlarges a picture's file row by row where its format allows it, in memory by its width, not by its height; see
        ``enlarge``. ``target`` appears when it is whole, in the format that its name ends in."""
        with self._form(scale, width, height, ensemble) as handle:
            self._observed(handle, progress, library.graphc_enlarge_file, _path(source), _path(target))

    @property
    def entries(self) -> dict[str, Entry]:
        """The model's entries by name: some of ``forward``, ``train`` and ``predict``."""
        with self._call() as handle:

            def values(entry: bytes, kind: int) -> dict[str, str]:
                names = _until_none(lambda index: library.graphc_value_name(handle, entry, kind, index))
                types = _until_none(lambda index: library.graphc_value_type(handle, entry, kind, index))
                return {name.decode(): type.decode() for name, type in zip(names, types)}

            return {
                name.decode(): Entry(*(values(name, kind) for kind in (INPUT, SCALAR, OUTPUT, MEASURE)))
                for name in _until_none(lambda index: library.graphc_entry_name(handle, index))
            }

    def run(
        self, entry: str, arrays: Mapping[str, ArrayLike], progress: Optional[Progress] = None
    ) -> dict[str, np.ndarray]:
        """Runs an entry once.

        Args:
            entry: one of ``entries``. A run of ``train`` is a step of training and changes the model's weights; one that
                was cancelled may have left a part of it.
            arrays: its inputs and scalars by name. ``uint8`` stays so, all else becomes ``float32``; those of a u8 input
                are whole numbers 0 to 255.
            progress: told and asked while the call lasts.
        Returns:
            Outputs and measures by name: ``uint8`` or ``float32``, measures with shape ``()``.
        """
        entry = _name(entry)
        kept = [_array(name, values) for name, values in arrays.items()]
        taken = (Array * len(kept))(*(array for array, _ in kept))
        results = c_void_p()
        with self._call() as handle:
            self._observed(handle, progress, library.graphc_run, entry, taken, len(kept), byref(results))
        try:
            return {
                array.contents.name.decode(): _copy(array.contents)
                for array in _until_none(lambda index: library.graphc_result(results, index) or None)
            }
        finally:
            library.graphc_free_results(results)

    def close(self) -> None:
        """Gives the model's memory back; it cannot be used afterwards. Waits for a call of another thread."""
        with self._lock:
            if self._is_busy:
                raise Error("a progress function must not close its own model")
            handle, self._handle = self._handle, c_void_p()
        library.graphc_free_model(handle)

    def __enter__(self) -> Model:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            library.graphc_free_model(self._handle)

    @contextmanager
    def _call(self) -> Iterator[c_void_p]:
        with self._lock:
            if self._is_busy:
                raise Error("a progress function must not call its own model")
            if not self._handle:
                raise Error("the model is closed")
            self._is_busy = True
            try:
                yield self._handle
            finally:
                self._is_busy = False

    @contextmanager
    def _form(self, scale: Optional[Scale], width: int, height: int, ensemble: bool) -> Iterator[c_void_p]:
        """A call that makes this of pictures."""
        text = None if scale is None else _name(str(scale))
        width, height = _whole(width, "width"), _whole(height, "height")
        with self._call() as handle:
            check(library.graphc_set_form(handle, byref(Form(text, width, height, ensemble))))
            yield handle

    def _observed(
        self, handle: c_void_p, progress: Optional[Progress], function: Callable[..., int], *arguments: object
    ) -> None:
        """Makes a call that tells how far it has come.

        It tells Python even where no one listens, so that Ctrl-C ends it.
        """
        raised: list[BaseException] = []
        is_ended = False

        def tell(_: object, rows_done: int, row_count: int) -> bool:
            nonlocal is_ended
            try:
                is_ended = progress is not None and progress(rows_done, row_count) is False
                return not is_ended
            except BaseException as error:  # Nothing may go through the library's frames.
                raised.append(error)
                return False

        status = function(handle, *arguments, ProgressFunction(tell), None)
        if raised:
            raise raised[0]
        if status == CANCELLED and not is_ended:
            # Ctrl-C came before the function's first line, where nothing can catch it.
            raise KeyboardInterrupt
        check(status)


def _until_none(item):
    """Items 0, 1, … as long as there are some."""
    index = 0
    while (value := item(index)) is not None:
        yield value
        index += 1


def _path(path: Path) -> bytes:
    try:
        name = os.fsencode(path)
    except TypeError as error:
        raise Error(f"a path is a str, bytes or os.PathLike, not {type(path).__name__}") from error
    if b"\0" in name:
        raise Error(f"no file's name holds a zero: {name!r}")
    return name


def _name(name: str) -> bytes:
    if not isinstance(name, str) or "\0" in name:
        raise Error(f"a name is a str without a zero, not {name!r}")
    return name.encode()


def _whole(number: int, name: str) -> int:
    try:
        whole = operator.index(number)
    except TypeError as error:
        raise Error(f"{name} is a whole number, not {number!r}") from error
    if not 0 <= whole < 1 << 31:
        raise Error(f"{name} is {whole}: it is from 0 to {(1 << 31) - 1}")
    return whole


def _array(name: str, values: ArrayLike) -> tuple[Array, object]:
    """An array as the library takes it, and what must live as long."""
    try:
        array = np.asarray(values)
        array = np.ascontiguousarray(array, array.dtype if array.dtype == np.uint8 else np.float32).reshape(array.shape)
    except (TypeError, ValueError) as error:
        raise Error(f"'{name}' is no array of numbers: {error}") from error
    shape = (c_size_t * array.ndim)(*array.shape)
    element = U8 if array.dtype == np.uint8 else F32
    return Array(_name(name), element, array.ndim, shape, array.ctypes.data), (array, shape)


def _copy(array: Array) -> np.ndarray:
    shape = array.shape[: array.rank]
    dtype = np.dtype(np.uint8 if array.element == U8 else np.float32)
    bytes = ctypes.string_at(array.data, int(np.prod(shape, dtype=np.int64)) * dtype.itemsize)
    return np.frombuffer(bytes, dtype).reshape(shape).copy()
