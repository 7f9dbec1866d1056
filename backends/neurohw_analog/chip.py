"""A chip of analog matrix units: synapse arrays with a fixed pattern each, which multiply vectors by matrices."""

from __future__ import annotations

from numbers import Integral
from os import PathLike

from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw_analog.array import SynapseArray
from neurohw_analog.conditions import conditions_of
from neurohw_analog.multiplication import SEEDS
from neurohw_analog.multiplier import Multiplier
from neurohw_analog.pattern import draw_pattern
from neurohw_analog.trims import Trims, check_trims, neutral_trims, trimmed


class AnalogChip(Multiplier):
    """One chip: as many arrays as its unit says, each with a pattern of its own.

    Parameters
    ----------
    unit : an analog unit, the name of a preset or the path of a TOML file.
    seed : of the chip: of its fixed pattern, and part of its noise. None: a chip without a pattern, whose noise
        depends on ``noise_seed`` alone.
    noise_seed : of a run: of the noise, where a multiplication names no other. Chips with the same two seeds have the
        same noise; of two chips with different seeds each has its own. Chips without a seed that are to differ need a
        ``noise_seed`` each.
    age_s : seconds since the weights were programmed; None: no drift.
    temperature_c : of the chip; None: that for which the unit's gain holds.

    Raises
    ------
    UnknownNameError, ChipError
        For a unit that is not known or cannot be.
    SettingError
        For a seed that is no whole number or out of range, and for an age or a temperature out of range, or of which
        the unit does not say what it does.
    """

    n_chips = 1

    def __init__(
        self,
        unit: AnalogUnit | str | PathLike[str],
        seed: int | None = None,
        *,
        noise_seed: int = 0,
        age_s: float | None = None,
        temperature_c: float | None = None,
    ) -> None:
        super().__init__(load_unit(unit), noise_seed)
        is_whole = isinstance(seed, Integral) and not isinstance(seed, bool)
        if seed is not None and not (is_whole and 0 <= seed < SEEDS):
            raise SettingError(f"seed = {seed!r} must be a whole number from 0 to {SEEDS - 1}, or None")
        self.seed = seed
        arrays = range(self.unit.blocks_per_chip)
        self._patterns = [draw_pattern(self.unit, seed, array) for array in arrays]
        self._conditions = [conditions_of(self.unit, seed, array, age_s, temperature_c) for array in arrays]
        self.trims = neutral_trims(self.unit)

    @property
    def chip_seeds(self) -> tuple[int | None, ...]:
        """The seeds of all chips."""
        return (self.seed,)

    @property
    def arrays(self) -> tuple[SynapseArray, ...]:
        """The arrays in the order in which they take blocks, with their settings in effect."""
        return self._arrays

    @property
    def trims(self) -> Trims:
        """Settings that make circuits more alike; another value takes effect at once.

        Raises
        ------
        SettingError
            For settings of wrong shape or out of range.
        """
        return self._trims

    @trims.setter
    def trims(self, trims: Trims) -> None:
        check_trims(self.unit, trims)
        self._trims = trims
        self._arrays = tuple(
            SynapseArray(self.unit, trimmed(self.unit, pattern, trims, number), conditions)
            for number, (pattern, conditions) in enumerate(zip(self._patterns, self._conditions, strict=True))
        )
