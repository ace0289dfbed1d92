"""The shared library of graphc, as `graphc.h` declares it."""

from __future__ import annotations

import ctypes
import os
from ctypes import CFUNCTYPE, POINTER, Structure, c_bool, c_char_p, c_int, c_size_t, c_uint8, c_void_p
from pathlib import Path


class Error(Exception):
    """What went wrong, where, and what to do about it."""


class Cancelled(Error):
    """The caller's ``progress`` has ended the call."""


class Array(Structure):
    """`graphc_array`"""

    _fields_ = [
        ("name", c_char_p),
        ("element", c_int),
        ("rank", c_size_t),
        ("shape", POINTER(c_size_t)),
        ("data", c_void_p),
    ]


class Form(Structure):
    """`graphc_form`"""

    _fields_ = [("scale", c_char_p), ("width", c_size_t), ("height", c_size_t), ("is_ensemble", c_bool)]


U8, F32 = 0, 1
INPUT, SCALAR, OUTPUT, MEASURE = range(4)
CANCELLED = 2

ProgressFunction = CFUNCTYPE(c_bool, c_void_p, c_size_t, c_size_t)


def _open() -> ctypes.CDLL:
    # GRAPHC_LIBRARY names another build than the one that came along.
    path = os.environ.get("GRAPHC_LIBRARY") or str(Path(__file__).with_name("libgraphc.so"))
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(f"graphc's library cannot be loaded: {error}") from error


library = _open()

_model, _progress = c_void_p, (ProgressFunction, c_void_p)
for _name, _result, _arguments in [
    ("version", c_char_p, ()),
    ("last_error", c_char_p, ()),
    ("load", c_int, (c_char_p, c_size_t, POINTER(c_void_p))),
    ("free_model", None, (_model,)),
    ("scale", c_int, (_model, POINTER(c_size_t))),
    ("set_form", c_int, (_model, POINTER(Form))),
    ("enlarged_size", c_int, (_model, c_size_t, c_size_t, POINTER(c_size_t), POINTER(c_size_t))),
    ("enlarge_pixels", c_int, (_model, c_void_p, c_size_t, c_size_t, c_void_p, c_size_t, *_progress)),
    (
        "enlarge_bytes",
        c_int,
        (_model, c_char_p, c_size_t, POINTER(POINTER(c_uint8)), POINTER(c_size_t), *_progress),
    ),
    ("enlarge_file", c_int, (_model, c_char_p, c_char_p, *_progress)),
    ("free_bytes", None, (POINTER(c_uint8),)),
    ("entry_name", c_char_p, (_model, c_size_t)),
    ("value_name", c_char_p, (_model, c_char_p, c_int, c_size_t)),
    ("value_type", c_char_p, (_model, c_char_p, c_int, c_size_t)),
    ("run", c_int, (_model, c_char_p, POINTER(Array), c_size_t, POINTER(c_void_p), *_progress)),
    ("result", POINTER(Array), (c_void_p, c_size_t)),
    ("free_results", None, (c_void_p,)),
]:
    _function = getattr(library, f"graphc_{_name}")
    _function.restype = _result
    _function.argtypes = _arguments


def check(status: int) -> None:
    """Raises what the last call of this thread has failed with."""
    if status == 0:
        return
    message = library.graphc_last_error().decode()
    raise (Cancelled if status == CANCELLED else Error)(message)


def version() -> str:
    """The version of the library, as "1.0.0"."""
    return library.graphc_version().decode()
