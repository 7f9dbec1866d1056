"""Functions that are one instruction of the processor in kernels, and defined in Python for all else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any

from neurohw.jit.store import is_disabled


def count_of_zeros(instruction: str) -> Callable[[Callable[[int], int]], Any]:
    """Return a decorator of a function that counts zeros in a word of 64 bits.

    In kernels the function is what LLVM calls ``instruction``, ``"cttz"`` or ``"ctlz"``, of a word that is not 0.
    """
    return lambda function: (
        function if is_disabled() else _Instruction(function, "counting_intrinsic", instruction)
    )


def acquiring(function: Callable[..., int]) -> Any:
    """Make a function that reads an entry of an array of int64 see what the thread that wrote it had written before."""
    return function if is_disabled() else _Instruction(function, "acquiring_intrinsic")


def releasing(function: Callable[..., None]) -> Any:
    """Make a function that writes an entry of an array of int64 show what was written before to who acquires it."""
    return function if is_disabled() else _Instruction(function, "releasing_intrinsic")


def yielding(function: Callable[[], None]) -> Any:
    """Make a function in kernels let another thread have the processor, where the system has a call for that."""
    return function if is_disabled() else _Instruction(function, "yielding_intrinsic")


def sleeping(function: Callable[[], None]) -> Any:
    """Make a function in kernels have its thread sleep for as short as the system can, where it has a call for that."""
    return function if is_disabled() else _Instruction(function, "sleeping_intrinsic")


def pausing(function: Callable[[], None]) -> Any:
    """Make a function in kernels tell the processor that a thread waits, where it has an instruction for that."""
    return function if is_disabled() else _Instruction(function, "pausing_intrinsic")


def prefetching(function: Callable[..., None]) -> Any:
    """Make a function of an array and an index have that entry fetched into the second cache, while work goes on."""
    return function if is_disabled() else _Instruction(function, "prefetching_intrinsic")


def fusing(function: Callable[[float, float, float], float]) -> Any:
    """Make a function of a, b and c that returns a b + c one instruction, rounded once, where the processor has it."""
    return function if is_disabled() else _Instruction(function, "fusing_intrinsic")


def on_vectors(instruction: str) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator of a function of vectors, which in kernels is what ``neurohw.jit.vector_types`` defines."""
    return lambda function: (
        function if is_disabled() else _Instruction(function, "vector_intrinsic", instruction)
    )


class _Instruction:
    def __init__(self, function: Callable[..., Any], maker: str, *options: str) -> None:
        self.py_func, self._maker, self._options = function, maker, options
        update_wrapper(self, function)

    def __call__(self, *args: Any) -> Any:
        return self.py_func(*args)

    @property
    def _numba_type_(self) -> Any:
        """What kernels call: numba asks an object that it does not know for this."""
        from neurohw.jit import compiler

        return compiler.type_of_value(self._intrinsic)

    @cached_property
    def _intrinsic(self) -> Any:
        from neurohw.jit import compiler

        return getattr(compiler, self._maker)(self.py_func.__name__, *self._options)
