"""Values of cell parameters: worked out to one number, or one ``Sequence``, a cell, and checked at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from pyNN.parameters import ArrayParameter, LazyArray, ParameterSpace, Sequence

from neurohw.pynn.errors import InvalidValueError
from neurohw.wording import shown

Array = np.ndarray
_LISTS = Sequence, ArrayParameter  # of PyNN, of times and of parameters


def values_of_cells(
    label: str, celltype: Any, parameters: ParameterSpace, mask: Array | None = None
) -> dict[str, Array]:
    """Work out parameters in place, of all cells or those in ``mask``, and return their arrays by name.

    Raises
    ------
    InvalidValueError
        For what is no number, spike times that are negative or not ascending, and arrays of the wrong size.
    """
    _evaluate(label, parameters, mask)
    size = parameters.shape[0] if mask is None else int(np.count_nonzero(mask))
    arrays = {
        name: _as_array(f"population {label!r}: {name}", value, size, name == "spike_times")
        for name, value in parameters.items()
    }
    for name, values in arrays.items():
        _check_spike_times(label, name, values)
        _check_sizes(label, celltype, name, values)
    return arrays


def rows_as_lists(schema: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with a list of rows for each matrix given to an array parameter (PyNN takes no matrix)."""
    return {
        name: list(value)
        if isinstance(value, np.ndarray) and value.ndim == 2 and schema.get(name) is Sequence
        else value
        for name, value in parameters.items()
    }


def _evaluate(label: str, parameters: ParameterSpace, mask: Array | None) -> None:
    """Work out all values, or those of the cells in ``mask``, in place."""
    try:
        parameters.evaluate(mask, simplify=False)
    except (ValueError, TypeError, AssertionError) as error:  # the first that is still lazy is the one
        name, lazy = next((name, x) for name, x in parameters.items() if isinstance(x, LazyArray))
        limit = "must be a number, an array, a distribution or a function"
        raise InvalidValueError(f"population {label!r}: {name} = {lazy.base_value!r} {limit}") from error


def _as_array(what: str, value: Any, size: int, is_sequence: bool) -> Array:
    """Return one number, or one ``Sequence``, a cell."""
    if not (is_sequence or isinstance(value, Sequence) or np.asarray(value).dtype == object):
        return np.array(np.broadcast_to(np.asarray(value, dtype=float), (size,)))
    given = [value] * size if isinstance(value, Sequence) else value
    if np.ndim(given) == 0 or len(given) != size or not all(_is_list(own) for own in given):
        limit = f"must be a list of numbers for each of {size} cells"
        call = "a function is called with the indices of all of them, and returns as many lists"
        raise InvalidValueError(f"{what} = {shown(np.asarray(value, object).tolist())}, {limit}; {call}")
    sequences = np.empty(size, dtype=object)
    for index, own in enumerate(given):
        sequences[index] = own if isinstance(own, _LISTS) else Sequence(own)
    return sequences


def _is_list(value: Any) -> bool:
    return isinstance(value, _LISTS) or np.ndim(value) == 1


def _check_spike_times(label: str, name: str, values: Array) -> None:
    if name != "spike_times":
        return
    for index, sequence in enumerate(values):
        times = np.asarray(sequence.value, dtype=float)
        if times.ndim != 1:
            raise InvalidValueError(
                f"population {label!r}: spike_times = {times.tolist()} of cell {index} must be a list of times in ms"
            )
        good = np.isfinite(times) & (times >= 0)
        where = f"population {label!r}: spike time {{}} ms of cell {index}"
        if not good.all():
            raise InvalidValueError(f"{where.format(times[np.argmin(good)])} must be at least 0 ms")
        falls = np.flatnonzero(np.diff(times) < 0)
        if falls.size:
            before, after = times[falls[0]], times[falls[0] + 1]
            raise InvalidValueError(
                f"{where.format(after)} follows {before} ms; spike times must be ascending"
            )


def _check_sizes(label: str, celltype: Any, name: str, values: Array) -> None:
    size = celltype.array_sizes.get(name)
    if size is None:
        return
    for index, array in enumerate(values):
        if np.shape(array.value) != (size,):
            given = f"{name} of cell {index} has {np.size(array.value)} numbers"
            raise InvalidValueError(f"population {label!r}: {given}, must have {size}")
