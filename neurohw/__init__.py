"""Run your PyNN script on a neuromorphic chip you don't have."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neurohw.analysis.noc import latency_load_curve as noc
    from neurohw.api import run
    from neurohw.compiler import compile_network as compile
    from neurohw.hardware import load_chip as chip

__version__ = version("neurohw")
__all__ = ["chip", "compile", "noc", "run"]

_LAZY = {
    "chip": ("neurohw.hardware", "load_chip"),
    "compile": ("neurohw.compiler", "compile_network"),
    "noc": ("neurohw.analysis.noc", "latency_load_curve"),
    "run": ("neurohw.api", "run"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'neurohw' has no attribute {name!r}")
    module, attribute = _LAZY[name]
    return getattr(import_module(module), attribute)
