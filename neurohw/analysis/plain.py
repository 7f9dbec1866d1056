"""Results as JSON that any reader accepts, and back: numpy as plain numbers, and no NaN or infinity."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from math import isfinite
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np


def to_json(value: Any, indent: int | None = None) -> str:
    """Return a value as strict JSON; numbers that JSON does not know become null."""
    return json.dumps(_plain(value), indent=indent, allow_nan=False, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not isfinite(value) else value


def from_plain(type_: Any, value: Any) -> Any:
    """Return a value of a type from plain dicts, lists and numbers: dataclasses, mappings of them, arrays.

    A field that is missing has its default.

    Raises
    ------
    KeyError, TypeError
        When the value is not of that type.
    """
    choices = [choice for choice in get_args(type_) if choice is not NoneType]
    if value is None or (get_origin(type_) is None and not is_dataclass(type_) and type_ is not np.ndarray):
        return value
    if type_ is np.ndarray:
        return np.array(value) if value else np.empty(0, np.int64)
    if is_dataclass(type_):
        return _dataclass(type_, value)
    if get_origin(type_) is Mapping:
        return {name: from_plain(choices[1], item) for name, item in value.items()}
    return from_plain(choices[0], value)


def _dataclass(type_: Any, table: Mapping[str, Any]) -> Any:
    types = get_type_hints(type_)
    required = [item for item in fields(type_) if item.default is MISSING and item.default_factory is MISSING]
    values = {item.name: table[item.name] for item in required}
    values |= {item.name: table[item.name] for item in fields(type_) if item.name in table}
    return type_(**{name: from_plain(types[name], value) for name, value in values.items()})
