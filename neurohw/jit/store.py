"""The folder of compiled kernels: named by all sources that they come from, read and written without numba."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

_MAGIC = b"neurohw kernel 1\n"
_DIGEST_BYTES = 32
# settings of numba that change nothing in the machine code
_IRRELEVANT = ("NUMBA_NUM_THREADS", "NUMBA_CACHE_DIR", "NUMBA_THREADING_LAYER", "NUMBA_ENABLE_PROFILING")


class Compiled(NamedTuple):
    """A kernel for one signature, as it is kept."""

    description: dict[str, Any]  # what it takes, returns and calls, in JSON
    objects: tuple[bytes, ...]  # machine code, in files as a compiler writes them


def is_disabled() -> bool:
    """True when kernels stay functions of Python, which ``NUMBA_DISABLE_JIT=1`` asks for."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0").strip() not in ("", "0")


def path_of(function: Callable[..., Any], key: str) -> Path | None:
    """Return where a function is kept for one signature, or None where nothing can be written."""
    folder = folder_of(function)
    if folder is None:
        return None
    code = function.__code__
    whole = f"{function.__module__} {function.__qualname__} {code.co_firstlineno} {key}".encode()
    digest = hashlib.sha256(whole + code.co_code + code.co_linetable).hexdigest()[:24]
    return Path(folder, f"{function.__name__.strip('<>')}-{digest}.kernel")


def read(path: Path) -> Compiled | None:
    """Return what was written, or None if that is not there or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    start = len(_MAGIC) + _DIGEST_BYTES
    body = memoryview(content)[start:]
    if not content.startswith(_MAGIC) or content[len(_MAGIC) : start] != hashlib.sha256(body).digest():
        return None
    header, _, rest = bytes(body).partition(b"\n")
    given = json.loads(header)
    objects = []
    for size in given["sizes"]:
        objects.append(rest[:size])
        rest = rest[size:]
    return Compiled(given["description"], tuple(objects))


def write(path: Path, compiled: Compiled) -> None:
    """Keep a kernel; a folder that can no longer be written, as on a full disk, keeps none."""
    sizes = [len(code) for code in compiled.objects]
    header = json.dumps({"description": compiled.description, "sizes": sizes}).encode()
    body = b"\n".join((header, b"".join(compiled.objects)))
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
    except OSError:
        return
    try:
        with open(descriptor, "wb") as file:
            file.write(_MAGIC + hashlib.sha256(body).digest() + body)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)


def folder_of(function: Callable[..., Any], version: str = "") -> str | None:
    """Return the folder of a function's kernels, and of a version of it that is kept apart.

    None where nothing can be written, and for a function typed into an interpreter or a notebook, which has no file
    that would tell whether it has changed.
    """
    if not Path(function.__code__.co_filename).is_file():
        return None
    return _cache_folder(_package_folder(function), version)


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
    here = Path(__file__).parent
    hash_ = hashlib.sha256(_compiler().encode())
    for folder in (here, here.parent / "network", package_folder):
        for path in sorted(folder.rglob("*.py")):
            hash_.update(path.name.encode() + path.read_bytes())
    return hash_.hexdigest()[:16]


@cache
def _compiler() -> str:
    """Return what the machine code depends on beside the sources: versions, settings of numba, the processor."""
    from llvmlite import binding

    settings = sorted(
        (name, value)
        for name, value in os.environ.items()
        if name.startswith("NUMBA_") and name not in _IRRELEVANT
    )
    processor = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    return repr((_version("numba"), _version("llvmlite"), sys.version, settings, processor))


def _version(package: str) -> bytes:
    """Return the file that says which version is installed, and which costs less to read than to import."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    return Path(spec.origin).with_name("_version.py").read_bytes()
