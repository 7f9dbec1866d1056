"""The choice between Brian2's two ways to run a step: numpy calls, or C++ compiled through cython."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Any

import brian2
from brian2.codegen.runtime.cython_rt import CythonCodeObject
from brian2.codegen.runtime.numpy_rt import NumpyCodeObject

from neurohw.network import Network

LARGE = 20_000  # cells from which compiled code saves more in a long run than it takes to compile

_log = logging.getLogger(__name__)


def choose_code(network: Network) -> Any:
    """Return the class of Brian2's code objects for a network."""
    if network.n_cells < LARGE:
        return NumpyCodeObject
    missing = _missing()
    if missing:
        _log.warning("no %s: Brian2 runs %d cells with numpy, which is slower", missing, network.n_cells)
        return NumpyCodeObject
    return CythonCodeObject


@contextmanager
def numpy_by_default() -> Iterator[None]:
    """Let Brian2 use numpy where no class is given, as for connecting; then give back the user's setting."""
    before = brian2.prefs.codegen.target
    brian2.prefs.codegen.target = "numpy"
    try:
        yield
    finally:
        brian2.prefs.codegen.target = before


@cache
def _missing() -> str:
    """Return what compiling lacks, or an empty string."""
    if find_spec("Cython") is None:
        return "cython"
    return "" if any(map(shutil.which, ("g++", "c++", "clang++", "cl"))) else "C++ compiler"
