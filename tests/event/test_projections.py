"""Synaptic events of each projection, made, late and lost, against the oracle of the interconnect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.compiler import compile_network
from neurohw.hardware import Chip
from neurohw.network import Network, csr_from_pairs
from neurohw.program import Program
from tests.event.test_interconnect import FIDELITIES, MAX_CELLS, all_spikes, chips, run
from tests.examples import examples
from tests.naive.clocked import simulate
from tests.naive.interconnect import NaiveInterconnect
from tests.networks import UNTIL_TICK, networks


def synapses_between(program: Program, group: int, cell: int, tile: int) -> int:
    """Count the synapses of one group from a cell to cells of a tile."""
    synapses = program.network.synapses[group]
    pre, post = (program.network.populations[index] for index in (synapses.pre, synapses.post))
    if cell not in pre.ids:
        return 0
    row = synapses.target[synapses.indptr[cell - pre.first] : synapses.indptr[cell - pre.first + 1]]
    return sum(program.placement.tile_of_cell[post.first + target] == tile for target in row)


def events(program: Program, arrivals: list[tuple[int, int]]) -> list[int]:
    """Count for each group the synapses that arrivals (cell, tile) act through."""
    n = len(program.network.synapses)
    return [sum(synapses_between(program, group, *arrival) for arrival in arrivals) for group in range(n)]


@given(networks(max_cells=MAX_CELLS), chips(), FIDELITIES)
@examples(40)
def test_on_a_chip_against_the_oracle(network: Network, chip: Chip, fidelity: str) -> None:
    program = compile_network(all_spikes(network), chip)
    report = run(program, fidelity).report
    naive = NaiveInterconnect(program, fidelity)
    simulate(program.network, UNTIL_TICK, interconnect=naive)
    load_ = report.projections
    assert load_.name.tolist() == [synapses.name for synapses in network.synapses]
    assert load_.synapses.tolist() == [synapses.size for synapses in network.synapses]
    made = [(d.cell, d.tile) for d in naive.deliveries]
    late = [(d.cell, d.tile) for d in naive.deliveries if d.tick > d.fired_tick]
    assert load_.synaptic_events.tolist() == events(program, made)
    assert load_.late.tolist() == events(program, late)
    assert load_.lost.tolist() == events(program, naive.losses())
    assert load_.synaptic_events.sum() == report.traffic.synaptic_events


@given(networks(max_cells=MAX_CELLS), st.data())
@examples(20)
def test_ideal_and_with_synapses_that_change_during_the_run(network: Network, data: st.DataObject) -> None:
    """Every spike counts for the synapses that its cell had when it fired."""
    network = all_spikes(network)
    halfway = data.draw(st.integers(0, UNTIL_TICK - 1))
    thinned = [data.draw(st.booleans()) for _ in network.synapses]
    other = replace(
        network,
        synapses=tuple(
            _first_half(s) if thin else s for s, thin in zip(network.synapses, thinned, strict=True)
        ),
    )
    with load("event").open(Program(network)) as session:
        session.advance(halfway)
        session.set(Program(other))
        session.advance(UNTIL_TICK)
        result = session.result()
    expected = [
        _events(before, network, result.spikes.ids[result.spikes.ticks <= halfway])
        + _events(after, network, result.spikes.ids[result.spikes.ticks > halfway])
        for before, after in zip(network.synapses, other.synapses, strict=True)
    ]
    load_ = result.report.projections
    assert load_.synaptic_events.tolist() == expected
    assert load_.synaptic_events.sum() == result.report.traffic.synaptic_events
    assert load_.late is load_.lost is None


def _events(synapses, network: Network, senders: np.ndarray) -> int:
    pre = network.populations[synapses.pre]
    return sum(int(np.diff(synapses.indptr)[cell - pre.first]) for cell in senders if cell in pre.ids)


def _first_half(synapses):
    """Return the group without its later synapses."""
    n = synapses.size // 2
    rows = np.repeat(np.arange(len(synapses.indptr) - 1), np.diff(synapses.indptr))[:n]
    columns = csr_from_pairs(
        rows.astype(np.int32),
        synapses.target[:n],
        len(synapses.indptr) - 1,
        synapses.weight[:n],
        synapses.delay[:n],
    )
    indptr, target, weight, delay = columns
    parameters = {name: values[:n] for name, values in synapses.parameters.items()}
    return replace(synapses, indptr=indptr, target=target, weight=weight, delay=delay, parameters=parameters)
