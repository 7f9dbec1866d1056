"""Settings that partitioners and placers share, refused where they cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

import numpy as np

from neurohw.errors import SettingError, UnknownNameError

LARGEST_SEED = 2**63 - 1


def check_whole(name: str, value: object, least: int, most: int) -> None:
    """Refuse what is no whole number within a range.

    Raises
    ------
    SettingError
        Naming value and range.
    """
    if not isinstance(value, int | np.integer) or not least <= value <= most:
        raise SettingError(f"{name} = {value!r} must be a whole number from {least} to {most:,}")


def check_name(what: str, name: object, known: Iterable[str]) -> None:
    """Refuse what is not one of some names.

    Raises
    ------
    SettingError
        For what is no name at all, naming those that are known.
    UnknownNameError
        For another name.
    """
    if not isinstance(name, str):
        raise SettingError(f"{what} = {name!r} must be a name: {', '.join(sorted(known))}")
    if name not in known:
        raise UnknownNameError.of(what, name, known)


def check_seed(seed: object) -> None:
    """Refuse a seed that is no whole number from 0 to ``LARGEST_SEED``.

    Raises
    ------
    SettingError
        Naming value and range.
    """
    check_whole("seed", seed, 0, LARGEST_SEED)


def check_seconds(seconds: object, *, finite: bool) -> None:
    """Refuse a time limit that is no number above 0.

    Parameters
    ----------
    finite : whether there has to be a limit; else infinity stands for none.

    Raises
    ------
    SettingError
        Naming the value.
    """
    if not isinstance(seconds, int | float | np.number) or not seconds > 0 or (finite and seconds == inf):
        raise SettingError(f"seconds = {seconds!r} must be a {'finite ' if finite else ''}number above 0")
