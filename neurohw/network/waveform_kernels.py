"""Compiled formulas of sine and noise currents, the same for every backend and for recorded sources."""

from __future__ import annotations

import math

from neurohw.jit import inner, kernel
from neurohw.network.kernels import STREAM_CURRENT, uniform

SINE, NOISE = 0, 1
# columns of the whole numbers of a waveform
SHAPE, START, STOP, EVERY, STREAM = range(5)
# columns of the others: nA, nA, radians a tick, radians
LEVEL, SIZE, RADIANS, PHASE = range(4)


@inner
def current_na(whole, numbers, seed, tick):
    """Return the current in nA of a waveform (int64 [5], float64 [4]) at a tick."""
    if tick < whole[START] or tick >= whole[STOP]:
        return 0.0
    draw = (tick - whole[START]) // whole[EVERY]
    if whole[SHAPE] == SINE:
        angle = numbers[RADIANS] * (draw * whole[EVERY]) + numbers[PHASE]
        return numbers[LEVEL] + numbers[SIZE] * math.sin(angle)
    return numbers[LEVEL] + numbers[SIZE] * normal(seed, whole[STREAM], draw)


@kernel
def fill_currents(whole, numbers, seed, ticks, out):
    """Write the currents at ``ticks`` into ``out``."""
    for i in range(ticks.size):
        out[i] = current_na(whole, numbers, seed, ticks[i])


@inner
def normal(seed, index, count):
    """Return the ``count``-th standard normal deviate of a source (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log1p(-uniform(seed, STREAM_CURRENT, index, 2 * count)))
    return radius * math.cos(2.0 * math.pi * uniform(seed, STREAM_CURRENT, index, 2 * count + 1))
