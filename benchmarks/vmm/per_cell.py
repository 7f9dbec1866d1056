"""The plain way to noise in every cell: one random number for each cell and vector."""

from __future__ import annotations

import numpy as np

from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray


def multiply(unit: AnalogUnit, inputs: Array, weights: Array, rng: np.random.Generator) -> Array:
    """Return codes, int8 [vectors, columns]: every weight of every vector is off by its own share."""
    total = np.zeros((len(inputs), weights.shape[1]), np.int32)
    for row in range(0, len(weights), unit.rows):
        total += _block(unit, inputs[:, row : row + unit.rows], weights[row : row + unit.rows], rng)
    return np.clip(total, unit.result_min, unit.result_max).astype(np.int8)


def _block(unit: AnalogUnit, inputs: Array, weights: Array, rng: np.random.Generator) -> Array:
    sums = np.empty((len(inputs), weights.shape[1]), np.float32)
    for vector, values in enumerate(inputs):
        cells = rng.standard_normal(weights.shape, np.float32)
        cells *= np.float32(unit.cell_noise)
        cells += 1.0
        cells *= weights
        sums[vector] = values @ cells
    noise = unit.noise * rng.standard_normal(sums.shape, np.float32)
    return np.clip(np.floor(unit.gain * sums + noise), unit.result_min, unit.result_max).astype(np.int32)
