"""Spike times of a Poisson source with dead time, one after the other, as its definition says.

A dead time of 0 is the plain Poisson source. Only the random numbers are those of the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from neurohw.network.kernels import exponential


@dataclass(frozen=True)
class Stretch:
    """The parameters of a source from ``from_tick`` on: Hz and ms."""

    from_tick: int
    rate: float
    tau_refrac: float
    start: float
    duration: float


def source_ticks(
    stretches: Sequence[Stretch], until_tick: int, timestep_ms: float, seed: int, cell: int
) -> list[int]:
    """Return the ticks of all spikes up to ``until_tick``; a stretch holds for the ticks after its first."""
    ticks: list[int] = []
    last_ms = -inf  # the last spike; a start that has come counts as one
    drawn = 0
    ends = [*(stretch.from_tick for stretch in stretches[1:]), until_tick]
    for now, end in zip(stretches, ends, strict=True):
        now_ms = now.from_tick * timestep_ms
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
