"""Spike times of a Poisson source with dead time, one after the other, as its definition says.

A plain Poisson source that is busy has a count in each tick instead. Only the random numbers are those of the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from math import ceil, inf

import numpy as np
from scipy.stats import poisson

from neurohw.network.kernels import STREAM_COUNT, exponential, four_words


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
    """Return how often a busy source fires in a tick: where a word of 32 bits lies in the distribution."""
    begin_ms = max((tick - 1) * timestep_ms, source.start)
    end_ms = min(tick * timestep_ms, source.start + source.duration)
    if end_ms - begin_ms < 1e-9 * timestep_ms:
        return 0
    law = poisson(source.rate * (end_ms - begin_ms) / 1000)
    word = int(four_words(seed, STREAM_COUNT, cell, tick // 4)[tick % 4])
    return sum(1 for _ in takewhile(lambda k: np.rint(law.cdf(k) * 2**32) <= word, count()))
