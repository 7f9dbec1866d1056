"""What a calibration found: circuits before and after, the settings, and which of them succeeded."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from neurohw.errors import SettingError
from neurohw_analog.trims import Trims

Array = np.ndarray

FEW = 0.5  # of the columns: with fewer that succeed, a calibration is applied with a warning


@dataclass(frozen=True, eq=False)
class Measured:
    """What the results of a chip say of its circuits, array by array."""

    column_offset: Array  # [arrays, columns], LSB
    column_gain_exc: Array  # [arrays, columns], LSB for an input step and a weight step
    column_gain_inh: Array  # [arrays, columns]
    driver_slope: Array  # [arrays, rows], LSB for an input step and a weight step
    driver_offset: Array  # [arrays, rows], input steps
    noise: Array  # [arrays, columns], LSB

    @property
    def gain(self) -> float:
        """Gain of the chip as a whole: the median of all columns, mean of that for weights above and below zero."""
        return float(np.mean([np.median(gains) for gains in (self.column_gain_exc, self.column_gain_inh)]))


@dataclass(frozen=True, eq=False)
class Calibration:
    """Settings of one chip, and how its circuits were without and with them."""

    unit: str
    unit_digest: str
    seed: int | None  # of the chip
    trims: Trims
    before: Measured
    after: Measured
    column_success: Array  # bool [arrays, columns]
    driver_success: Array  # bool [arrays, rows]

    def apply_to(self, chip: Any) -> None:
        """Set the trims of a chip: the calibration in hardware terms.

        Warns where few of its columns came within their tolerance.

        Raises
        ------
        SettingError
            For another chip, or a chip of another unit.
        """
        self.check(chip)
        success = float(self.column_success.mean())
        if success < FEW:
            warnings.warn(
                f"calibration of the chip with seed {self.seed}: {success:.0%} of its columns came within their "
                "tolerance; it may need more runs, or trims that reach further",
                stacklevel=2,
            )
        chip.trims = self.trims

    def check(self, chip: Any) -> None:
        """Refuse another chip than that for which the settings were found.

        Raises
        ------
        SettingError
            Naming both.
        """
        if not hasattr(chip, "trims"):
            raise SettingError(f"a calibration goes to a chip, not to {type(chip).__name__} {chip!r}")
        if chip.unit.digest() != self.unit_digest:
            raise SettingError(
                f"a calibration of unit {self.unit!r} (digest {self.unit_digest}) is none for unit "
                f"{chip.unit.name!r} (digest {chip.unit.digest()}); calibrate the chip itself"
            )
        if chip.seed != self.seed:
            raise SettingError(
                f"a calibration of the chip with seed {self.seed} is none for that with seed {chip.seed}: "
                "its circuits differ in other ways; calibrate the chip itself"
            )

    def table(self) -> list[dict[str, Any]]:
        """Return mean and spread of each property before and after, one line each."""
        pair = (self.before, self.after)
        target = self.before.gain
        return [
            _line("column offset", "LSB", [m.column_offset for m in pair]),
            _line("column gain, exc", "", [m.column_gain_exc / target for m in pair]),
            _line("column gain, inh", "", [m.column_gain_inh / target for m in pair]),
            _line("driver offset", "input step", [m.driver_offset for m in pair]),
            _line("driver slope", "", [m.driver_slope / np.median(m.driver_slope) for m in pair]),
            _line("noise", "LSB", [m.noise for m in pair]),
        ]


def _line(name: str, unit: str, pair: list[Array]) -> dict[str, Any]:
    before, after = pair
    return {
        "property": name,
        "unit": unit,
        "mean_before": float(before.mean()),
        "spread_before": float(before.std()),
        "mean_after": float(after.mean()),
        "spread_after": float(after.std()),
    }
