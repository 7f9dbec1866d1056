"""A chip of analog matrix units: synapse arrays with a fixed pattern each, which multiply vectors by matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from os import PathLike
from typing import Any

import numpy as np

from neurohw.errors import SettingError, UnsupportedError
from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw_analog.array import SynapseArray
from neurohw_analog.block_run import BlockRun
from neurohw_analog.conditions import conditions_of
from neurohw_analog.layer_report import LayerReport
from neurohw_analog.multiplication import SEEDS, Call, multiply
from neurohw_analog.operands import check_fit, check_whole, checked_inputs, checked_weights, is_single
from neurohw_analog.partition import n_blocks
from neurohw_analog.pattern import draw_pattern
from neurohw_analog.resident import Resident
from neurohw_analog.trims import Trims, check_trims, neutral_trims, trimmed
from neurohw_analog.vectors_seen import VectorsSeen

Array = np.ndarray


class AnalogChip:
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
        self.unit = load_unit(unit)
        is_whole = isinstance(seed, Integral) and not isinstance(seed, bool)
        if seed is not None and not (is_whole and 0 <= seed < SEEDS):
            raise SettingError(f"seed = {seed!r} must be a whole number from 0 to {SEEDS - 1}, or None")
        self.seed = seed
        check_whole("noise_seed", noise_seed, 0, SEEDS - 1)
        self.noise_seed = noise_seed
        arrays = range(self.unit.blocks_per_chip)
        self._patterns = [draw_pattern(self.unit, seed, array) for array in arrays]
        self._conditions = [conditions_of(self.unit, seed, array, age_s, temperature_c) for array in arrays]
        self._seen = VectorsSeen()
        self._resident = Resident()
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

    def multiply(self, inputs: Any, weights: Any, **settings: Any) -> Array:
        """Multiply vectors by a matrix; parameters and errors are those of :meth:`multiply_and_report`.

        Returns
        -------
        int8 [vectors, columns]
        """
        return self.multiply_and_report(inputs, weights, **settings)[0]

    def multiply_and_report(
        self,
        inputs: Any,
        weights: Any,
        *,
        num_sends: int = 1,
        wait_between_events: int | None = None,
        noise_seed: int | None = None,
        first_vector: int | None = None,
        first_block: int = 0,
    ) -> tuple[Array, LayerReport]:
        """Multiply vectors by a matrix, and say what that costs.

        With operands of float32 the gain is multiplied in single precision, as hxtorch's mock does, else in double.

        Parameters
        ----------
        inputs : [vectors, rows], whole numbers from 0 to ``unit.input_max``; 0 sends no event.
        weights : [rows, columns], whole numbers of at most ``unit.weight_max``.
        num_sends : how often every input is sent.
        wait_between_events : cycles from event to event; the unit's unless given.
        noise_seed : of this multiplication's noise, together with the chip's ``seed``; the chip's unless given.
        first_vector : number of the first vector in the stream of noise. A batch cut in two has the same noise when
            the second part begins at its own number. Default: 0 with a ``noise_seed``, else the vectors that these
            blocks of the chip have multiplied so far.
        first_block : array that takes the first block of the matrix. Blocks have noise of their own by this number.

        Returns
        -------
        Results, int8 [vectors, columns] (int16 or int32 of units with longer ones), and the report.

        Raises
        ------
        SettingError
            For shapes that do not go together, values that are out of range or no whole numbers, and settings out of
            range.
        """
        call = self._call(
            num_sends,
            wait_between_events,
            noise_seed,
            0 if first_vector is None else first_vector,
            first_block,
        )
        x, w = checked_inputs(self.unit, inputs), checked_weights(self.unit, weights)
        check_fit(x, w)
        if noise_seed is None and first_vector is None:
            blocks = range(first_block, first_block + n_blocks(self.unit, w.shape))
            call = replace(call, first_vector=self._seen.before(blocks))
            self._seen.add(blocks, len(x))
        single = is_single(inputs) and is_single(weights)
        return multiply(
            self.unit, self.arrays, self.n_chips, x, w, call, single=single, resident=self._resident
        )

    def membranes(
        self,
        inputs: Any,
        weights: Any,
        *,
        num_sends: int = 1,
        wait_between_events: int | None = None,
        array: int = 0,
    ) -> Array:
        """Return what the columns of one array have gathered at the reading, before noise and conversion.

        Parameters
        ----------
        inputs, weights, num_sends, wait_between_events : as :meth:`multiply_and_report` has them; the matrix must fit
            one array.
        array : which of the chip's arrays.

        Returns
        -------
        float64 [vectors, columns], LSB; offsets of columns are part of it.
        """
        check_whole("array", array, 0, len(self.arrays) - 1)
        call = self._call(num_sends, wait_between_events, None, 0, 0)
        x, w = checked_inputs(self.unit, inputs), checked_weights(self.unit, weights)
        check_fit(x, w)
        run = BlockRun(self.unit, self.arrays[array], w, call.num_sends, call.slot_us(self.unit), False)
        return run.membranes(x)

    def effective_weights(self, weights: Any, *, array: int = 0) -> tuple[Array, Array]:
        """Return the weights (weight steps) that an array holds above and below zero, both float64 [rows, columns]."""
        check_whole("array", array, 0, len(self.arrays) - 1)
        programmed = self.arrays[array].program(checked_weights(self.unit, weights))
        return programmed.exc, programmed.inh

    def _call(
        self,
        num_sends: int,
        wait: int | None,
        noise_seed: int | None,
        first_vector: int,
        first_block: int,
    ) -> Call:
        return Call(
            num_sends=num_sends,
            wait_between_events=self.unit.wait_cycles if wait is None else wait,
            noise_seed=self.noise_seed if noise_seed is None else noise_seed,
            first_vector=first_vector,
            first_block=first_block,
            chip_seeds=self.chip_seeds,
        )


class AnalogBoard(AnalogChip):
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
        self.unit = chips[0].unit
        self.seed = None
        check_whole("noise_seed", noise_seed, 0, SEEDS - 1)
        self.noise_seed = noise_seed
        self.chips = tuple(chips)
        self.n_chips = len(chips)
        self._seen = VectorsSeen()
        self._resident = Resident()

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
        raise UnsupportedError("a board has no trims of its own; those of its chips are board.chips[i].trims")

    @trims.setter
    def trims(self, trims: Trims) -> None:
        raise UnsupportedError("a board has no trims of its own; set board.chips[i].trims")


def _check_chips(chips: Sequence[Any]) -> None:
    if isinstance(chips, str) or not isinstance(chips, Sequence):
        raise SettingError(f"a board takes a sequence of chips, not {type(chips).__name__} {chips!r}")
    if not chips:
        raise SettingError("a board needs at least one chip")
    for place, chip in enumerate(chips):
        if not isinstance(chip, AnalogChip) or isinstance(chip, AnalogBoard):
            raise SettingError(
                f"chip {place} of a board must be an AnalogChip, not {type(chip).__name__} {chip!r}"
            )
        first = next(i for i, other in enumerate(chips) if other is chip)
        if first != place:
            raise SettingError(
                f"chips {first} and {place} of a board are the same chip, with seed {chip.seed}; a board takes a chip "
                "once, so make another"
            )
