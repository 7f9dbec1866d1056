"""Which synapses are streamed: those that have delays of their own, so that few of a cell arrive together."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Synapses
from neurohw_event.layout import Array, Kind, Wiring, kind_of

# Synapses of one cell with one delay, in the mean of a group: fewer are streamed, more are better off as segments.
SHORT_SEGMENTS = 32.0
LEAST_SYNAPSES = 2**16  # for fewer that are streamed, kernels need not be compiled for them
_SEEN = 2**13  # synapses at the least from which the mean is estimated
_LONGEST = 2**16 - 1  # ticks

_KINDS = (Kind.EXPONENTIAL, Kind.ALPHA)


def streamed_groups(network: Network) -> Array:
    """Return which groups of synapses are streamed where there is no interconnect, bool [n_groups].

    That depends on nothing but the group's synapses and the model of their targets.
    """
    kinds = [kind_of(population.model) for population in network.populations]
    return np.array([kinds[s.post] in _KINDS and _are_streamed(s) for s in network.synapses], bool)


def are_worth_streams(network: Network) -> bool:
    """True when enough synapses are streamed; what a run begins with holds to its end."""
    own = streamed_groups(network)
    sizes = [s.size for s, is_own in zip(network.synapses, own, strict=True) if is_own]
    return bool(sizes) and sum(sizes) >= LEAST_SYNAPSES


def short_delays(network: Network, streamed: Array) -> type[np.unsignedinteger]:
    """Return the type of the delays of streamed synapses."""
    own = [s.delay for s, is_own in zip(network.synapses, streamed, strict=True) if is_own]
    longest = max((int(delay.max(initial=0)) for delay in own), default=0)
    return np.uint8 if longest < 2**8 else np.uint16


def n_streamed(wiring: Wiring) -> Array:
    """Return how many segments of each arrival are streamed, int64 [n_arrivals]."""
    n_segments = int(wiring.segments_of_arrival[-1])  # those behind are kept for spikes under way only
    is_own = (
        wiring.streamed[wiring.channel[:n_segments]] if wiring.streamed.any() else np.zeros(n_segments, bool)
    )
    before = np.concatenate([[0], np.cumsum(is_own)])
    return np.asarray(np.diff(before[wiring.segments_of_arrival]))


def _are_streamed(s: Synapses) -> bool:
    if not s.model.is_static or not s.size or (s.delay == s.delay[0]).all() or s.delay.max() > _LONGEST:
        return False
    n_rows = min(int(np.searchsorted(s.indptr, _SEEN)), len(s.indptr) - 1)
    end = int(s.indptr[n_rows])
    row = np.repeat(np.arange(n_rows), np.diff(s.indptr[: n_rows + 1]))
    n_segments = len(np.unique(row << 32 | s.delay[:end]))
    return end < SHORT_SEGMENTS * n_segments
