"""What a kernel returns, made into objects of Python from the words that its entry has written."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from neurohw.jit import symbols
from neurohw.jit.signature import arrays_of

Words = Any  # array of int64 of ctypes
Returner = Callable[[Words, tuple[Any, ...]], Any]  # of the words and the kernel's arguments

_ARRAY_HEAD = 5  # words of an array before its shape: owner, parent, items, bytes an item, address
_WORD_BYTES = 8


def returner(form: list[Any]) -> Returner:
    """Return the function for what ``neurohw.jit.compiler`` has described by ``form``."""
    make, _ = _maker(form, 0)
    return make


def _maker(form: list[Any], at: int) -> tuple[Returner, int]:
    """Return what makes the object whose words begin at ``at``, and where the next one's begin."""
    kind, *more = form
    if kind == "tuple":
        module, name, forms = more
        return _tuple_maker(module, name, forms, at)
    if kind == "array":
        dtype, ndim, is_writable = more
        return _array_maker(np.dtype(dtype), ndim, is_writable, at), at + _ARRAY_HEAD + 2 * ndim
    return _NUMBERS[kind](at), at + 1


def _tuple_maker(module: str, name: str, forms: list[Any], at: int) -> tuple[Returner, int]:
    parts = []
    for form in forms:
        part, at = _maker(form, at)
        parts.append(part)
    if not module:
        return (lambda words, args: tuple(part(words, args) for part in parts)), at
    made = named_class(module, name)
    return (lambda words, args: made(*(part(words, args) for part in parts))), at


def named_class(module: str, name: str) -> Any:
    """Return a class by its names."""
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _float(at: int) -> Returner:
    return lambda words, _: ctypes.c_double.from_buffer(words, _WORD_BYTES * at).value


def _whole(read: Any) -> Callable[[int], Returner]:
    return lambda at: lambda words, _: read(words[at]).value


_NUMBERS: dict[str, Callable[[int], Returner]] = {
    "none": lambda at: lambda words, _: None,
    "bool": _whole(ctypes.c_bool),
    "float32": _float,  # made longer by the entry
    "float64": _float,
    **{
        f"{sign}int{bits}": _whole(getattr(ctypes, f"c_{sign}int{bits}"))
        for sign in ("", "u")
        for bits in (8, 16, 32, 64)
    },
}


def _array_maker(dtype: np.dtype, ndim: int, is_writable: bool, at: int) -> Returner:
    def make(words: Words, args: tuple[Any, ...]) -> np.ndarray:
        adapt, release = _memory_functions()
        array = adapt(ctypes.addressof(words) + _WORD_BYTES * at, np.ndarray, ndim, is_writable, dtype)
        if words[at]:
            release(words[at])  # the array has taken a share of its own
            return array
        given = arrays_of(args)
        return array if any(array is other for other in given) else np.asarray(_Part(array, given))

    return make


class _Part:
    """Memory of a kernel's arguments that it has returned a part of; it keeps them."""

    def __init__(self, part: np.ndarray, owners: list[np.ndarray]) -> None:
        self.__array_interface__ = part.__array_interface__
        self._owners = owners


@cache
def _memory_functions() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return numba's functions that make an array of numpy, and that give up a share of its memory."""
    helpers = symbols.helpers("numba.core.runtime._nrt_python")
    adapt = ctypes.PYFUNCTYPE(
        ctypes.py_object,
        ctypes.c_void_p,
        ctypes.py_object,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.py_object,
    )
    release = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)
    return adapt(helpers["adapt_ndarray_to_python_acqref"]), release(helpers["MemInfo_release"])
