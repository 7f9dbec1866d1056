"""Reader of IDX files, the format of MNIST: a magic number, the size of each axis, then the numbers, big-endian.

Format: LeCun, Cortes, Burges, "The MNIST database of handwritten digits" (1998), section "the IDX file format".
"""

from __future__ import annotations

import gzip
import struct
import zlib
from math import prod
from os import PathLike
from pathlib import Path

import numpy as np

from neurohw.errors import SettingError

_GZIP_MAGIC = b"\x1f\x8b"
_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: str | PathLike[str]) -> np.ndarray:
    """Return the array of an IDX file, compressed with gzip or plain.

    Raises
    ------
    SettingError
        When the file cannot be read or is not what an IDX file should be.
    """
    data = _bytes(Path(path))
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _TYPES:
        raise SettingError(f"{path}: no IDX file, it begins with {data[:4].hex(' ') or 'nothing'}")
    n_axes = data[3]
    start = 4 + 4 * n_axes
    if len(data) < start:
        raise SettingError(f"{path}: ends after {len(data)} bytes, its header has {start}")
    shape = struct.unpack(f">{n_axes}I", data[4:start])
    dtype = np.dtype(_TYPES[data[2]])
    expected = start + prod(shape) * dtype.itemsize
    if len(data) != expected:
        size = " x ".join(map(str, shape))
        raise SettingError(f"{path}: has {len(data)} bytes, an array of {size} numbers needs {expected}")
    array = np.frombuffer(data, dtype, offset=start).reshape(shape)
    return array.astype(dtype.newbyteorder("="))


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data.startswith(_GZIP_MAGIC) else data
    except (OSError, EOFError, zlib.error) as error:
        raise SettingError(f"cannot read {path}: {error}") from error
