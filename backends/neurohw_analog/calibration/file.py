"""Calibrations as files: arrays in an npz archive without pickle, there completely or not at all."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import asdict, fields
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from neurohw.errors import SettingError
from neurohw.files import replacing
from neurohw_analog.calibration.result import Calibration, Measured
from neurohw_analog.trims import Trims

Array = np.ndarray

_PARTS: Mapping[str, Any] = {"trims": Trims, "before": Measured, "after": Measured}
_NO_SEED = -1  # stands for a chip without a pattern
_LARGEST_FILE = 200e6  # bytes


def save_calibration(calibration: Calibration, path: str | PathLike[str]) -> None:
    """Write a calibration.

    Raises
    ------
    SettingError
        For a folder that is missing or cannot be written to.
    """
    arrays: dict[str, Any] = {}
    for item in fields(Calibration):
        value = getattr(calibration, item.name)
        if item.name in _PARTS:
            arrays |= {f"{item.name}.{name}": part for name, part in asdict(value).items()}
        else:
            arrays[item.name] = np.asarray(_NO_SEED if value is None else value)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load_calibration(path: str | PathLike[str]) -> Calibration:
    """Read what ``save_calibration`` wrote.

    Raises
    ------
    SettingError
        For a file that is missing, too large, or no calibration.
    """
    source = Path(path)
    try:
        if source.stat().st_size > _LARGEST_FILE:
            raise SettingError(f"{source}: larger than any calibration, {_LARGEST_FILE:.0f} bytes")
        if not zipfile.is_zipfile(source):
            raise SettingError(f"{source}: no calibration (not an npz archive)")
        with np.load(source, allow_pickle=False) as file:
            data = {name: file[name] for name in _members()}
        given: dict[str, Any] = {
            name: type_(**{item.name: data[f"{name}.{item.name}"] for item in fields(type_)})
            for name, type_ in _PARTS.items()
        }
        given |= {name: data[name] for name in ("column_success", "driver_success")}
        seed = data["seed"].item()
        if type(seed) is not int:
            raise ValueError(f"seed = {seed!r} is no whole number")
        read = Calibration(
            unit=str(data["unit"]),
            unit_digest=str(data["unit_digest"]),
            seed=None if seed == _NO_SEED else seed,
            **given,
        )
        _check_arrays(read)
        return read
    except SettingError:
        raise
    except OSError as error:
        raise SettingError(f"{source}: cannot be read: {error.strerror or error}") from error
    except Exception as error:  # whatever numpy, zipfile and zlib stumble over in a damaged file
        raise SettingError(f"{source}: no calibration ({type(error).__name__}: {error})") from error


def _members() -> list[str]:
    """Return the names of all arrays of a file."""
    of_parts = [f"{part}.{item.name}" for part, type_ in _PARTS.items() for item in fields(type_)]
    return [*of_parts, *(item.name for item in fields(Calibration) if item.name not in _PARTS)]


def _check_arrays(read: Calibration) -> None:
    """Refuse arrays of other shapes or types than ``save_calibration`` writes, and measurements that are no numbers.

    Raises
    ------
    ValueError
        Naming the array.
    """
    shapes = {"column": read.trims.column_offset.shape, "driver": read.trims.driver_offset.shape}
    kinds = {"trims": "i", "before": "f", "after": "f"}
    arrays = [
        (f"{part}.{item.name}", getattr(getattr(read, part), item.name), kind)
        for part, kind in kinds.items()
        for item in fields(_PARTS[part])
    ]
    arrays += [(name, getattr(read, name), "b") for name in ("column_success", "driver_success")]
    for name, array, kind in arrays:
        shape = shapes["driver" if "driver" in name else "column"]
        if array.ndim != 2 or array.shape != shape or array.dtype.kind != kind:
            raise ValueError(f"{name}: {array.dtype} {array.shape}, must be of kind {kind!r} {shape}")
        if kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{name} has values that are no finite numbers")
