"""MNIST, 60,000 and 10,000 handwritten digits of 28 x 28 pixels, from the four files it is published as.

LeCun, Cortes, Burges, "The MNIST database of handwritten digits" (1998).
"""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path

import numpy as np

from neurohw.datasets.dataset import Dataset
from neurohw.datasets.idx import read_idx
from neurohw.errors import SettingError

_PARTS = {"train": "train", "test": "t10k"}
_SIZE = 28


def load_mnist(folder: str | PathLike[str] | None = None) -> Dataset:
    """Return MNIST, pixels as uint8 [samples, 28, 28] from 0 (background) to 255.

    Parameters
    ----------
    folder : with the four files, as they are or with ``.gz``. By default ``$NEUROHW_DATA/mnist`` or ``$NEUROHW_DATA``.

    Raises
    ------
    SettingError
        When a file is missing, or is not what it should be.
    """
    place = _find(folder)
    arrays = {}
    for part, prefix in _PARTS.items():
        images, labels = (
            _file(place, f"{prefix}-images-idx3-ubyte"),
            _file(place, f"{prefix}-labels-idx1-ubyte"),
        )
        arrays[f"{part}_inputs"] = _checked(images, (_SIZE, _SIZE))
        arrays[f"{part}_labels"] = _checked(labels, ()).astype(np.int64)
    return Dataset("mnist", **arrays, n_classes=10, input_max=255.0)


def _find(folder: str | PathLike[str] | None) -> Path:
    places = _usual_places() if folder is None else [Path(folder)]
    for place in places:
        if any(place.glob("train-images-idx3-ubyte*")):
            return place
    looked = f"not in {' and '.join(map(str, places))}" if places else "and NEUROHW_DATA is not set"
    raise SettingError(
        f"MNIST is not here: no train-images-idx3-ubyte or train-images-idx3-ubyte.gz, {looked}. Its four files are "
        "published at yann.lecun.com/exdb/mnist and many copies of it; torchvision.datasets.MNIST(root, download=True) "
        "puts them into root/MNIST/raw. Name their folder, or set NEUROHW_DATA to it"
    )


def _usual_places() -> list[Path]:
    root = os.environ.get("NEUROHW_DATA")
    return [Path(root, "mnist"), Path(root)] if root else []


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise SettingError(f"MNIST is incomplete: no {name} or {name}.gz in {folder}")


def _checked(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    array = read_idx(path)
    if array.dtype != np.uint8 or array.shape[1:] != shape or array.ndim != 1 + len(shape):
        expected = " x ".join(["n", *map(str, shape)])
        raise SettingError(f"{path}: {array.dtype} {array.shape} must be uint8, {expected}")
    if not len(array):
        raise SettingError(f"{path}: holds no samples")
    return array
