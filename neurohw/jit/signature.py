"""What a kernel is called with: arrays, numbers and None, in tuples of any depth, and how numba sees their types."""

from __future__ import annotations

from typing import Any

import numpy as np

_ITEM_TYPES = frozenset("?bhilqBHILQfdFD")  # numpy's letters of numbers that a kernel may take an array of
INTEGERS = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
UNSIGNED = frozenset(name for name in INTEGERS if name[0] == "u")
NUMBERS = INTEGERS | {"bool", "float32", "float64"}
_NAMES: dict[type, str] = {bool: "bool", np.bool_: "bool", int: "int64", float: "float64"}
_NAMES |= {np.dtype(letter).type: np.dtype(letter).name for letter in "bhilqBHILQfd"}
_LAYOUT, _WRITABLE, _ALIGNED = 0x3, 0x400, 0x100  # numpy's flags of an array: C, Fortran; writeable; aligned

Nested = Any  # a type's name, or for a tuple a tuple of them


class UnknownTypeError(Exception):
    """Something that only numba can hand to a kernel."""


def signature(values: tuple[Any, ...]) -> tuple[Nested, ...]:
    """Return the types of the values as numba tells them apart, in tuples as deep as the values.

    Raises
    ------
    UnknownTypeError
        If one is neither an array of numbers, nor a number, None or a tuple.
    """
    return tuple(_type(value) for value in values)


def _type(value: Any) -> Nested:
    kind = type(value)
    if kind is np.ndarray:
        return _array_type(value)
    if issubclass(kind, tuple):
        return signature(value)
    if value is None:
        return "none"
    if kind not in _NAMES or (kind is int and not -(2**63) <= value < 2**63):
        raise UnknownTypeError(kind.__qualname__)
    return _NAMES[kind]


def _array_type(array: np.ndarray) -> str:
    """Return such as ``8 2 1281 <f8``: bytes an item, dimensions, the flags that matter, and the type of an item.

    Raises
    ------
    UnknownTypeError
        If the items are neither numbers in this machine's order of bytes, nor records of such.
    """
    flags = array.flags.num
    return f"{array.itemsize} {array.ndim} {flags & mask_of(flags)} {_item_type(array.dtype)}"


def mask_of(flags: int) -> int:
    """Return which of an array's flags matter: if its rows are in order, it does not whether columns are, too."""
    return (1 if flags & 1 else _LAYOUT) | _WRITABLE | _ALIGNED


def _item_type(dtype: np.dtype) -> str:
    if dtype.subdtype is not None:
        item, shape = dtype.subdtype
        return f"{_item_type(item)}{list(shape)}"
    if dtype.fields is not None:
        fields = [(name, _item_type(item), at) for name, (item, at, *_) in dtype.fields.items()]
        return f"{dtype.type.__name__}{fields}{dtype.isalignedstruct}"
    if dtype.char not in _ITEM_TYPES or not dtype.isnative:
        raise UnknownTypeError(f"array of {dtype}")
    return dtype.str


def named(values: tuple[Any, ...]) -> list[Any]:
    """Return the tuples among the values by their classes' names, and their fields', which code reads by place."""
    return [
        [type(value).__module__, type(value).__qualname__, getattr(value, "_fields", ()), named(value)]
        for value in values
        if isinstance(value, tuple)
    ]


def objects_of_types(values: tuple[Any, ...]) -> list[Any]:
    """Return what the entry of a kernel compares: of arrays two objects, of others the class, of None itself."""
    objects: list[Any] = []
    for value in values:
        objects.append(None if value is None else type(value))
        if isinstance(value, np.ndarray):
            objects.append(value.dtype)
        elif isinstance(value, tuple):
            objects += objects_of_types(value)
    return objects


def arrays_of(values: tuple[Any, ...]) -> list[np.ndarray]:
    """Return the arrays among the values, in tuples of any depth."""
    arrays: list[np.ndarray] = []
    for value in values:
        if isinstance(value, np.ndarray):
            arrays.append(value)
        elif isinstance(value, tuple):
            arrays += arrays_of(value)
    return arrays
