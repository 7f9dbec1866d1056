"""What the report says of spike timing, waiting and energy, against plain counts of what the oracle did."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from neurohw.compiler import compile_network
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.result import HardwareReport
from tests.event.test_interconnect import FIDELITIES, MAX_CELLS, all_spikes, chips, run
from tests.examples import examples
from tests.naive.clocked import simulate
from tests.naive.energy import energy_pj
from tests.naive.interconnect import NaiveInterconnect
from tests.naive.spike_timing import are_distinct, disorder, interval_errors, jitters
from tests.networks import UNTIL_TICK, networks

PRICES = ("spike_pj", "hop_pj", "chip_hop_pj", "receive_pj", "row_pj", "synapse_pj", "update_pj", "tile_mw")


def both(network: Network, chip: Chip, fidelity: str) -> tuple[HardwareReport, NaiveInterconnect, list[int]]:
    """Return the report, the oracle, and the cells that fired."""
    program = compile_network(all_spikes(network), chip)
    report = run(program, fidelity).report
    naive = NaiveInterconnect(program, fidelity)
    oracle = simulate(program.network, UNTIL_TICK, interconnect=naive)
    return report, naive, oracle.ids.tolist()


@given(networks(max_cells=MAX_CELLS), chips(), FIDELITIES)
@examples(16)
def test_spike_timing(network: Network, chip: Chip, fidelity: str) -> None:
    report, naive, _ = both(network, chip, fidelity)
    assume(are_distinct(naive.deliveries))
    distortion, errors = report.distortion, interval_errors(naive.deliveries)
    interval = distortion.interval
    assert interval.counts.sum() == len(errors)
    assert (round(interval.mean * len(errors)), interval.max) == (sum(errors), max(errors, default=0))
    bins = [bisect_right(interval.edges, error) - 1 for error in errors]
    assert interval.counts.tolist() == np.bincount(bins, minlength=len(interval.counts)).tolist()
    jitter = jitters(naive.deliveries) or [0.0]
    # what is left of a difference of squares
    assert distortion.jitter_mean == pytest.approx(np.mean(jitter), rel=1e-6, abs=1e-4)
    assert distortion.jitter_max == pytest.approx(max(jitter), rel=1e-6, abs=1e-4)
    least, most = disorder(naive.deliveries)
    assert least <= distortion.disorder <= most


@given(networks(max_cells=MAX_CELLS), chips(), FIDELITIES)
@examples(14)
def test_waiting_and_work_of_tiles(network: Network, chip: Chip, fidelity: str) -> None:
    report, naive, _ = both(network, chip, fidelity)
    links, tiles, n_tiles = naive.naive_chip, report.tiles, chip.n_tiles
    counts = [naive.kernel.counts(link) for link in range(len(links.rows))]
    _, busy, waited, longest, *_ = map(np.array, zip(*counts, strict=True))
    into, out = np.arange(n_tiles), n_tiles + np.arange(n_tiles)
    crossbar = links.crossbar(0) + into
    assert tiles.fifo_wait_cycles.tolist() == waited[crossbar].tolist()
    # a buffer with credits is that of the link before it
    assert tiles.longest_fifo.tolist() == longest[out if fidelity == "credit" else crossbar].tolist()
    shares = [busy[into], busy[out]]
    if chip.tile.encode_cycles:
        assert tiles.encoder_wait_cycles.tolist() == waited[links.encoder(0) + into].tolist()
        shares.append(busy[links.encoder(0) + into])
    else:
        assert not tiles.encoder_wait_cycles.any()
    assert tiles.memory == pytest.approx(busy[crossbar] / naive.base)
    assert tiles.traffic == pytest.approx(np.max(shares, axis=0) / naive.base)


@given(
    networks(max_cells=MAX_CELLS),
    chips(),
    FIDELITIES,
    st.fixed_dictionaries({name: st.integers(1, 1000) for name in PRICES}),
)
@examples(14)
def test_energy(network: Network, chip: Chip, fidelity: str, prices: dict[str, int]) -> None:
    priced = chip.replace(**prices)
    report, naive, fired = both(network, priced, fidelity)
    energy = energy_pj(naive.program, naive, fired, UNTIL_TICK)
    cycles = naive.base  # up to the end of the last tick
    if priced.synchronisation.sync != "barrier":
        cycles = UNTIL_TICK * priced.cycles_per_tick(network.timestep_ms)
    ns = cycles * 1000 / priced.clock_mhz
    assert report.energy_pj == pytest.approx(energy | {"static": prices["tile_mw"] * priced.n_tiles * ns})
    assert report.chip_ms == pytest.approx(ns / 1e6)
    assert report.total_energy_pj == pytest.approx(sum(report.energy_pj.values()))
    if ns:
        assert report.power_mw == pytest.approx(report.total_energy_pj / ns)  # pJ a ns are mW
