"""The report of a run of the reference: counts of spikes, and no hardware."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from neurohw.backend import population_load, projection_load
from neurohw.network import Network
from neurohw.program import Program
from neurohw.result import HardwareReport, Traffic

Array = np.ndarray


def make_report(
    program: Program, seed: int, *, until_tick: int, spikes: Array, timing_s: Mapping[str, float]
) -> HardwareReport:
    """Build the report from the number of spikes of every cell."""
    network, chip = program.network, program.chip
    return HardwareReport(
        backend="brian2",
        fidelity="ideal",
        chip=None if chip is None else chip.name,
        seed=seed,
        timestep_ms=network.timestep_ms,
        biological_ms=until_tick * network.timestep_ms,
        populations=population_load(network, spikes),
        traffic=count_traffic(network, spikes),
        projections=projection_load(network, spikes),
        timing_s=timing_s,
    )


def count_traffic(network: Network, spikes: Array) -> Traffic:
    """Count the spikes of cells with synapses: without a chip, each is delivered the moment it is sent."""
    out_degree = np.zeros(network.n_cells, np.int64)
    for synapses in network.synapses:
        pre = network.populations[synapses.pre]
        out_degree[pre.first : pre.first + pre.size] += np.diff(synapses.indptr)
    sent = int(spikes[out_degree > 0].sum())
    return Traffic(
        sent=sent,
        delivered=sent,
        dropped=0,
        in_flight=0,
        late=0,
        late_by_cause={},
        dropped_by_cause={},
        hops=0,
        row_reads=0,
        synaptic_events=int((spikes * out_degree).sum()),
    )
