"""Arguments that make and choose cells, checked before PyNN's own code meets them: sizes, types, values, indices."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
from pyNN.models import BaseCellType
from pyNN.parameters import ParameterSpace
from pyNN.space import BaseStructure

from neurohw.errors import NetworkError, UnsupportedError
from neurohw.network import MOST_CELLS
from neurohw.pynn import simulator
from neurohw.pynn.errors import InvalidSizeError, NoSuchCellError
from neurohw.pynn.standardmodels import CELL_NAMES
from neurohw.wording import counted, shown

MOST_DIMENSIONS = 3


def checked_size(name: str, size: Any) -> int | tuple[int, ...]:
    """Return the size of a population as Python's numbers.

    Raises
    ------
    NetworkError
        For what is no size, and for more cells than there are numbers for, or than fit into the machine's memory.
    """
    sizes = size if isinstance(size, tuple) else (size,)
    whole = all(isinstance(n, Integral) and not isinstance(n, bool) for n in sizes)
    if not whole or not 1 <= len(sizes) <= MOST_DIMENSIONS:
        raise NetworkError(
            f"{name}: size {shown(size)} must be a whole number, or a tuple of up to {MOST_DIMENSIONS} of them"
        )
    if min(sizes) < 1:
        raise NetworkError(f"{name}: size {size} must be at least 1")
    _check_room(name, math.prod(map(int, sizes)))
    return tuple(map(int, size)) if isinstance(size, tuple) else int(size)


def _check_room(name: str, n_cells: int) -> None:
    before = simulator.state.id_counter
    if n_cells > MOST_CELLS - before:
        others = f", of which others have {before:,}" if before else ""
        raise NetworkError(
            f"{name}: size {n_cells:,} must be at most {MOST_CELLS - before:,}: a network has {MOST_CELLS:,} cells at "
            f"most{others}"
        )
    cell = simulator.ID(0)
    cell.parent = None
    least, there = n_cells * (sys.getsizeof(cell) + sys.getsizeof(vars(cell))), _memory_bytes()
    if least > there:
        raise NetworkError(
            f"{name}: {n_cells:,} cells take {least / 1e9:,.0f} GB at least, this machine has {there / 1e9:,.0f} GB"
        )


def _memory_bytes() -> float:
    """Return how much memory the machine has, infinity where it does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return math.inf


def check_celltype(name: str, celltype: Any) -> None:
    """Refuse what is no cell type of neurohw's.

    Raises
    ------
    UnsupportedError
        With those there are.
    """
    kind = celltype if isinstance(celltype, type) else type(celltype)
    if not (issubclass(kind, BaseCellType) and hasattr(celltype, "model")):
        given = repr(celltype) if isinstance(celltype, str) else getattr(celltype, "__name__", kind.__name__)
        raise UnsupportedError(
            f"{name}: no cell type {given}; there are {', '.join(CELL_NAMES)}, PointNeuron"
        )


def check_structure(name: str, structure: Any) -> None:
    """Refuse what gives no positions.

    Raises
    ------
    NetworkError
        With what there is.
    """
    if structure is not None and not isinstance(structure, BaseStructure):
        raise NetworkError(
            f"{name}: structure = {structure!r} must be an instance of a structure of pyNN.space, such as Grid2D()"
        )


def check_lengths(where: str, schema: Mapping[str, Any], parameters: Mapping[str, Any], size: int) -> None:
    """Refuse lists and arrays of numbers that are not one for each cell; an array without dimensions is a number.

    Raises
    ------
    InvalidSizeError
        Naming the first.
    """
    for name, value in parameters.items():
        is_listed = isinstance(value, list | tuple | np.ndarray) and schema.get(name) is float
        if is_listed and _shape(where, name, value) not in ((), (size,)):
            raise InvalidSizeError(f"{where}: {name} has {_counted(value)}, must be one number, or {size}")


def check_space(where: str, parameters: ParameterSpace, size: int) -> None:
    """Refuse parameters of a cell type that are not as many as there are cells.

    Raises
    ------
    InvalidSizeError
        Naming the first.
    """
    for name, lazy in parameters.items():
        value = getattr(lazy, "base_value", None)
        if isinstance(value, np.ndarray) and value.shape not in ((), (size,)):
            raise InvalidSizeError(f"{where}: {name} has {_counted(value)}, must be one value, or {size}")


def _shape(where: str, name: str, value: Any) -> tuple[int, ...]:
    try:
        return np.shape(value)
    except ValueError as error:
        raise InvalidSizeError(f"{where}: {name} has rows of several lengths, must be numbers") from error


def _counted(value: Any) -> str:
    shape = np.shape(value)
    return counted(shape[0], "value") if len(shape) == 1 else f"shape {shape}"


def check_index(where: str, size: int, selector: Any) -> None:
    """Refuse an index, or a selector, of cells that there are not.

    Raises
    ------
    NoSuchCellError
        With how many there are.
    NetworkError
        For a selector of none.
    """
    try:
        chosen = np.arange(size)[selector]
    except IndexError as error:
        raise NoSuchCellError(
            f"{where}: {shown(selector)} chooses no cells, it has {size}: {error}"
        ) from error
    if chosen.size == 0:
        raise NetworkError(f"a view of {where} holds no cell: {shown(selector)}")
