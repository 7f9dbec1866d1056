"""Numbers in sentences: few digits, thousands apart, nouns in the plural."""

from __future__ import annotations

from math import isinf, isnan
from reprlib import Repr
from typing import Any

NOTHING = "-"
LEAST_PERCENT = 1e-4  # what is less is not told apart from it
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 200


def number(value: float | None, digits: int = 3) -> str:
    """Return up to ``digits`` significant digits, whole numbers in full; a dash for None and for no number."""
    if value is None or isnan(value):
        return NOTHING
    if isinf(value):
        return "no limit" if value > 0 else "-inf"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"


def counted(value: float, noun: str) -> str:
    """Return a number with its noun: ``"1 tick"``, ``"0.5 ticks"``."""
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"


def percent(share: float) -> str:
    """Return a share in percent, to two digits: ``"3.1 %"``, ``"< 0.0001 %"``."""
    two_digits = float(f"{share * 100:.2g}")
    if 0 < two_digits < LEAST_PERCENT:
        return f"< {LEAST_PERCENT:.4f} %"
    return f"{two_digits:,.10g} %"


def shown(value: Any) -> str:
    """Return a value as Python writes it, but of a long list only the beginning: ``"[1.0, 1.0, ...]"``."""
    return _SHORT.repr(value)
