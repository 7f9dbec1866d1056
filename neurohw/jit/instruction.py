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
    return lambda function: function if is_disabled() else _Instruction(function, instruction)


class _Instruction:
    def __init__(self, function: Callable[[int], int], instruction: str) -> None:
        self.py_func, self._instruction = function, instruction
        update_wrapper(self, function)

    def __call__(self, word: int) -> int:
        return self.py_func(word)

    @property
    def _numba_type_(self) -> Any:
        """What kernels call: numba asks an object that it does not know for this."""
        from neurohw.jit import compiler

        return compiler.type_of_value(self._intrinsic)

    @cached_property
    def _intrinsic(self) -> Any:
        from neurohw.jit import compiler

        return compiler.counting_intrinsic(self.py_func.__name__, self._instruction)
