"""From inputs and blocks of weights to membranes, and from membranes to codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from neurohw.errors import SettingError, UnsupportedError
from neurohw.hardware.analog import AnalogUnit
from neurohw_brian2.quiet import import_brian2
from neurohw_brian2.vmm.block import Block
from neurohw_brian2.vmm.circuit import Circuit
from neurohw_brian2.vmm.schedule import Timing, schedule

Array = np.ndarray

LEFT_OUT = ("slice_bits", "adc_range", "adc_offset")


@dataclass(frozen=True)
class Product:
    """LSB before the converter, float64 [blocks, vectors, columns], and the result, int64 [vectors, columns]."""

    analog: Array
    codes: Array


def multiply(
    unit: AnalogUnit,
    inputs: Array,
    blocks: Sequence[Block],
    *,
    num_sends: int = 1,
    wait_between_events: int | None = None,
) -> Product:
    """Multiply vectors by a matrix, event by event and without noise.

    Parameters
    ----------
    unit : whose time constants, saturation, timing and converter are taken.
    inputs : whole numbers of at least 0 [vectors, rows].
    blocks : of the matrix, in the order of its rows; any number of columns works side by side.
    num_sends : how often the events of a vector are sent.
    wait_between_events : in cycles; the unit's unless given.

    Raises
    ------
    SettingError
        For shapes that do not go together, inputs below 0, and times that the grid does not hold.
    UnsupportedError
        For units whose weights take several columns, or whose converter has a range of its own.
    """
    others = [name for name in LEFT_OUT if getattr(unit, name) is not None]
    if others:
        raise UnsupportedError(
            f"unit {unit.name!r} has {', '.join(others)}; the reference has none of {LEFT_OUT}"
        )
    _check(inputs, blocks, num_sends)
    circuit = Circuit.of(unit)
    timing = Timing.of(unit, wait_between_events, circuit.step_us)
    import_brian2()
    from neurohw_brian2.vmm.network import integrate

    ends = np.cumsum([len(block.exc) for block in blocks])
    membranes = [
        integrate(circuit, schedule(part, num_sends, timing), block.pulses(part), block.exc, block.inh)
        for block, part in zip(blocks, np.split(inputs, ends[:-1], axis=1), strict=True)
    ]
    offsets = np.stack([block.column_offset for block in blocks])
    analog = unit.gain * np.stack(membranes) + offsets[:, None]
    return Product(analog, read_out(unit, analog))


def read_out(unit: AnalogUnit, analog: Array) -> Array:
    """Return codes [vectors, columns] of LSB [blocks, vectors, columns]: floor, clamp, sum over blocks, clamp."""
    codes = np.clip(np.floor(analog), unit.result_min, unit.result_max).astype(np.int64)
    total: Array = np.clip(codes.sum(axis=0), unit.result_min, unit.result_max)
    return total


def _check(inputs: Array, blocks: Sequence[Block], num_sends: int) -> None:
    shapes = [block.exc.shape for block in blocks]
    if not blocks or len({columns for _, columns in shapes}) > 1:
        raise SettingError(f"blocks {shapes} must be at least one, of the same number of columns")
    if inputs.ndim != 2 or inputs.shape[1] != sum(rows for rows, _ in shapes):
        raise SettingError(f"inputs {inputs.shape} must be [vectors, rows] with the rows of blocks {shapes}")
    if inputs.size and inputs.min() < 0:
        raise SettingError(f"an input of {inputs.min()}; inputs must be at least 0")
    if num_sends < 1:
        raise SettingError(f"num_sends = {num_sends}; it must be at least 1")
