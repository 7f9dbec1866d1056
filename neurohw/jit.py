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
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import config


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function`` in nopython mode, cached on disk where a folder can be written, else in memory."""
    return _compile(function, {})


def leaf(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a hot loop that allocates nothing: without reference counts on its arrays, which would cost more."""
    return _compile(function, {"_nrt": False})


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small function that hot loops call: its code is put in the place of each call."""
    return _compile(function, {"forceinline": True, "_nrt": False})


def _compile(function: Callable[..., Any], more: dict[str, Any]) -> Callable[..., Any]:
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, **more}
    folder = _cache_folder(_package_folder(function))
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
def _cache_folder(package_folder: Path) -> str | None:
    """Return a writable folder named by the kernel sources, or None."""
    root = os.environ.get("NEUROHW_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(root).expanduser() / "neurohw" / _source_hash(package_folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError:
        return None


def _source_hash(package_folder: Path) -> str:
    """Hash the sources of a package and of the network's kernels, which every backend may call."""
    compiler = f"{numba.__version__} {sys.version} {config.BOUNDSCHECK}".encode()
    hash_ = hashlib.sha256(compiler + Path(__file__).read_bytes())
    for folder in (Path(__file__).parent / "network", package_folder):
        for path in sorted(folder.rglob("*.py")):
            hash_.update(path.name.encode() + path.read_bytes())
    return hash_.hexdigest()[:16]
