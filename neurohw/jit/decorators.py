"""The decorators of kernels; none of them imports numba."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from neurohw.jit.callee import Callee
from neurohw.jit.dispatch import Kernel
from neurohw.jit.store import is_disabled


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile ``function`` in nopython mode, cached on disk where a folder can be written, else in memory."""
    return function if is_disabled() else Kernel(function, {})


def leaf(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a hot loop that allocates nothing: without reference counts on its arrays, which would cost more."""
    return function if is_disabled() else Kernel(function, {"_nrt": False})


def inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a hot loop that kernels call, and Python hardly ever; like ``leaf`` it allocates nothing."""
    return function if is_disabled() else _ForKernels(function, {"_nrt": False})


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small function that hot loops call: its code is put in the place of each call."""
    return function if is_disabled() else _ForKernels(function, {"_nrt": False, "forceinline": True})


class _ForKernels(Callee):
    """A compiled function that kernels call.

    What lets Python call it, a conversion of every array, would take longer to compile than most functions themselves:
    it is compiled, as another version, with the first call from Python.
    """

    def __call__(self, *args: Any) -> Any:
        return self._from_python(*args)

    @cached_property
    def _from_python(self) -> Callable[..., Any]:
        from neurohw.jit import compiler

        return compiler.decorated(self.py_func, self._options, "python")
