"""What traffic of one load met on an interconnect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LoadPoint:
    """What the measured packets met; latencies in cycles, from making, queueing at the source included, to arrival."""

    load: float  # flits per tile and cycle that were to be sent
    # flits per tile and cycle that arrived while packets were measured; beyond saturation the mean may be above the
    # ideal bound, as flows that avoid the busiest link go on growing
    accepted: float
    accepted_least: float  # the same of the tile with the fewest
    created: int  # measured packets that came to a source queue before the run was given up
    arrived: int  # of those, before the run was given up
    latency_mean: float  # of those that arrived; NaN where none did, as all that follow
    latency_p99: float  # 99th percentile: exact below 64 cycles, above within 3 %
    latency_min: float
    latency_max: float
    hops: float  # links between routers, mean
    steady: bool  # all arrived, and late ones had not to wait longer than early ones
    cycles: int  # simulated in all
    packet_links: int  # links taken by packets in all
