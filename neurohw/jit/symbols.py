"""The functions outside itself that a kernel's machine code calls, found for LLVM without importing numba.

Memory, exceptions and a few conversions come from two extension modules of numba, which need nothing else of it;
mathematical functions are those that numba takes. LLVM ends the process where one is missing, so
all are looked up before.
"""

from __future__ import annotations

import builtins
import ctypes
import sys
from collections.abc import Iterable
from functools import cache
from importlib.machinery import ExtensionFileLoader, ModuleSpec, PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path

from llvmlite import binding

_PREFIXES = {"numba_": "numba._helperlib", "NRT_": "numba.core.runtime._nrt_python"}


def missing(names: Iterable[str]) -> list[str]:
    """Make functions known to LLVM by their names, and return the names of those that there are not."""
    _add_mathematics()
    return [name for name in names if not _is_known(name)]


@cache
def _is_known(name: str) -> bool:
    address = _address(name)
    if address is not None:
        binding.add_symbol(name, address)
    return address is not None or binding.address_of_symbol(name) is not None


@cache
def _add_mathematics() -> None:
    """Make mathematical functions known, which machine code may call without having declared them."""
    for name, address in helpers("numba._helperlib").items():
        binding.add_symbol(name, address)


def _address(name: str) -> int | None:
    if name == "_Py_NoneStruct":
        return id(None)
    if name.startswith("PyExc_"):
        exception = getattr(builtins, name.removeprefix("PyExc_"), None)
        return None if exception is None else id(exception)
    if name.startswith("Py") and hasattr(ctypes.pythonapi, name):
        return ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value
    for prefix, module in _PREFIXES.items():
        if name.startswith(prefix):
            return helpers(module).get(name.removeprefix(prefix))
    return None


@cache
def helpers(name: str) -> dict[str, int]:
    """Return the addresses of the functions of an extension module, which may be loaded before its package."""
    if name in sys.modules:
        return dict(sys.modules[name].c_helpers)
    top, *folders, last = name.split(".")
    package = find_spec(top)
    if package is None or package.origin is None:
        return {}
    found = PathFinder.find_spec(last, [str(Path(package.origin).parent.joinpath(*folders))])
    if found is None or found.origin is None:
        return {}
    loader = ExtensionFileLoader(name, found.origin)
    module = module_from_spec(ModuleSpec(name, loader, origin=found.origin))
    loader.exec_module(module)
    sys.modules.pop(name, None)  # its package, if imported later, takes it up as its own
    return dict(module.c_helpers)
