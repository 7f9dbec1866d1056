"""The translation that all standard models here have: none, as names and units are PyNN's on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from numbers import Real
from typing import Any

from pyNN import errors
from pyNN.standardmodels import build_translations

from neurohw.errors import NeurohwError
from neurohw.pynn.errors import InvalidSizeError, InvalidValueError
from neurohw.wording import shown


def unchanged(names: Iterable[str]) -> dict[str, Any]:
    """Return the translations of parameters that keep their names and units."""
    translations: dict[str, Any] = build_translations(*((name, name) for name in names))
    return translations


def adopt(model: type) -> None:
    """Give a model the documentation of the PyNN class that it completes, and parameters that stay as they are."""
    model.__doc__ = model.__doc__ or model.__bases__[-1].__doc__
    model.translations = unchanged(model.default_parameters)  # type: ignore[attr-defined]


@contextmanager
def naming(model: type, parameters: Mapping[str, Any]) -> Iterator[None]:
    """Have PyNN's errors for parameters of a model name the model and the value."""
    try:
        yield
    except errors.NonExistentParameterError as error:
        known = error.valid_parameter_names
        raise errors.NonExistentParameterError(error.parameter_name, model.__name__, known) from None
    except NeurohwError:
        raise
    except (ValueError, errors.InvalidDimensionsError, AssertionError) as error:
        given = [
            f"{name} = {shown(value)}" for name, value in parameters.items() if not isinstance(value, Real)
        ]
        kind = InvalidSizeError if isinstance(error, errors.InvalidDimensionsError) else InvalidValueError
        raise kind(": ".join([model.__name__, *given, str(error) or "must be a number"])) from error
