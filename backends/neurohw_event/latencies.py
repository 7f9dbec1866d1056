"""How long deliveries took, stage by stage, and what became of the intervals between spikes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurohw.result import Distortion, Latency
from neurohw_event.account import (
    BLOCKING,
    DELIVERED,
    DISORDER,
    GENERATION,
    INTERVAL,
    LATENCY,
    MAX,
    PROCESSING,
    SUM,
    Account,
)
from neurohw_event.arrival_counts import latency_sums
from neurohw_event.interconnect import Transport
from neurohw_event.kernels.histogram import bin_edges, quantile
from neurohw_event.layout import Array

if TYPE_CHECKING:
    from neurohw_event.session import EventSession


def make_latency(account: Account) -> Latency:
    """Return the distribution of the cycles from firing to delivery."""
    return _measured(account, LATENCY)


def make_stages(session: EventSession, transport: Transport) -> dict[str, Latency]:
    """Return the distributions of the parts of the latency; their means add up to its mean."""
    account, pace = session.account, transport.net.pace
    zero_load, made = (account.of_arrival[name].astype(np.int64) for name in ("zero_load", "made"))
    return {
        "generation": _measured(account, GENERATION if pace.encode_cycles else None),
        "network": _distribution(*_counted(zero_load, made)),
        "blocking": _measured(account, BLOCKING),
        "processing": _measured(account, PROCESSING if pace.reads else None),
    }


def make_distortion(account: Account) -> Distortion:
    """Return what became of intervals, over all pairs of a cell and a tile."""
    made = account.of_arrival["made"].astype(np.int64)
    repeated = made > 1
    n = made[repeated]
    latencies, squares = latency_sums(account)
    mean = latencies[repeated] / n
    variance = squares[repeated] / n - mean**2
    jitter = np.sqrt(np.maximum(variance, 0.0))
    return Distortion(
        interval=_measured(account, INTERVAL),
        jitter_mean=float(jitter.mean()) if len(jitter) else 0.0,
        jitter_max=float(jitter.max(initial=0.0)),
        disorder=int(account.counters[DISORDER]),
    )


def _measured(account: Account, measure: int | None) -> Latency:
    """Return a distribution that the kernel kept; None: all deliveries took no cycles."""
    if measure is None:
        counts = np.zeros_like(account.histogram[LATENCY])
        counts[0] = account.counters[DELIVERED]
        return _distribution(counts, 0, 0)
    total = account.total[measure]
    return _distribution(account.histogram[measure], int(total[SUM]), int(total[MAX]))


def _distribution(counts: Array, total: int, largest: int) -> Latency:
    n, edges = int(counts.sum()), bin_edges()
    used = int(np.flatnonzero(counts)[-1]) + 1 if n else 1
    return Latency(
        mean=total / n if n else 0.0,
        p50=quantile(counts, 0.5) if n else 0.0,
        p99=quantile(counts, 0.99) if n else 0.0,
        max=float(largest),
        edges=edges[: used + 1],
        counts=counts[:used].copy(),
    )


def _counted(cycles: Array, times: Array) -> tuple[Array, int, int]:
    """Return histogram, sum and maximum of numbers that came so many times each."""
    edges = bin_edges()
    bins = np.searchsorted(edges, cycles, side="right") - 1
    counts = np.bincount(bins, weights=times, minlength=len(edges) - 1).astype(np.int64)
    return counts, int(np.dot(cycles, times)), int(cycles[times > 0].max(initial=0))
