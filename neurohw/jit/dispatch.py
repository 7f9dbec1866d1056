"""A compiled function as Python sees it: finds the machine code for what it is called with, and calls that."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from threading import RLock
from typing import Any

from neurohw.jit import layout, native, store
from neurohw.jit.callee import Callee
from neurohw.jit.native import MISMATCHED, Native
from neurohw.jit.signature import Nested, UnknownTypeError, named, signature

_COMPILING = RLock()
_MOST_RECENT = 8  # what was not called for long is looked up again


class Kernel(Callee):
    """A function compiled for each combination of types that it is called with."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        super().__init__(function, options)
        self._natives: dict[str, Native | None] = {}  # by signature
        self._recent: tuple[Native, ...] = ()
        self._signatures: list[tuple[Nested, ...]] = []

    def __call__(self, *args: Any) -> Any:
        for code in self._recent:
            result = code(args)
            if result is not MISMATCHED:
                return result
        found = self._find(args)
        if found is None:
            return self._by_numba(*args)
        code = found.bound(args)
        self._recent = (code, *self._recent[: _MOST_RECENT - 1])
        return code(args)

    @property
    def signatures(self) -> list[tuple[Nested, ...]]:
        """The types that there is machine code for, in this process."""
        return list(self._signatures)

    def _find(self, args: tuple[Any, ...]) -> Native | None:
        """Return the machine code for arguments, compiled if need be; None if numba must call it."""
        try:
            types = signature(args)
        except UnknownTypeError:
            return None
        key = repr((types, named(args)))
        with _COMPILING:
            if key not in self._natives:
                self._natives[key] = self._loaded(args, types, key)
                self._signatures.append(types)
            return self._natives[key]

    def _loaded(self, args: tuple[Any, ...], types: tuple[Nested, ...], key: str) -> Native | None:
        """Return machine code from the folder of kernels, else compiled and put there."""
        if not layout.is_as_expected() or self.py_func.__closure__:
            return None
        path = store.path_of(self.py_func, key)
        compiled = None if path is None else store.read(path)
        if compiled is None:
            from neurohw.jit import compiler

            compiled = compiler.compiled(self.py_func, self._options, args, types)
            if compiled is None:
                return None
            if path is not None:
                store.write(path, compiled)
        return native.load(compiled)

    @cached_property
    def _by_numba(self) -> Callable[..., Any]:
        """The same function called by numba, for arguments that only numba knows."""
        from neurohw.jit import compiler

        return compiler.called_by_numba(self.py_func, self._options)
