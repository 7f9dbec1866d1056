"""A matrix product on arrays: block by block, converted to digits, added digitally and clipped once more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.array import SynapseArray
from neurohw_analog.conversion import Draw
from neurohw_analog.layer_report import LayerReport, layer_report
from neurohw_analog.noise_key import noise_key
from neurohw_analog.operands import check_whole
from neurohw_analog.resident import Loaded, Resident, Setting

Array = np.ndarray

CHUNK = 256  # vectors multiplied at a time: their products stay in the cache
LARGEST_BLOCK = 2**31 - 1
SEEDS = 2**63
_LIMITS = {
    "num_sends": (1, 1000),
    "wait_between_events": (1, 10**6),
    "noise_seed": (0, SEEDS - 1),
    "first_vector": (0, SEEDS - 1),
    "first_block": (0, LARGEST_BLOCK),
}


@dataclass(frozen=True)
class Call:
    """Settings of one multiplication."""

    num_sends: int
    wait_between_events: int  # cycles
    noise_seed: int
    first_vector: int
    first_block: int
    chip_seeds: tuple[int | None, ...]  # of the chips that multiply

    def __post_init__(self) -> None:
        for name, (least, most) in _LIMITS.items():
            check_whole(name, getattr(self, name), least, most)

    def slot_us(self, unit: AnalogUnit) -> float:
        """Return the time from event to event."""
        return self.wait_between_events * unit.event_ns * 1e-3

    def draw(self, block: int, vector: int) -> Draw:
        """Return which noise a block has from a vector on; both are numbers within this multiplication."""
        key = noise_key(self.noise_seed, self.chip_seeds)
        return Draw(key, self.first_block + block, self.first_vector + vector)


def multiply(
    unit: AnalogUnit,
    arrays: tuple[SynapseArray, ...],
    n_chips: int,
    x: Array,
    w: Array,
    call: Call,
    *,
    single: bool,
    resident: Resident,
) -> tuple[Array, LayerReport]:
    """Return the results of a product, and what it costs.

    Parameters
    ----------
    arrays : of all chips, in the order in which they take blocks.
    x, w : float32 [vectors, rows] and [rows, columns], checked.
    single : multiply the gain in single precision.
    resident : matrices that were multiplied by before.
    """
    slot_us = call.slot_us(unit)
    loaded = resident.load(unit, arrays, w, Setting(call.num_sends, slot_us, call.first_block, single))
    results = np.empty((len(x), w.shape[1]), np.min_scalar_type(unit.result_min))
    clipped = sum(_multiply_part(unit, loaded, x, results, first, call) for first in range(0, len(x), CHUNK))
    report = layer_report(
        unit,
        x,
        w.shape[1],
        loaded.blocks,
        n_chips=n_chips,
        num_sends=call.num_sends,
        slot_us=slot_us,
        clipped=clipped,
    )
    return results, report


def _multiply_part(unit: AnalogUnit, loaded: Loaded, x: Array, results: Array, first: int, call: Call) -> int:
    """Fill the results of the vectors from ``first`` on; return how many conversions clipped."""
    part = slice(first, min(first + CHUNK, len(x)))
    totals: dict[int, Array] = {}  # by first column: blocks of the same columns are added up
    clipped = 0
    for number, (block, run) in enumerate(zip(loaded.blocks, loaded.runs, strict=True)):
        shape = part.stop - part.start, block.n_columns
        total = totals.setdefault(block.columns.start, np.zeros(shape, np.int32))
        clipped += run.add_to(total, x[part, block.rows], call.draw(number, first))
    for column, total in totals.items():
        results[part, column : column + total.shape[1]] = np.clip(
            total, unit.result_min, unit.result_max, out=total
        )
    return clipped
