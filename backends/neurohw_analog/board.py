"""Several chips of analog matrix units that work in parallel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neurohw.errors import SettingError, UnsupportedError
from neurohw_analog.array import SynapseArray
from neurohw_analog.chip import AnalogChip
from neurohw_analog.multiplier import Multiplier
from neurohw_analog.trims import Trims


class _NoTrimsError(UnsupportedError, AttributeError):
    """Trims asked of a board; an AttributeError, so that ``hasattr`` says that it has none."""


class AnalogBoard(Multiplier):
    """Several chips that work in parallel: what a matrix has more of than one chip takes goes to the next.

    Parameters
    ----------
    chips : all of one kind, each with its own pattern and trims.
    noise_seed : of the noise, together with the seeds of all chips, where a multiplication names no other.

    Raises
    ------
    SettingError
        Without a chip, with chips of different units, with one chip more than once, or with what is no chip.
    """

    def __init__(self, chips: Sequence[AnalogChip], *, noise_seed: int = 0) -> None:
        _check_chips(chips)
        other = next((chip for chip in chips if chip.unit != chips[0].unit), None)
        if other is not None:
            raise SettingError(
                f"a board has chips of one kind, not {chips[0].unit.name!r} and another {other.unit.name!r}"
            )
        super().__init__(chips[0].unit, noise_seed)
        self.chips = tuple(chips)
        self.n_chips = len(chips)

    @property
    def chip_seeds(self) -> tuple[int | None, ...]:
        """The seeds of all chips, one chip after the other."""
        return tuple(seed for chip in self.chips for seed in chip.chip_seeds)

    @property
    def arrays(self) -> tuple[SynapseArray, ...]:
        """The arrays of all chips, one chip after the other."""
        return tuple(array for chip in self.chips for array in chip.arrays)

    @property
    def trims(self) -> Trims:
        """A board has none; each of its chips does."""
        raise _NoTrimsError("a board has no trims of its own; those of its chips are board.chips[i].trims")

    @trims.setter
    def trims(self, trims: Trims) -> None:
        raise _NoTrimsError("a board has no trims of its own; set board.chips[i].trims")


def _check_chips(chips: Sequence[Any]) -> None:
    if isinstance(chips, str) or not isinstance(chips, Sequence):
        raise SettingError(f"a board takes a sequence of chips, not {type(chips).__name__} {chips!r}")
    if not chips:
        raise SettingError("a board needs at least one chip")
    for place, chip in enumerate(chips):
        if not isinstance(chip, AnalogChip):
            raise SettingError(
                f"chip {place} of a board must be an AnalogChip, not {type(chip).__name__} {chip!r}"
            )
        first = next(i for i, other in enumerate(chips) if other is chip)
        if first != place:
            raise SettingError(
                f"chips {first} and {place} of a board are the same chip, with seed {chip.seed}; a board takes a chip "
                "once, so make another"
            )
