"""Numbers of cells and clusters, refused where there is none of that number: compiled loops look nothing up twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurohw.errors import SettingError
from neurohw.wording import counted

Array = np.ndarray


def whole_numbers(values: Any, name: str) -> Array:
    """Return an array or list of whole numbers as an array, which is not copied.

    Raises
    ------
    SettingError
        For other types, and for tables.
    """
    found = np.asarray(values)
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise SettingError(
            f"{name}: {found.dtype} of shape {found.shape}, must be whole numbers in one dimension"
        )
    return found if found.size else np.empty(0, np.int32)


def checked_ids(values: Any, n: int, noun: str, name: str, item: str) -> Array:
    """Return the numbers of some of ``n`` cells, clusters or tiles as an array, which is not copied.

    Parameters
    ----------
    n, noun : how many there are, of what.
    name : of the array, for messages.
    item : what has one of these numbers, for messages: ``"neuron graph: synapse"``.

    Raises
    ------
    SettingError
        For what is no whole number from 0 to ``n - 1``, naming the first item.
    """
    ids = whole_numbers(values, f"{item}s: {name}")
    if ids.size and (ids.min() < 0 or ids.max() >= n):
        first = int(np.argmax((ids < 0) | (ids >= n)))
        verb = "is" if n == 1 else "are"
        raise SettingError(f"{item} {first}: {name} = {ids[first]:,}, there {verb} {counted(n, noun)}")
    return ids
