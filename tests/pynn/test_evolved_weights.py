"""Weights that a learning rule changes, apart from those that the script declared.

The bookkeeping session adds half its place in the group to every weight that learns, each tick.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MS = 10  # ticks


@pytest.fixture
def population(sim):
    return sim.Population(3, sim.IF_cond_exp(), label="a")


def learning(sim, pre, post, weight=1.0, **options):
    rule = sim.STDPMechanism(sim.SpikePairRule(), sim.AdditiveWeightDependence(), weight=weight, delay=1.0)
    return sim.Projection(pre, post, sim.AllToAllConnector(), rule, **options)


@pytest.fixture
def projection(sim, population, book):
    """From two sources to three cells, behind a static projection."""
    sources = sim.Population(2, sim.SpikeSourceArray(), label="s")
    sim.Projection(population, population, sim.AllToAllConnector(), sim.StaticSynapse(weight=9.0))
    return learning(sim, sources, population)


# rows of the network go source by source, so the place of (i, j) is 3 i + j
PLACE = np.arange(6.0).reshape(2, 3)


def weights(projection):
    return projection.get("weight", format="array")


def test_weights_are_the_declared_ones_until_something_runs(projection):
    np.testing.assert_array_equal(weights(projection), np.ones((2, 3)))


def test_weights_evolve_and_reset_goes_back(sim, projection, book):
    sim.run(1.0)
    np.testing.assert_allclose(weights(projection), 1.0 + 0.5 * MS * PLACE)
    sim.run(1.0)
    np.testing.assert_allclose(weights(projection), 1.0 + 0.5 * 2 * MS * PLACE)
    listed = projection.get("weight", format="list")
    assert listed[3] == (1, 1, 1.0 + 0.5 * 2 * MS * 4)
    assert [connection.weight for connection in projection] == [row[2] for row in listed]
    sim.reset()
    np.testing.assert_array_equal(weights(projection), np.ones((2, 3)))
    sim.run(2.0)
    np.testing.assert_allclose(weights(projection), 1.0 + 0.5 * 2 * MS * PLACE)
    assert [len(session.programs) for session in book.sessions] == [1, 1]


def test_weights_are_fetched_once_for_each_moment(sim, projection, book):
    sim.run(1.0)
    for _ in range(5):
        weights(projection)
    assert book.sessions[0].n_fetched == 1
    sim.run(1.0, callbacks=[lambda t: weights(projection).size and t + 0.5])
    fetched = book.sessions[0].n_fetched
    weights(projection)
    assert 2 <= fetched == book.sessions[0].n_fetched <= 4


@pytest.mark.parametrize(
    "change",
    [
        lambda sim, projection: projection.set(tau_plus=5.0),
        lambda sim, projection: setattr(projection[0], "delay", 2.0),
        lambda sim, projection: projection.post.set(tau_m=15.0),
        lambda sim, projection: sim.simulator.state.projections[0].set(weight=8.0),
    ],
)
def test_a_change_in_mid_run_keeps_what_was_learnt(sim, projection, book, change):
    sim.run(1.0)
    change(sim, projection)
    np.testing.assert_allclose(weights(projection), 1.0 + 0.5 * MS * PLACE)
    sim.run(1.0)
    session = book.sessions[0]
    np.testing.assert_allclose(session.network.synapses[1].weight, 1.0 + 0.5 * MS * np.arange(6.0))
    np.testing.assert_allclose(weights(projection), 1.0 + 0.5 * 2 * MS * PLACE)
    sim.reset()
    sim.run(0.5)
    np.testing.assert_array_equal(book.sessions[1].programs[0].network.synapses[1].weight, np.ones(6))


def test_set_gives_current_and_declared_weights(sim, projection):
    sim.run(1.0)
    projection.set(weight=3.0)
    np.testing.assert_array_equal(weights(projection), np.full((2, 3), 3.0))
    sim.run(1.0)
    np.testing.assert_allclose(weights(projection), 3.0 + 0.5 * MS * PLACE)
    sim.reset()
    np.testing.assert_array_equal(weights(projection), np.full((2, 3), 3.0))


def test_setting_one_connection_leaves_the_others(sim, projection):
    sim.run(1.0)
    projection[3].weight = 7.0  # (1, 1)
    expected = 1.0 + 0.5 * MS * PLACE
    expected[1, 1] = 7.0
    np.testing.assert_allclose(weights(projection), expected)
    sim.run(1.0)
    np.testing.assert_allclose(weights(projection), expected + 0.5 * MS * PLACE)
    sim.reset()
    np.testing.assert_array_equal(weights(projection), [[1, 1, 1], [1, 7, 1]])


def test_an_array_that_was_handed_out_does_not_change(sim, projection):
    sim.run(1.0)
    before = projection.column("weight")
    kept = before.copy()
    projection[3].weight = 7.0
    np.testing.assert_array_equal(before, kept)


def test_weights_between_assemblies(sim, population, book):
    other = sim.Population(2, sim.IF_cond_exp())
    projection = learning(sim, population[1:] + other, other + population)
    sim.run(1.0)
    groups = book.sessions[0].network.synapses
    assert [group.size for group in groups] == [4, 6, 4, 6]
    # by hand: within a group, source by source, then target by target
    blocks = [[np.arange(4.0).reshape(2, 2), np.arange(6.0).reshape(2, 3)]] * 2
    np.testing.assert_allclose(weights(projection), 1.0 + 0.5 * MS * np.block(blocks))


def test_weights_stay_readable_after_the_end(sim, projection):
    sim.run(1.0)
    sim.end()
    np.testing.assert_allclose(weights(projection), 1.0 + 0.5 * MS * PLACE)


def test_static_weights_are_never_fetched(sim, projection, book):
    sim.run(1.0)
    static = sim.simulator.state.projections[0]
    assert set(static.get("weight", format="list", with_address=False)) == {9.0}
    assert book.sessions[0].n_fetched == 0


operations = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.integers(1, 20)),
        st.tuples(st.just("set"), st.floats(0.0, 5.0)),
        st.tuples(st.just("set matrix"), st.floats(0.0, 5.0)),
        st.tuples(st.just("set one"), st.integers(0, 5)),
        st.tuples(st.just("other parameter"), st.floats(1.0, 50.0)),
        st.tuples(st.just("read"), st.none()),
        st.tuples(st.just("reset"), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations)
def test_any_order_of_operations(sim, book, steps):
    """Against two matrices: what was declared, and what it has become."""
    sim.setup(timestep=0.1)
    sources, cells = sim.Population(2, sim.SpikeSourceArray()), sim.Population(3, sim.IF_cond_exp())
    projection = learning(sim, sources, cells)
    declared, current = np.ones((2, 3)), np.ones((2, 3))
    for name, value in steps:
        if name == "run":
            sim.run(value / MS)
            current = current + 0.5 * value * PLACE
        elif name == "set":
            projection.set(weight=value)
            declared, current = np.full((2, 3), value), np.full((2, 3), value)
        elif name == "set matrix":
            projection.set(weight=value + PLACE)
            declared, current = value + PLACE, value + PLACE
        elif name == "set one":
            projection[value].weight = 4.5
            declared, current = declared.copy(), current.copy()
            declared[value % 2, value // 2] = current[value % 2, value // 2] = 4.5  # target by target
        elif name == "other parameter":
            projection.set(tau_minus=value)
        elif name == "read":
            np.testing.assert_allclose(weights(projection), current)
        else:
            sim.reset()
            current = declared.copy()
    np.testing.assert_allclose(weights(projection), current)
    np.testing.assert_allclose([c.weight for c in projection], current.T.ravel())
