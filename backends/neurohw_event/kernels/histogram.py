"""A histogram of cycles with a constant relative width of bins: exact below 64, then 32 bins an octave."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import n_bits

EXACT = 64  # numbers below have a bin each
_BINS_PER_OCTAVE = 32
_BITS_OF_EXACT = 6
_OCTAVES = 40
N_BINS = EXACT + _BINS_PER_OCTAVE * _OCTAVES


@inlined
def bin_of(value):
    """Return the bin of a whole number of at least 0."""
    if value < EXACT:
        return value
    shift = n_bits(value) - _BITS_OF_EXACT
    return min(EXACT + _BINS_PER_OCTAVE * (shift - 1) + (value >> shift) - _BINS_PER_OCTAVE, N_BINS - 1)


def bin_edges() -> np.ndarray:
    """Return the lower edges of all bins, then the last upper edge (int64 [N_BINS + 1])."""
    steps = np.arange(_BINS_PER_OCTAVE, 2 * _BINS_PER_OCTAVE, dtype=np.int64)
    octaves = [steps << shift for shift in range(1, _OCTAVES + 1)]
    return np.concatenate([np.arange(EXACT), *octaves, [np.int64(EXACT) << _OCTAVES]])


def quantile(counts: np.ndarray, part: float) -> float:
    """Return the lower edge of the bin in which ``part`` of all is reached, NaN where there is nothing."""
    reached = np.cumsum(counts)
    if not reached[-1]:
        return float("nan")
    return float(bin_edges()[np.searchsorted(reached, part * reached[-1])])
