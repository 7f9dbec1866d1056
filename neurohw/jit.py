"""Compilation of kernels: numba with an on-disk cache that notices every change of a kernel source.

Numba's own cache looks at the file of the compiled function only, not at the functions it calls; the cache folder
is therefore named by a hash of all kernel sources of the package that the function belongs to.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numba
from numba.core import config, types

import neurohw.compile_pause  # noqa: F401  (compiling takes a quarter less)

_NO_WRAPPERS = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function`` in nopython mode, cached on disk where a folder can be written, else in memory."""
    return _compile(function, {"no_cfunc_wrapper": True})


def leaf(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a hot loop that allocates nothing: without reference counts on its arrays, which would cost more."""
    return _compile(function, {"no_cfunc_wrapper": True, "_nrt": False})


def inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a hot loop that kernels call, and Python hardly ever; like ``leaf`` it allocates nothing."""
    return _for_kernels(function, {"_nrt": False})


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small function that hot loops call: its code is put in the place of each call."""
    return _for_kernels(function, {"_nrt": False, "forceinline": True})


class _ForKernels:
    """A compiled function that kernels call.

    What lets Python call it, a conversion of every array, would take longer to compile than most functions themselves:
    it is compiled, as another version, with the first call from Python.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self.py_func, self._options = function, options
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self._dispatcher: Any = _compile(function, {**options, **_NO_WRAPPERS})

    def __call__(self, *args: Any) -> Any:
        return self._from_python(*args)

    @property
    def _numba_type_(self) -> types.Type:
        """What kernels call: numba asks an object that it does not know for this."""
        return types.Dispatcher(self._dispatcher)

    @cached_property
    def _from_python(self) -> Callable[..., Any]:
        return _compile(self.py_func, self._options, "python")


def _for_kernels(function: Callable[..., Any], options: dict[str, Any]) -> Callable[..., Any]:
    return function if config.DISABLE_JIT else _ForKernels(function, options)


def _compile(function: Callable[..., Any], more: dict[str, Any], version: str = "") -> Callable[..., Any]:
    """Compile with some more options; versions of a function are kept in folders of their own."""
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, **more}
    folder = _cache_folder(_package_folder(function), version)
    if folder is None:
        return numba.njit(**options)(function)
    # numba reads the folder when it decorates; other libraries' functions keep theirs
    before, config.CACHE_DIR = config.CACHE_DIR, folder
    try:
        return numba.njit(cache=True, **options)(function)
    finally:
        config.CACHE_DIR = before


def _package_folder(function: Callable[..., Any]) -> Path:
    """Return the folder below which a kernel's callees lie: its top package, or within neurohw its subpackage."""
    file = Path(function.__code__.co_filename)
    package, *inner = function.__module__.split(".")
    return file.parent if package == "neurohw" or not inner else file.parents[len(inner) - 1]


@cache
def _cache_folder(package_folder: Path, version: str) -> str | None:
    """Return a writable folder named by the kernel sources, or None."""
    root = os.environ.get("NEUROHW_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(root).expanduser() / "neurohw" / _source_hash(package_folder) / version
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError:
        return None


@cache
def _source_hash(package_folder: Path) -> str:
    """Hash the sources of a package and of the network's kernels, which every backend may call."""
    compiler = f"{numba.__version__} {sys.version} {config.BOUNDSCHECK}".encode()
    hash_ = hashlib.sha256(compiler + Path(__file__).read_bytes())
    for folder in (Path(__file__).parent / "network", package_folder):
        for path in sorted(folder.rglob("*.py")):
            hash_.update(path.name.encode() + path.read_bytes())
    return hash_.hexdigest()[:16]
