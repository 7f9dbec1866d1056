"""What a multiplication costs on the chips: runs, room, time, energy, and how many results were clipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.partition import Block

Array = np.ndarray


@dataclass(frozen=True)
class LayerReport:
    """One multiplication of vectors by a matrix."""

    rows: int
    columns: int
    vectors: int
    chips: int
    blocks: int  # of the matrix
    runs: int  # one after the other, for all vectors
    utilisation: float  # share of the synapses of the arrays, over the runs, that hold a weight of the matrix
    events: int  # sent to all arrays, for all vectors
    time_us: float  # runs and their events, for all vectors
    energy_uj: float  # of all chips in that time
    clipped: float  # share of the conversions that met an end of the converter's range

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)


def layer_report(
    unit: AnalogUnit,
    inputs: Array,
    columns: int,
    blocks: Sequence[Block],
    *,
    n_chips: int,
    num_sends: int,
    slot_us: float,
    clipped: int,
) -> LayerReport:
    """Return the cost of a multiplication.

    Parameters
    ----------
    inputs : [vectors, rows].
    columns : of the matrix.
    blocks : of the matrix.
    slot_us : from event to event.
    clipped : conversions that met an end of the range.
    """
    vectors, rows = inputs.shape
    runs = sorted({block.run for block in blocks})
    of_rows = {
        block.rows.start: num_sends * np.count_nonzero(inputs[:, block.rows], axis=1) for block in blocks
    }
    events, time_us = 0, 0.0
    for run in runs:
        sent = [of_rows[block.rows.start] for block in blocks if block.run == run]
        events += int(np.sum(sent))
        longest = np.max(sent, axis=0)
        time_us += float(vectors * (unit.run_us + unit.read_delay_us) + slot_us * longest.sum())
    synapses = len(runs) * n_chips * unit.blocks_per_chip * unit.rows * unit.columns
    conversions = vectors * unit.n_slices * sum(block.n_columns for block in blocks)
    return LayerReport(
        rows=rows,
        columns=columns,
        vectors=vectors,
        chips=n_chips,
        blocks=len(blocks),
        runs=len(runs) * vectors,
        utilisation=rows * columns * unit.n_slices / synapses if synapses else 0.0,
        events=events,
        time_us=time_us,
        energy_uj=time_us * unit.power_w * n_chips,
        clipped=clipped / conversions if conversions else 0.0,
    )
