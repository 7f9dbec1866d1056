"""What a chip's age and temperature do to its cells."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.pattern import draw_drift

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Conditions:
    """Factors on the cells and on the gain of one array."""

    drift_exc: Array  # [rows, columns]
    drift_inh: Array  # [rows, columns]
    gain: float


def conditions_of(
    unit: AnalogUnit, seed: int | None, block: int, age_s: float | None, temperature_c: float | None
) -> Conditions:
    """Return the factors of an array some time after its weights were programmed, at a temperature.

    Raises
    ------
    SettingError
        For an age below that of the first reading, a temperature below absolute zero or at which nothing is left of
        the gain, or one that says something of an effect that the unit does not have.
    """
    shape = (unit.rows, unit.columns)
    gain = _gain(unit, temperature_c)
    if age_s is None:
        return Conditions(np.broadcast_to(1.0, shape), np.broadcast_to(1.0, shape), gain)
    if unit.drift_exponent is None:
        raise SettingError(f"age_s = {age_s:g}: unit {unit.name!r} has no drift; give it a drift_exponent")
    if not (isfinite(age_s) and age_s >= unit.drift_start_s):
        raise SettingError(f"age_s = {age_s:g} must be at least drift_start_s = {unit.drift_start_s:g}")
    elapsed = age_s / unit.drift_start_s
    exc, inh = (elapsed**-exponent for exponent in draw_drift(unit, seed, block))
    return Conditions(exc, inh, gain)


def _gain(unit: AnalogUnit, temperature_c: float | None) -> float:
    if temperature_c is None:
        return 1.0
    if unit.gain_per_kelvin is None:
        raise SettingError(
            f"temperature_c = {temperature_c:g}: unit {unit.name!r} does not depend on it; give it a gain_per_kelvin"
        )
    if not (isfinite(temperature_c) and temperature_c > -273.15):
        raise SettingError(f"temperature_c = {temperature_c:g} must be above -273.15")
    gain = 1.0 + unit.gain_per_kelvin * (temperature_c - unit.temperature_c)
    if gain <= 0.0:
        raise SettingError(
            f"temperature_c = {temperature_c:g}: with gain_per_kelvin = {unit.gain_per_kelvin:g} nothing is left of "
            f"the gain that unit {unit.name!r} has at {unit.temperature_c:g}"
        )
    return gain
