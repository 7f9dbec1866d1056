"""Spike times of a Poisson source with dead time, one after the other, as its definition says.

A plain Poisson source that is busy has a count in each tick instead. Only the random numbers are those of the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, inf

import numpy as np
from scipy.stats import poisson

from neurohw.network.kernels import STREAM_COUNT, exponential, four_words_7


@dataclass(frozen=True)
class Stretch:
    """The parameters of a source from ``from_tick`` on: Hz and ms."""

    from_tick: int
    rate: float
    tau_refrac: float
    start: float
    duration: float


def source_ticks(
    stretches: Sequence[Stretch],
    until_tick: int,
    timestep_ms: float,
    seed: int,
    cell: int,
    has_dead_time: bool = True,
) -> list[int]:
    """Return the ticks of all spikes up to ``until_tick``; a stretch holds for the ticks after its first."""
    ticks: list[int] = []
    last_ms = -inf  # the last spike; a start that has come counts as one
    drawn = 0
    ends = [*(stretch.from_tick for stretch in stretches[1:]), until_tick]
    for now, end in zip(stretches, ends, strict=True):
        now_ms = now.from_tick * timestep_ms
        if not has_dead_time and 0.05 <= now.rate * timestep_ms / 1000 <= 1000:
            for tick in range(now.from_tick + 1, end + 1):
                ticks += [tick] * tick_count(now, tick, timestep_ms, seed, cell)
            continue
        free_ms = max(now_ms, now.start, max(last_ms, now.start) + now.tau_refrac)
        while True:
            next_ms = inf
            if now.rate > 0:
                next_ms = free_ms + exponential(seed, cell, drawn) * (1000 / now.rate - now.tau_refrac)
            drawn += 1
            tick = inf if next_ms > now.start + now.duration else ceil(next_ms / timestep_ms - 1e-9)
            if tick > end:
                break
            ticks.append(int(tick))
            last_ms = next_ms
            free_ms = next_ms + now.tau_refrac
        if now.start <= end * timestep_ms:
            last_ms = max(last_ms, now.start)
    return ticks


def tick_count(source: Stretch, tick: int, timestep_ms: float, seed: int, cell: int) -> int:
    """Return how often a busy source fires in a tick: which count a word of 32 bits stands for."""
    begin_ms = max((tick - 1) * timestep_ms, source.start)
    end_ms = min(tick * timestep_ms, source.start + source.duration)
    if end_ms - begin_ms < 1e-9 * timestep_ms:
        return 0
    law = poisson(source.rate * (end_ms - begin_ms) / 1000)
    below = np.rint(law.cdf(np.arange(int(law.mean() + 12 * law.std()) + 20)) * 2**32)
    upper, lower = (_half(seed, cell, tick, which) for which in (0, 1))
    return count_of_word(np.diff(below, prepend=0).astype(int).tolist(), upper * 2**16 + lower)


def count_of_word(words_of_count: Sequence[int], word: int) -> int:
    """Return which count a word stands for: whole blocks of 2^16 words stand first, for each count in turn.

    What is left of the words of each count comes behind.
    """
    whole = [n // 2**16 * 2**16 for n in words_of_count]
    left = [n % 2**16 for n in words_of_count]
    return next(k for k, end in enumerate(accumulate(whole + left)) if word < end) % len(whole)


def _half(seed: int, cell: int, tick: int, which: int) -> int:
    """Return 16 bits: the upper half of the word of a tick (0) or the lower one (1)."""
    words = four_words_7(seed, STREAM_COUNT, cell, tick // 8 * 2 + which)
    return int(words[tick % 8 // 2]) >> 16 * (tick % 2) & 0xFFFF
