"""Exceptions that a kernel raises, as numba has put them into its machine code."""

from __future__ import annotations

import ctypes
from typing import NoReturn


class _Exception(ctypes.Structure):
    """The beginning of numba's ``excinfo_t``: a pickled class, the arguments of its exception, and the place."""

    _fields_ = (("pickled", ctypes.c_void_p), ("size", ctypes.c_int32))


def raise_failure(status: int, address: int) -> NoReturn:
    """Raise what the kernel has raised, described at an address in memory.

    Arguments that the kernel has computed are left out: only numba, having compiled it, could make objects of them.
    """
    if status <= 0:
        raise SystemError(f"a kernel ended with status {status}, which is none of numba's")
    from llvmlite import ir
    from numba.core.serialize import loads

    given = _Exception.from_address(address)
    kind, arguments, _ = loads(ctypes.string_at(given.pickled, given.size))
    if not isinstance(kind, type):
        raise kind
    raise kind(*(argument for argument in arguments or () if not isinstance(argument, ir.Value)))
