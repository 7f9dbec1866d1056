"""Files for recorded data: neo's writer for the suffix of a name, and the package that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import neo
from pyNN import recording

from neurohw.errors import UnknownNameError, UnsupportedError

# by suffix, what neo's writer imports and what provides it
PACKAGES: Mapping[str, tuple[str, ...]] = {
    ".pkl": (),
    ".pickle": (),
    ".nix": ("nixio", "h5py"),
    ".h5": ("nixio", "h5py"),
    ".nwb": ("pynwb",),
    ".mat": ("scipy",),
}


def get_io(filename: str) -> Any:
    """Return the neo object that writes and reads a file, by its suffix; its folder is made where missing.

    Raises
    ------
    UnknownNameError
        For a suffix that no writer has.
    UnsupportedError
        When the package that the format needs is not installed.
    """
    check_format(filename)
    return recording.get_io(str(filename))


def write_block(block: neo.Block, target: Any) -> None:
    """Write a block to a file name, see :func:`get_io`, or to a neo IO."""
    io = get_io(target) if isinstance(target, str) else target
    if isinstance(io, neo.io.NWBIO) and "session_start_time" not in block.annotations:
        # NWB cannot do without
        io.annotations["session_start_time"] = block.rec_datetime.astimezone()
    io.write_block(block)


def check_format(filename: str) -> None:
    """Raise what ``get_io`` would."""
    suffix = Path(filename).suffix
    if suffix not in PACKAGES:
        raise UnknownNameError.of("file format", suffix or str(filename), PACKAGES)
    missing = [package for package in PACKAGES[suffix] if find_spec(package) is None]
    if missing:
        raise UnsupportedError(
            f"{filename}: {suffix} files need {' and '.join(missing)}; run: pip install {' '.join(missing)}"
        )
