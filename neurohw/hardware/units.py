"""Units that a chip file may use, and their size in the unit in which a chip keeps the number."""

from __future__ import annotations

from collections.abc import Mapping

_UNITS: Mapping[str, Mapping[str, float]] = {
    "MHz": {"Hz": 1e-6, "kHz": 1e-3, "MHz": 1, "GHz": 1000},
    "pJ": {"fJ": 1e-3, "pJ": 1, "nJ": 1e3, "uJ": 1e6, "µJ": 1e6},
    "mW": {"nW": 1e-6, "uW": 1e-3, "µW": 1e-3, "mW": 1, "W": 1000},
    "Mbit/s": {"bit/s": 1e-6, "kbit/s": 1e-3, "Mbit/s": 1, "Gbit/s": 1000, "MB/s": 8, "GB/s": 8000},
    "ns": {"ps": 1e-3, "ns": 1, "us": 1e3, "µs": 1e3},
    "us": {"ns": 1e-3, "us": 1, "µs": 1, "ms": 1e3},
    "s": {"ms": 1e-3, "s": 1, "min": 60, "h": 3600},
    "W": {"uW": 1e-6, "µW": 1e-6, "mW": 1e-3, "W": 1},
    "uS": {"nS": 1e-3, "uS": 1, "µS": 1},
    "Ohm": {"Ohm": 1, "kOhm": 1e3},
    "bit": {"bit": 1, "bits": 1, "byte": 8, "bytes": 8},
    "": {"": 1, "1": 1, "x": 1},
}


def units_of(unit: str) -> Mapping[str, float]:
    """Return the units accepted for a number kept in ``unit``, each with its factor.

    Counts ("cycle", "packet", "tile" ...) accept their singular, their plural and no unit at all.
    """
    return _UNITS.get(unit) or {unit: 1, f"{unit}s": 1, "": 1}
