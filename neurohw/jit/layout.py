"""Where the fields of an array's object lie in memory, for machine code that reads them."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import numpy as np

# in bytes; the type is in the head of any object, the others in numpy's public C structure PyArrayObject_fields
OFFSETS = {"type": 8, "data": 16, "ndim": 24, "shape": 32, "strides": 40, "dtype": 56, "flags": 64}
_HALF = 0xFFFFFFFF


@cache
def is_as_expected() -> bool:
    """True when an array of this Python and numpy lies in memory like that."""
    if ctypes.sizeof(ctypes.c_void_p) != 8 or sys.byteorder != "little":
        return False
    if object.__basicsize__ != OFFSETS["data"] or np.ndarray.__basicsize__ < OFFSETS["flags"] + 4:
        return False
    probe = np.zeros((2, 3), np.float32)[:, 1:]
    found = {name: _word(id(probe) + offset) for name, offset in OFFSETS.items()}
    return (
        found["type"] == id(np.ndarray)
        and found["data"] == probe.__array_interface__["data"][0]
        and found["ndim"] & _HALF == probe.ndim
        and (_word(found["shape"]), _word(found["shape"] + 8)) == probe.shape
        and (_word(found["strides"]), _word(found["strides"] + 8)) == probe.strides
        and found["dtype"] == id(probe.dtype)
        and found["flags"] & _HALF == probe.flags.num
    )


def _word(address: int) -> int:
    return ctypes.c_int64.from_address(address).value
