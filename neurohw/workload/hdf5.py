"""Workloads as HDF5: a tenth of the size of JSON, and read in a moment. Needs h5py."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from neurohw.errors import MissingPackageError, SettingError
from neurohw.files import replacing

Array = np.ndarray

SUFFIXES = (".h5", ".hdf5")
MOST_BYTES = 2**36  # of one dataset as it is read: a small file may hold a large one, compressed


def is_hdf5(path: str | PathLike[str]) -> bool:
    """Return whether the name of a file says that it is HDF5."""
    return Path(path).suffix.lower() in SUFFIXES


def check_hdf5(path: str | PathLike[str]) -> None:
    """Refuse a file that could neither be written nor read for want of h5py.

    Raises
    ------
    MissingPackageError
        For a name of HDF5 without h5py.
    """
    if is_hdf5(path):
        _h5py(path)


def write_hdf5(
    path: str | PathLike[str], file_format: str, columns: Mapping[str, Array], edges: Mapping[str, Array]
) -> None:
    """Write columns, and those of the group ``edges``, compressed; completely or not at all.

    Raises
    ------
    SettingError
        When the folder is missing or cannot be written to.
    MissingPackageError
        Without h5py.
    """
    h5py = _h5py(path)
    with replacing(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["format"] = file_format
        named = {**columns, **{f"edges/{name}": column for name, column in edges.items()}}
        for name, column in named.items():
            packing = {"compression": "gzip", "shuffle": True} if column.size else {}
            file.create_dataset(name, data=column, **packing)


def read_hdf5(path: Path) -> dict[str, Any]:
    """Return what a file holds, as the object of the JSON format; columns are arrays.

    Links to other files are not followed.

    Raises
    ------
    SettingError
        For a file that cannot be read, is no HDF5 or has other contents.
    MissingPackageError
        Without h5py.
    """
    h5py = _h5py(path)
    try:
        with h5py.File(path, "r") as file:
            data = {name: _dataset(h5py, path, file, name) for name in ("is_neuron", "spikes")}
            edges = {name: _dataset(h5py, path, file, f"edges/{name}") for name in ("pre", "post", "spikes")}
            return {"format": _text(file.attrs.get("format")), **data, "edges": edges}
    except OSError as error:
        reason = "no HDF5, or damaged" if path.is_file() else "no such file, or a folder"
        raise SettingError(f"{path}: cannot be read: {reason}") from error


def _dataset(h5py: Any, path: Path, file: Any, name: str) -> Array:
    parts = name.split("/")
    for depth in range(1, len(parts) + 1):
        link = file.get("/".join(parts[:depth]), getlink=True)
        if not isinstance(link, h5py.HardLink):
            what = "there is none" if link is None else "it is a link, not a part of this file"
            raise SettingError(f"{path}: {'/'.join(parts[:depth])}: {what}")
    found = file[name]
    if not isinstance(found, h5py.Dataset) or found.external or found.is_virtual:
        raise SettingError(f"{path}: {name} must be a dataset within this file")
    if found.nbytes > MOST_BYTES:
        raise SettingError(f"{path}: {name}: {found.nbytes:,} bytes, at most {MOST_BYTES:,} are read")
    return np.asarray(found[()])


def _text(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _h5py(path: str | PathLike[str]) -> Any:
    try:
        import h5py
    except ImportError:
        raise MissingPackageError(
            f"{path}: HDF5 needs h5py, which is not installed: pip install 'neurohw[hdf5]', or use JSON (.json)"
        ) from None
    return h5py
