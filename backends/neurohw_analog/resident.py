"""The matrices that a chip holds: programmed once, then multiplied by batch after batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.array import SynapseArray
from neurohw_analog.block_run import BlockRun
from neurohw_analog.partition import Block, partition

Array = np.ndarray

MOST_WEIGHTS = 2**22  # kept ready; each takes about 30 bytes


@dataclass(frozen=True)
class Setting:
    """What a programmed matrix depends on, beside its weights; see :class:`BlockRun`."""

    num_sends: int
    slot_us: float
    first_block: int
    single: bool


@dataclass(frozen=True, eq=False)
class Loaded:
    """A matrix on arrays, cut into blocks that are ready to be multiplied."""

    arrays: tuple[SynapseArray, ...]
    weights: Array
    setting: Setting
    blocks: tuple[Block, ...]
    runs: tuple[BlockRun, ...]

    def is_of(self, weights: Array, setting: Setting) -> bool:
        """Return whether this is what programming these weights would give."""
        return setting == self.setting and np.array_equal(weights, self.weights)


class Resident:
    """The last matrices that a chip or board multiplied by; the simulation programs them once."""

    def __init__(self) -> None:
        self._held: list[Loaded] = []  # the last one used comes last

    def load(
        self, unit: AnalogUnit, arrays: tuple[SynapseArray, ...], weights: Array, setting: Setting
    ) -> Loaded:
        """Return a matrix, programmed.

        Parameters
        ----------
        arrays : of all chips, in the order in which they take blocks. Others than before, as after a change of trims,
            hold none of the earlier matrices.
        weights : float32 [rows, columns], checked.
        """
        self._held = [held for held in self._held if held.arrays == arrays]
        found = next((held for held in self._held if held.is_of(weights, setting)), None)
        if found is None:
            found = _program(unit, arrays, weights, setting)
        else:
            self._held.remove(found)
        self._held.append(found)
        while len(self._held) > 1 and sum(held.weights.size for held in self._held) > MOST_WEIGHTS:
            del self._held[0]
        return found


def _program(unit: AnalogUnit, arrays: tuple[SynapseArray, ...], weights: Array, setting: Setting) -> Loaded:
    blocks = partition(unit, weights.shape, len(arrays), setting.first_block)
    runs = [
        BlockRun(
            unit,
            arrays[block.array],
            weights[block.rows, block.columns],
            setting.num_sends,
            setting.slot_us,
            setting.single,
        )
        for block in blocks
    ]
    return Loaded(arrays, weights.copy(), setting, tuple(blocks), tuple(runs))
