"""Cells divided among threads: to the last bit what one thread simulates, and the oracle's spikes."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import neurohw
from benchmarks.workloads.brunel import brunel
from benchmarks.workloads.parts import all_spikes, cells, connect, one_to_one, poisson
from neurohw import backend
from neurohw.backend import load
from neurohw.errors import SettingError
from neurohw.network import MODELS, CurrentSteps, Network, Probe
from neurohw.program import Program
from neurohw_event import recording, session, shares
from tests.event.test_against_naive import SEEDS, assert_same_spikes
from tests.event.test_blocks import TICKS, chain, layers
from tests.event.test_dense_layers import dense_layers
from tests.event.test_ways_of_neurons import BOUNDS, way
from tests.examples import compiled_only, examples, few_kernels
from tests.naive.clocked import simulate
from tests.networks import CONDUCTANCE_MODELS, CURRENT_MODELS, UNTIL_TICK, changed, networks, random_network
from tests.plastic_networks import with_plasticity
from tests.shared_runs import LATER, THREADS, assert_same, delayed, run
from tests.stepped_networks import ALL, small_network

pytestmark = pytest.mark.usefixtures("sharing_small_networks")


@few_kernels
@given(networks(models=(*CURRENT_MODELS, *CONDUCTANCE_MODELS)), SEEDS, LATER, THREADS)
@examples(100)
def test_threads_change_nothing(network: Network, seed: int, later: int, threads: int) -> None:
    network = delayed(network, later)
    assert_same(run(network, 1, seed=seed), run(network, threads, seed=seed))


@given(SEEDS, THREADS, st.sampled_from((np.float64, np.float32)))
@examples(12)
def test_dense_layers_in_shares_are_those_of_one_thread(seed: int, threads: int, type_: type) -> None:
    network = delayed(dense_layers(seed, type_), 15)
    with way("grid"):
        assert_same(run(network, 1, [TICKS], seed), run(network, threads, [TICKS], seed))


@few_kernels
@given(networks(), SEEDS, LATER, THREADS, st.sampled_from(sorted(BOUNDS)))
@examples(40)
def test_every_way_of_cells_agrees_with_the_oracle(
    network: Network, seed: int, later: int, threads: int, name: str
) -> None:
    network = delayed(network, later)
    with way(name):
        result = run(network, threads, seed=seed)
        assert_same(run(network, 1, seed=seed), result)
    assert_same_spikes(result, simulate(network, UNTIL_TICK, seed))


@given(st.integers(0, 2**32 - 1), SEEDS, st.booleans(), THREADS, st.sampled_from(sorted(BOUNDS)))
@examples(40)
def test_blocks_of_ticks(seed: int, run_seed: int, steps: bool, threads: int, name: str) -> None:
    network = layers(seed, steps)
    with way(name):
        result = run(network, threads, [TICKS], run_seed)
        assert_same(run(network, 1, [TICKS], run_seed), result)
    assert_same_spikes(result, simulate(network, TICKS, run_seed))


@few_kernels
@given(networks(), SEEDS, LATER, THREADS, st.sets(st.integers(0, UNTIL_TICK - 1), max_size=6))
@examples(40)
def test_stops_change_nothing(network: Network, seed: int, later: int, threads: int, stops: set[int]) -> None:
    network = delayed(network, later)
    with way("in turn"):
        whole = run(network, 1, seed=seed)
        assert_same(whole, run(network, threads, [*sorted(stops), UNTIL_TICK], seed))


@few_kernels
@given(networks(), SEEDS, LATER, THREADS, st.integers(0, UNTIL_TICK - 1), LATER)
@examples(60)
def test_changes_between_runs(
    network: Network, seed: int, later: int, threads: int, stop: int, other: int
) -> None:
    network = delayed(network, later)
    changes = {stop: delayed(changed(network, seed), other - later)}
    stops = [stop, UNTIL_TICK]
    assert_same(run(network, 1, stops, seed, changes), run(network, threads, stops, seed, changes))


@few_kernels
@given(networks(), SEEDS, THREADS, st.lists(st.integers(0, 3), min_size=3, max_size=3))
@examples(30)
@example(random_network(0), 2, 2, [0, 0, 3])  # learning synapses of a run that was opened with shares
def test_a_run_that_can_no_longer_be_shared_and_then_again(
    network: Network, seed: int, threads: int, kinds: list[int]
) -> None:
    """Delays of one tick and synapses that learn are for one thread, whatever came before."""
    variants = [
        delayed(network, 3),
        delayed(network, 9),
        replace(
            network, synapses=tuple(replace(s, delay=np.ones(s.size, np.int32)) for s in network.synapses)
        ),
        with_plasticity(delayed(network, 2), seed),
    ]
    stops = [80, 150, 220, UNTIL_TICK]
    changes = dict(zip(stops, (variants[kind] for kind in kinds), strict=False))
    one, more = (run(variants[0], n, stops, seed, changes) for n in (1, threads))
    assert_same(one, more)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[compiled_only] * (name == "adexp of all shapes")) for name in ALL]
)
def test_cells_without_a_closed_form(name: str) -> None:
    network = delayed(small_network(ALL[name], seed=1, size=5), 4)
    result = run(network, 3)
    assert len(result.spikes.ids)
    assert_same(run(network, 1), result)


@pytest.mark.parametrize("stop", [None, 90])
def test_a_current_up_to_the_threshold_is_known_to_all_shares(stop: int | None) -> None:
    """A cell of the last share is driven to its threshold for a while: no share may then begin a span."""
    values = {name: p.default for name, p in MODELS["IF_curr_exp"].parameters.items()}
    up_na = (values["v_thresh"] - values["v_rest"]) * values["cm"] / values["tau_m"]
    populations = [
        cells("cells", "IF_curr_exp", 0, 40, values | {"i_offset": 0.9 * up_na}),
        poisson("poisson", 40, np.full(40, 400.0)),
    ]
    kicks = connect(populations, 1, 0, "excitatory", one_to_one(40), 0.4, 5)
    steps = CurrentSteps(np.array([39, 39]), np.array([40, 170]), np.array([0.1 * up_na, -0.1 * up_na]))
    probes = (*all_spikes(populations, [0]), Probe(0, "v", np.arange(40)))
    network = Network(0.1, tuple(populations), (kicks,), steps, probes)
    stops = [UNTIL_TICK] if stop is None else [stop, UNTIL_TICK]
    for name in BOUNDS:
        with way(name):
            assert_same(run(network, 1, stops), run(network, 3, stops))


@given(st.integers(0, 2**32 - 1), st.integers(0, TICKS - 1), THREADS)
@examples(15)
def test_room_that_runs_out_changes_nothing(seed: int, run_seed: int, threads: int) -> None:
    network = delayed(layers(seed), 1)
    roomy = run(network, 1, [TICKS], run_seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording, "LOG_CAPACITY", 2)
        patch.setattr(session, "POOL", 2)
        assert_same(roomy, run(network, threads, [TICKS], run_seed))


@pytest.mark.parametrize(
    ("network", "threads", "reason"),
    [
        (chain(5), 2, None),
        (chain(5), 1, ""),
        (chain(1), 2, "the shortest delay is one tick, 0.1 ms; threads need 2"),
        (with_plasticity(chain(5), 1), 2, r"synapses '.*' are of \w+, whose weights change"),
    ],
)
def test_which_networks_are_shared_and_why_others_are_not(network, threads, reason, caplog) -> None:
    backend._log_one_thread.cache_clear()
    for _ in range(2):
        with load("event").open(Program(network), threads=threads) as opened:
            assert (opened._team is None) == (reason is not None)
    said = [f"threads = {threads}: one thread simulates: {reason}"] if reason else []
    assert len(caplog.messages) == len(said)  # once, not at each opening
    for message, pattern in zip(caplog.messages, said, strict=True):
        assert re.fullmatch(pattern, message)


def test_a_network_that_is_too_small_to_share(caplog) -> None:
    backend._log_one_thread.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "LEAST_WORK", 1e9)
        with load("event").open(Program(chain(5)), threads=2) as opened:
            assert opened._team is None
    assert "the network is too small to gain by more" in caplog.text


@pytest.mark.parametrize(
    ("network", "n_shares"), [(chain(5), 1), (chain(1), 1), (brunel(60, 20), 1), (brunel(400, 50), 4)]
)
def test_little_work_is_for_one_thread(network: Network, n_shares: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "LEAST_WORK", 2_000)
        assert shares.n_shares_for(network, 4) == n_shares


@pytest.mark.parametrize("backend", ["event", "brian2"])
@pytest.mark.parametrize("threads", [0, -1, 2.5, "two", True])
def test_threads_that_are_no_number_of_them(backend: str, threads) -> None:
    with pytest.raises(SettingError, match=f"threads = {threads!r} must be a whole number of at least 1"):
        neurohw.run(Program(chain(5)), 20.0, backend=backend, threads=threads)


@pytest.mark.parametrize("threads", [2, 99])
def test_run_takes_threads_even_more_than_there_are_cells(threads: int) -> None:
    program = Program(chain(5))
    one, more = (neurohw.run(program, 20.0, seed=2, threads=n) for n in (1, threads))
    assert_same(one, more)


@pytest.mark.parametrize("fidelity", ["latency", "fcfs", "credit"])
def test_an_interconnect_is_simulated_by_one_thread(fidelity: str) -> None:
    chip = neurohw.chip("mesh")
    program = neurohw.compile(chain(5), chip)
    with load("event").open(program, fidelity=fidelity, threads=2) as opened:
        assert opened._team is None
    one, two = (neurohw.run(program, 20.0, fidelity=fidelity, threads=threads) for threads in (1, 2))
    assert_same(one, two)
