"""A compiled function as other compiled functions see it: numba makes it when the first of them calls it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any


class Callee(ABC):
    """A function that kernels can call; what Python's call does is left to those who derive from this.

    Parameters
    ----------
    function : callable
        Of arrays, numbers, None, and tuples of these.
    options : dict
        Of ``numba.njit``, beside those that all kernels have.

    Raises
    ------
    TypeError
        For arguments with defaults, which calls between kernels do not know.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        if function.__defaults__ or function.__kwdefaults__:
            raise TypeError(f"{function.__qualname__}: a function for kernels has an argument with a default")
        self.py_func, self._options = function, options
        update_wrapper(self, function)

    @abstractmethod
    def __call__(self, *args: Any) -> Any:
        """Return what the function returns, called from Python."""

    def __reduce__(self) -> str:
        """Copy and pickle as Python's functions are, by name."""
        return self.py_func.__qualname__

    @property
    def _numba_type_(self) -> Any:
        """What kernels call: numba asks an object that it does not know for this."""
        from neurohw.jit import compiler

        return compiler.type_of(self._callee)

    @cached_property
    def _callee(self) -> Any:
        from neurohw.jit import compiler

        return compiler.callee(self.py_func, self._options)
