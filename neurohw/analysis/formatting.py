"""Numbers as people read them: few digits, a unit, thousands apart."""

from __future__ import annotations

from math import floor, isinf, log10

from neurohw import wording
from neurohw.wording import NOTHING, number

_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def si(value: float | None, unit: str, digits: int = 3) -> str:
    """Return a value with the SI prefix that leaves one to three digits before the point."""
    if value is None:
        return NOTHING
    if value == 0 or isinf(value):
        return f"{number(value)} {unit}"
    # rounded first, so that 999.9996 is 1 k and not 1000
    exponent = floor(log10(abs(float(f"{value:.{digits}g}"))) / 3) * 3
    exponent = min(max(exponent, min(_PREFIXES)), max(_PREFIXES))
    return f"{value / 10.0**exponent:.{digits}g} {_PREFIXES[exponent]}{unit}"


def percent(share: float | None) -> str:
    """Return a share in per cent, with enough digits to tell a little from nothing."""
    if share is None:
        return NOTHING
    if 0 < share < 0.0005:
        return wording.percent(share)
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{share * 100:.0f} %" if share in (0, 1) else f"{share * 100:.1f} %"


def causes(total: int, of: int, by_cause: dict[str, int]) -> str:
    """Return a count with its share and what caused it: ``"12 (0.1 %): contention 10, distance 2"``."""
    if not total:
        return "0"
    named = ", ".join(f"{cause} {count:,}" for cause, count in by_cause.items() if count)
    return f"{total:,} ({percent(total / of) if of else NOTHING})" + (f": {named}" if named else "")
