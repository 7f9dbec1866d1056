"""The translation that all standard models here have: none, as names and units are PyNN's on both sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyNN.standardmodels import build_translations


def unchanged(names: Iterable[str]) -> dict[str, Any]:
    """Return the translations of parameters that keep their names and units."""
    translations: dict[str, Any] = build_translations(*((name, name) for name in names))
    return translations


def adopt(model: type) -> None:
    """Give a model the documentation of the PyNN class that it completes, and parameters that stay as they are."""
    model.__doc__ = model.__doc__ or model.__bases__[1].__doc__
    model.translations = unchanged(model.default_parameters)  # type: ignore[attr-defined]
