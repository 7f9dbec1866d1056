"""Trim settings of a chip: the digital numbers with which its circuits are made more alike."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.pattern import OFFSET_STEPS, Pattern

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Trims:
    """Settings of all arrays of a chip, from 0 to 2^bits - 1; the middle changes nothing."""

    column_gain_exc: Array  # int64 [arrays, columns]
    column_gain_inh: Array  # int64 [arrays, columns]
    column_offset: Array  # int64 [arrays, columns]
    driver_offset: Array  # int64 [arrays, rows]

    def changed(self, **settings: Array) -> Trims:
        """Return a copy with other settings."""
        return replace(self, **settings)


def neutral_trims(unit: AnalogUnit) -> Trims:
    """Return the settings with which every circuit is as it was made."""
    n = unit.blocks_per_chip
    return Trims(
        column_gain_exc=np.full((n, unit.columns), middle(unit.gain_trim_bits)),
        column_gain_inh=np.full((n, unit.columns), middle(unit.gain_trim_bits)),
        column_offset=np.full((n, unit.columns), middle(unit.offset_trim_bits)),
        driver_offset=np.full((n, unit.rows), middle(unit.driver_trim_bits)),
    )


def check_trims(unit: AnalogUnit, trims: Trims) -> None:
    """Refuse settings of wrong shape or out of range.

    Raises
    ------
    SettingError
        Naming the setting, its value and the largest there is.
    """
    if not isinstance(trims, Trims):
        raise SettingError(f"trims must be Trims, not {type(trims).__name__} {trims!r}")
    neutral = neutral_trims(unit)
    for item in fields(Trims):
        given, shape = np.asarray(getattr(trims, item.name)), getattr(neutral, item.name).shape
        most = 2 ** bits_of(unit, item.name) - 1
        if given.shape != shape or given.dtype.kind not in "iu":
            raise SettingError(f"trim {item.name}: {given.dtype} {given.shape} must be whole numbers {shape}")
        if given.size and (given.min() < 0 or given.max() > most):
            wrong = given.min() if given.min() < 0 else given.max()
            raise SettingError(f"trim {item.name} = {wrong} must be from 0 to {most}")


def trimmed(unit: AnalogUnit, pattern: Pattern, trims: Trims, block: int) -> Pattern:
    """Return the pattern of an array with its settings in effect."""
    gain_exc, gain_inh = (
        1.0 + effect(settings[block], unit.gain_trim_bits, unit.gain_trim_range)
        for settings in (trims.column_gain_exc, trims.column_gain_inh)
    )
    offset = effect(trims.column_offset[block], unit.offset_trim_bits, unit.offset_trim_range)
    driver = effect(trims.driver_offset[block], unit.driver_trim_bits, unit.driver_trim_range)
    return replace(
        pattern,
        column_gain_exc=pattern.column_gain_exc * gain_exc,
        column_gain_inh=pattern.column_gain_inh * gain_inh,
        column_offset=pattern.column_offset + offset,
        driver_offset=np.round(OFFSET_STEPS * (pattern.driver_offset + driver)) / OFFSET_STEPS,
    )


def effect(setting: Any, bits: int, reach: float) -> Any:
    """Return what settings add: 0 in the middle, ``-reach`` at 0 and nearly ``reach`` at the other end."""
    return reach * (setting / middle(bits) - 1.0)


def middle(bits: int) -> int:
    """Return the setting that changes nothing."""
    return int(2 ** (bits - 1))


def bits_of(unit: AnalogUnit, name: str) -> int:
    """Return how many bits a kind of setting has."""
    if name == "driver_offset":
        return unit.driver_trim_bits
    return unit.offset_trim_bits if name == "column_offset" else unit.gain_trim_bits
