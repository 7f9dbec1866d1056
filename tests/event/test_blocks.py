"""Ticks taken several at once, population by population: the spikes of ticks taken one by one, and the oracle's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workloads.parts import all_spikes, connect, poisson
from neurohw.backend import load
from neurohw.network import MODELS, CurrentSteps, Network, Population, SpikeTrains
from neurohw.program import Program
from neurohw_event import recording, session, weight_types
from neurohw_event.blocks import LONGEST_BLOCK, make_block
from neurohw_event.kernels.grid import CHUNK
from neurohw_event.transit import entries
from neurohw_event.wiring import make_wiring
from tests.event.test_against_naive import SEEDS, assert_same_spikes, run
from tests.event.test_ways_of_neurons import BOUNDS, run_on, way
from tests.examples import compiled_only, examples
from tests.naive.clocked import simulate

TICKS = 120
TIMESTEP_MS = 0.1
Rng = np.random.Generator


def delta_cells(rng: Rng, first: int, size: int) -> Population:
    """Return cells that differ in their drives at most; some fire on their own, some have no refractory time."""
    values = {name: np.full(size, p.default) for name, p in MODELS["IF_curr_delta"].parameters.items()}
    values["tau_refrac"] = np.full(size, rng.choice([0.0, 0.1, 0.55, 2.0]))
    values["i_offset"] = np.full(size, rng.uniform(0.0, 0.9)) + rng.uniform(0.0, 0.05, size) * rng.integers(2)
    v_mv = rng.uniform(-65.0, -48.0, size)
    return Population(f"cells {first}", MODELS["IF_curr_delta"], first, size, values, initial={"v": v_mv})


def trains(rng: Rng, first: int, size: int) -> Population:
    """Return sources with spikes at random ticks, some of them twice in a tick."""
    ticks = [np.sort(rng.integers(0, TICKS, 12)) for _ in range(size)]
    twice = [np.sort(np.concatenate([own, own[:3]])) for own in ticks]
    return Population(
        "trains", MODELS["SpikeSourceArray"], first, size, {}, trains=SpikeTrains.from_lists(twice)
    )


def layers(
    seed: int, steps: bool = False, choices: tuple[int, ...] = (3, 16, 17, 24), one_delay: bool = False
) -> Network:
    """Return slow sources and up to three populations, connected all to all or at random, with random delays."""
    rng = np.random.default_rng(seed)
    sizes = rng.choice(choices, rng.integers(1, 4))
    populations = [poisson("poisson", 0, rng.uniform(0.0, 900.0, 8) * rng.integers(0, 2, 8))]
    populations.append(trains(rng, 8, 8))
    for size in sizes:
        populations.insert(int(rng.integers(1, len(populations) + 1)), delta_cells(rng, 0, int(size)))
    populations = numbered(populations)
    shortest = int(rng.choice([1, 2, 5, 10, 30]))
    synapses = [
        _projection(rng, populations, pre, post, receptor, shortest, one_delay)
        for pre in range(len(populations))
        for post, target in enumerate(populations)
        for receptor in target.model.receptor_names
        if rng.random() < 0.6
    ]
    cells = [population for population in populations if not population.model.is_source]
    return Network(
        TIMESTEP_MS,
        tuple(populations),
        tuple(synapses),
        current_steps(rng, cells) if steps else CurrentSteps.none(),
        all_spikes(populations, range(len(populations))),
    )


def numbered(populations: list[Population]) -> list[Population]:
    """Give populations their ids, in the order in which they stand."""
    numbered: list[Population] = []
    for p in populations:
        first = numbered[-1].first + numbered[-1].size if numbered else 0
        name = f"{len(numbered)} {p.name}"
        numbered.append(Population(name, p.model, first, p.size, p.parameters, p.initial, trains=p.trains))
    return numbered


def _projection(
    rng: Rng,
    populations: list[Population],
    pre: int,
    post: int,
    receptor: str,
    shortest: int,
    one_delay: bool,
):
    n_pre, n_post = populations[pre].size, populations[post].size
    if rng.random() < 0.6:
        pairs = np.repeat(np.arange(n_pre), n_post), np.tile(np.arange(n_post), n_pre)
    else:
        n = 4 * n_post
        pairs = rng.integers(0, n_pre, n), rng.integers(0, n_post, n)
    n = len(pairs[0])
    sign = 1 if receptor == "excitatory" else -1
    weight = sign * rng.uniform(0.0, 60.0 / n_pre, n) if rng.random() < 0.8 else np.full(n, sign * 0.7)
    delay = rng.integers(shortest, shortest + 8, n) if rng.random() < 0.3 else np.full(n, shortest)
    delay = np.full(n, shortest) if one_delay else delay
    return connect(populations, pre, post, receptor, pairs, weight, delay)


def current_steps(rng: Rng, cells: list[Population]) -> CurrentSteps:
    ticks = np.sort(rng.choice(np.arange(1, TICKS), 5, replace=False))
    return CurrentSteps(np.full(5, cells[rng.integers(len(cells))].first), ticks, rng.uniform(-0.5, 1.5, 5))


def one_by_one(name: str, network: Network, seed: int):
    """Run without blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "make_block", lambda *_: None)
        return run_on(name, Program(network), [TICKS], seed=seed)


@given(st.integers(0, 2**32 - 1), SEEDS, st.booleans(), st.booleans(), st.sampled_from(sorted(BOUNDS)))
@examples(60)
def test_blocks_change_no_spike(seed: int, run_seed: int, steps: bool, one_delay: bool, name: str) -> None:
    network = layers(seed, steps, one_delay=one_delay)
    result = run_on(name, Program(network), [TICKS], seed=run_seed)
    assert result.spikes.digest() == one_by_one(name, network, run_seed).spikes.digest()
    assert_same_spikes(result, simulate(network, TICKS, run_seed))


@given(st.integers(0, 2**32 - 1))
@examples(20)
def test_numbers_of_levels_are_no_rows(seed: int) -> None:
    """Cells are stepped as vectors in ticks in which nothing arrives, whatever weights are stored as."""
    network = layers(seed)
    few = tuple(replace(group, weight=np.round(4.0 * group.weight) / 4.0) for group in network.synapses)
    network = replace(network, synapses=few)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_types, "LEAST_WEIGHTS", 1)
        patch.setattr(weight_types, "MOST_OF_ROWS", 1.0)
        result = run_on("grid", Program(network), [TICKS])
    assert_same_spikes(result, simulate(network, TICKS, 0))


@compiled_only
@pytest.mark.parametrize("seed", range(4))
def test_populations_larger_than_a_chunk(seed: int) -> None:
    network = layers(seed, choices=(CHUNK + 9, 2 * CHUNK - 1))
    result = run_on("grid", Program(network), [TICKS])
    assert len(result.spikes.ids) > 100
    assert result.spikes.digest() == one_by_one("grid", network, 0).spikes.digest()


@given(st.integers(0, 2**32 - 1), SEEDS, st.sets(st.integers(0, TICKS - 1), max_size=6), st.booleans())
@examples(30)
def test_stops_within_blocks_change_nothing(
    seed: int, run_seed: int, stops: set[int], one_delay: bool
) -> None:
    network = layers(seed, one_delay=one_delay)
    whole = run_on("in turn", Program(network), [TICKS], seed=run_seed)
    parts = run_on("in turn", Program(network), [*sorted(stops), TICKS], seed=run_seed)
    assert whole.spikes.digest() == parts.spikes.digest()
    assert whole.report.traffic.synaptic_events == parts.report.traffic.synaptic_events


@given(st.integers(0, 2**32 - 1), st.integers(0, TICKS - 1), st.booleans())
@examples(15)
def test_room_that_runs_out_changes_nothing(seed: int, run_seed: int, one_delay: bool) -> None:
    network = layers(seed, one_delay=one_delay)
    roomy = run_on("grid", Program(network), [TICKS], seed=run_seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording, "LOG_CAPACITY", 2)
        patch.setattr(session, "POOL", 2)
        assert (
            run_on("grid", Program(network), [TICKS], seed=run_seed).spikes.digest() == roomy.spikes.digest()
        )


@pytest.mark.parametrize(("shortest", "length"), [(2, 2), (9, 9), (40, LONGEST_BLOCK)])
def test_a_block_is_as_long_as_the_shortest_delay(shortest: int, length: int) -> None:
    with way("grid"), load("event").open(Program(chain(shortest)), fidelity="ideal", seed=0) as opened:
        opened.advance(TICKS)
        assert len(opened._block.n_fired) == length


def chain(delay: int, model: str = "IF_curr_delta") -> Network:
    """Return sources and a population with one delay."""
    values = {name: np.full(20, p.default) for name, p in MODELS[model].parameters.items()}
    populations = [
        poisson("poisson", 0, np.full(20, 100.0)),
        Population("cells", MODELS[model], 20, 20, values),
    ]
    pairs = np.repeat(np.arange(20), 20), np.tile(np.arange(20), 20)
    synapses = connect(populations, 0, 1, "excitatory", pairs, 2.0, delay)
    return Network(TIMESTEP_MS, tuple(populations), (synapses,), probes=all_spikes(populations, [1]))


@pytest.mark.parametrize(("delay", "model"), [(1, "IF_curr_delta"), (10, "IF_curr_exp")])
def test_where_blocks_are_not_possible_there_are_none(delay: int, model: str) -> None:
    with load("event").open(Program(chain(delay, model)), fidelity="ideal", seed=0) as opened:
        assert opened._block is None


def test_large_networks_have_no_blocks() -> None:
    with load("event").open(Program(chain(10)), fidelity="ideal", seed=0) as opened:
        assert make_block(opened._groups, opened.wiring, 40) is not None
        assert make_block(opened._groups, opened.wiring, 10**6) is None


def test_parameters_changed_between_blocks() -> None:
    network, other = chain(10), chain(3)
    changes = {77: Network(TIMESTEP_MS, network.populations, other.synapses, probes=network.probes)}
    with way("grid"):
        result = run(Program(network), [77, TICKS], seed=4, changes=changes)
    assert_same_spikes(result, simulate(network, TICKS, 4, changes))


def test_wiring_knows_of_one_delay() -> None:
    assert make_wiring(Program(chain(17)), by_tile=False).one_delay == 17
    synapses = chain(17).synapses
    other = replace(chain(17), synapses=(*synapses, replace(synapses[0], delay=synapses[0].delay + 1)))
    assert make_wiring(Program(other), by_tile=False).one_delay == 0
    assert make_wiring(Program(replace(other, synapses=())), by_tile=False).one_delay == 0


@pytest.mark.parametrize(("delay", "waits"), [(2, True), (10, True), (16, True), (17, False)])
def test_spikes_of_one_delay_wait_for_the_next_block(delay: int, waits: bool) -> None:
    """They do not go onto the wheel, but are on it when the run is over."""
    with way("grid"), load("event").open(Program(chain(delay)), fidelity="ideal", seed=0) as opened:
        opened.advance(TICKS)
        assert (opened._block.delay == delay) == waits
        assert opened._block.n_waiting[0] == 0
        assert len(entries(opened._pendings[0], opened.tick)[0]) > 0
