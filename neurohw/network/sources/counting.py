"""Which Poisson sources are counted tick by tick, and the tables that their counts are drawn from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw.network.network import Population
from neurohw.network.sources.columns import PLACE, PROCESS_OF_MODEL, CountTables, Process
from neurohw.network.sources.counts import BOUNDS
from neurohw.network.sources.processes import ROUNDING_TICKS

Array = np.ndarray

# Mean spikes of a tick from which on a source is counted: for thousands of sources together, that costs less than
# intervals do even at the lowest. Above the highest, tables would be long.
BUSY, BUSIEST = 0.05, 1000.0
_WORDS, _LOWER_HALVES = 2.0**32, 2**16
_SIGMAS = 7.0  # 2^-33 is the probability of 6.3
_SPARE = 16  # columns for the skewness of small means
_LAST = 2.0**62


def lay_out_counts(sources: Sequence[tuple[Population, Array]], timestep_ms: float) -> CountTables:
    """Find the busy Poisson sources of populations; each row of ``clock`` (int64 [size, 4]) gets its source's place.

    The spikes in a tick are those in the part of it that lies between a source's start and stop.
    """
    means, windows, n = [np.empty(0)], [np.empty((2, 0))], 0
    for population, clock in sources:
        if PROCESS_OF_MODEL.get(population.model.name) != Process.POISSON:
            continue
        parameters = population.parameters
        mean = parameters["rate"] * timestep_ms * 1e-3
        is_busy = (mean >= BUSY) & (mean <= BUSIEST)
        clock[:, PLACE] = np.where(is_busy, n + np.cumsum(is_busy) - 1, -1)
        window_ms = np.stack([parameters["start"], parameters["start"] + parameters["duration"]])
        means.append(mean[is_busy])
        windows.append(window_ms[:, is_busy] / timestep_ms)
        n += int(is_busy.sum())
    start, stop = np.concatenate(windows, axis=1).clip(0.0, _LAST)
    return _with_tables(np.concatenate(means), start, stop)


def _with_tables(mean: Array, start: Array, stop: Array) -> CountTables:
    """Return the tables of sources with ``mean`` spikes a tick between two times in ticks."""
    first, last = np.floor(start + ROUNDING_TICKS) + 1, np.ceil(stop - ROUNDING_TICKS)
    is_one = first == last
    shares = np.stack(
        [np.where(is_one, stop - start, first - start), np.ones(len(mean)), stop - (last - 1)], 1
    )
    shares[shares > 1 - ROUNDING_TICKS] = 1.0
    distinct, table = np.unique(mean[:, None] * np.maximum(shares, 0.0), return_inverse=True)
    return CountTables(
        first.astype(np.int64),
        last.astype(np.int64),
        table.reshape(-1, 3).astype(np.int32),
        *_tables(distinct),
    )


def _tables(mean: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Return the tables of Poisson distributions, from ``CountTables.lowest`` on."""
    first, n_words = _words_of_counts(mean)
    n_halves, n_left = np.divmod(n_words, _LOWER_HALVES)
    n_below = (n_halves > 0).argmax(axis=1)  # counts that have no halves of their own
    size = n_halves.shape[1] - (n_halves > 0)[:, ::-1].argmax(axis=1) - n_below
    width = BOUNDS * int(-(-size.max(initial=1) // BOUNDS))
    columns = n_below[:, None] + np.minimum(np.arange(width), size[:, None] - 1)
    bound = np.take_along_axis(np.cumsum(n_halves, axis=1), columns, axis=1) - 1
    return (
        first + n_below,
        size,
        bound.astype(np.uint16),
        first,
        np.cumsum(n_left, axis=1).astype(np.uint32),
    )


def _words_of_counts(mean: Array) -> tuple[Array, Array]:
    """Return (first count, how many of 2^32 words stand for each from that on) of Poisson distributions.

    Probabilities follow from each other, times mean / k: no function is used that differs between machines.
    """
    width = int(np.ceil(2 * _SIGMAS * np.sqrt(mean.max(initial=0.0)))) + _SPARE
    first = np.floor(np.maximum(0.0, mean - _SIGMAS * np.sqrt(mean)))
    ratios = mean[:, None] / np.maximum(1.0, first[:, None] + np.arange(width))
    ratios[:, 0] = 1.0
    sums = np.cumsum(np.cumprod(ratios, axis=1), axis=1)
    below = np.rint(sums / sums[:, -1:] * _WORDS).astype(np.int64)
    return first.astype(np.int64), np.diff(below, axis=1, prepend=0)
