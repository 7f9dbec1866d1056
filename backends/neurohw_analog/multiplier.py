"""What multiplies vectors by matrices: arrays in an order, with noise that goes on from product to product."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.array import SynapseArray
from neurohw_analog.block_run import BlockRun
from neurohw_analog.layer_report import LayerReport
from neurohw_analog.multiplication import SEEDS, Call, multiply
from neurohw_analog.operands import check_fit, check_whole, checked_inputs, checked_weights, is_single
from neurohw_analog.partition import n_blocks
from neurohw_analog.resident import Resident
from neurohw_analog.vectors_seen import VectorsSeen

Array = np.ndarray


class Multiplier(ABC):
    """Arrays of one kind that multiply together: those of a chip, or of several.

    Parameters
    ----------
    unit : what they are made of.
    noise_seed : of the noise, where a multiplication names no other.

    Raises
    ------
    SettingError
        For a seed that is no whole number or out of range.
    """

    n_chips: int

    def __init__(self, unit: AnalogUnit, noise_seed: int) -> None:
        check_whole("noise_seed", noise_seed, 0, SEEDS - 1)
        self.unit = unit
        self.noise_seed = noise_seed
        self._seen = VectorsSeen()
        self._resident = Resident()

    @property
    @abstractmethod
    def chip_seeds(self) -> tuple[int | None, ...]:
        """The seeds of all chips, one chip after the other."""

    @property
    @abstractmethod
    def arrays(self) -> tuple[SynapseArray, ...]:
        """The arrays in the order in which they take blocks, with their settings in effect."""

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
