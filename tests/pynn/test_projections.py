"""Reading and changing weights and delays."""

from __future__ import annotations

import numpy as np
import pyNN.errors
import pytest
from pyNN.random import NumpyRNG, RandomDistribution

from neurohw.errors import NetworkError, SimulationError, UnsupportedError


@pytest.fixture
def ends(sim):
    return sim.Population(2, sim.IF_curr_exp(), label="a"), sim.Population(3, sim.IF_curr_exp(), label="b")


@pytest.fixture
def projection(sim, ends):
    """Pairs (0, 1), (1, 1) and twice (1, 2), target by target."""
    rows = [(1, 2, 4.0, 0.4), (0, 1, 1.0, 0.1), (1, 1, 2.0, 0.2), (1, 2, 3.0, 0.3)]
    return sim.Projection(*ends, sim.FromListConnector(rows), sim.StaticSynapse(), label="ab")


def test_get_as_a_list(projection):
    assert projection.get("weight", format="list") == [(0, 1, 1.0), (1, 1, 2.0), (1, 2, 4.0), (1, 2, 3.0)]
    assert projection.get("delay", format="list", with_address=False) == [0.1, 0.2, 0.4, 0.3]
    assert projection.get(["delay", "weight"], format="list")[0] == (0, 1, 0.1, 1.0)


@pytest.mark.parametrize(
    ("operation", "merged"), [("sum", 7.0), ("min", 3.0), ("max", 4.0), ("first", 4.0), ("last", 3.0)]
)
def test_get_as_an_array_merges_synapses_of_a_pair(projection, operation, merged):
    weights = projection.get("weight", format="array", multiple_synapses=operation)
    np.testing.assert_array_equal(weights, [[np.nan, 1.0, np.nan], [np.nan, 2.0, merged]])


def test_get_an_unknown_attribute(projection):
    with pytest.raises(pyNN.errors.NonExistentParameterError, match="delay, weight"):
        projection.get("U", format="list")


def test_size_and_iteration(projection):
    assert (len(projection), projection.size()) == (4, 4)
    assert [(c.presynaptic_index, c.postsynaptic_index, c.weight, c.delay) for c in projection][2] == (
        1,
        2,
        4.0,
        0.4,
    )
    assert projection[-1].as_tuple("weight", "delay") == (3.0, 0.3)
    assert [c.weight for c in projection[:2]] == [1.0, 2.0]
    assert projection[0].postsynaptic_cell == projection.post[1]
    with pytest.raises(IndexError, match="connection 4, it has 4"):
        projection[4]


def test_a_connection_can_be_set(sim, ends):
    projection = sim.Projection(*ends, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.5, delay=1.0))
    projection[1].weight = 0.75
    projection[4].delay = 2.0
    assert projection.get("weight", format="list", with_address=False) == [0.5, 0.75, 0.5, 0.5, 0.5, 0.5]
    assert projection.get("delay", format="list", with_address=False) == [1.0, 1.0, 1.0, 1.0, 2.0, 1.0]


def test_set_a_number_an_array_or_a_list(projection):
    projection.set(weight=5, delay=2.5)
    assert projection.get(["weight", "delay"], format="list", with_address=False) == [(5.0, 2.5)] * 4
    projection.set(weight=np.arange(6.0).reshape(2, 3))
    assert projection.get("weight", format="list", with_address=False) == [1.0, 4.0, 5.0, 5.0]
    projection.set(weight=[0.1, 0.2, 0.3])  # one for each connected pair, row by row
    assert projection.get("weight", format="list", with_address=False) == [0.1, 0.2, 0.3, 0.3]


def test_a_list_of_the_wrong_length_is_refused(projection):
    for values in ([0.1, 0.2], [0.1, 0.2, 0.3, 0.4], [[0.1], [0.2], [0.3]]):
        with pytest.raises(NetworkError, match=r"'ab': weight: a list of shape .* for 3 connected pairs"):
            projection.set(weight=values)


def test_set_from_a_distribution_or_a_distance(projection):
    projection.set(weight=RandomDistribution("uniform", (0, 1), rng=NumpyRNG(seed=2)))
    matrix = NumpyRNG(seed=2).next(6).reshape(2, 3)
    drawn = projection.get("weight", format="list", with_address=False)
    assert drawn == [matrix[0, 1], matrix[1, 1], matrix[1, 2], matrix[1, 2]]
    projection.set(delay="1.0 + d")
    assert projection.get("delay", format="list", with_address=False) == [2.0, 1.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"weight": float("nan")}, r"projection 'ab': weight\[0\] = nan, must be a finite number"),
        ({"weight": float("inf")}, r"weight\[0\] = inf"),
        ({"delay": 0.05}, r"delay\[0\] = 0.05, must be at least the timestep, 0.1 ms"),
        ({"delay": -1.0}, r"delay\[0\] = -1.0"),
        ({"delay": float("nan")}, r"delay\[0\] = nan"),
        ({"delay": 1e12}, r"at most 2.1\d+e\+08 ms"),
    ],
)
def test_impossible_values_are_refused_everywhere(sim, ends, projection, values, message):
    (name, value), *_ = values.items()
    with pytest.raises(NetworkError, match=message):
        projection.set(**values)
    with pytest.raises(NetworkError):
        setattr(projection[2], name, value)
    assert projection.get(["weight", "delay"], format="list")[0] == (0, 1, 1.0, 0.1)
    with pytest.raises(NetworkError, match=message):
        sim.Projection(*ends, sim.OneToOneConnector(), sim.StaticSynapse(**values), label="ab")


def test_the_index_of_a_bad_value_is_named(sim, ends):
    connector = sim.FromListConnector([(0, 0, 1.0, 1.0), (1, 2, float("nan"), 1.0)])
    with pytest.raises(NetworkError, match=r"projection 'a→b': weight\[1\] = nan"):
        sim.Projection(*ends, connector)


def test_the_default_delay_is_the_minimum(sim):
    def delay():
        a = sim.Population(1, sim.IF_curr_exp())
        return sim.Projection(a, a, sim.AllToAllConnector())[0].delay

    assert delay() == 0.1
    sim.setup(timestep=0.1, min_delay=0.5, max_delay=20.0)
    assert delay() == 0.5
    assert (sim.get_min_delay(), sim.get_max_delay()) == (0.5, 20.0)


def test_delays_that_setup_was_not_told_of_are_taken_with_a_warning(sim, caplog):
    sim.setup(timestep=0.1, min_delay=0.5, max_delay=2.0)
    cells = sim.Population(2, sim.IF_curr_exp())
    connector = sim.FromListConnector([(0, 0, 1.0, 0.1), (1, 1, 1.0, 3.0)])
    projection = sim.Projection(cells, cells, connector)
    assert projection.get("delay", format="list", with_address=False) == [0.1, 3.0]
    projection.set(delay=9.0)
    (record,) = caplog.records
    for part in (f"projection {projection.label!r}: a delay of 0.1 ms", "min_delay = 0.5", "max_delay = 2.0"):
        assert part in record.getMessage()
    sim.Projection(cells, cells, sim.OneToOneConnector(), sim.StaticSynapse(delay=2.0))
    assert len(caplog.records) == 1
    with pytest.raises(NetworkError, match="at least the timestep"):
        projection.set(delay=0.01)


def test_delay_limits_are_those_in_use(sim, ends):
    assert (sim.get_min_delay(), sim.get_max_delay()) == (0.1, 0.1)
    sim.Projection(*ends, sim.FromListConnector([(0, 0, 1.0, 0.4), (1, 1, 1.0, 0.3)]))
    assert (sim.get_min_delay(), sim.get_max_delay()) == (0.3, 0.4)
    assert sim.Projection(*ends, sim.OneToOneConnector())[0].delay == 0.1


def test_targets_and_models_that_cannot_be(sim, ends):
    source = sim.Population(2, sim.SpikeSourceArray(), label="s")
    with pytest.raises(pyNN.errors.ConnectionError, match="'s' is a SpikeSourceArray, which takes no input"):
        sim.Projection(ends[0], source, sim.AllToAllConnector())
    with pytest.raises(pyNN.errors.ConnectionError, match="'b' has no receptor 'NMDA'; it has excitatory"):
        sim.Projection(*ends, sim.AllToAllConnector(), receptor_type="NMDA")
    with pytest.raises(pyNN.errors.ConnectionError, match="must be a Population"):
        sim.Projection([1], ends[1], sim.AllToAllConnector())
    foreign = pyNN.standardmodels.synapses.TsodyksMarkramSynapse(delay=1.0)
    with pytest.raises(
        UnsupportedError, match="no synapse type TsodyksMarkramSynapse; there are StaticSynapse"
    ):
        sim.Projection(*ends, sim.AllToAllConnector(), foreign)
    hodgkin_huxley = sim.Population(1, sim.HH_cond_exp())
    with pytest.raises(UnsupportedError, match=r"'source_section.gap': electrical synapses are not"):
        sim.Projection(ends[0], hodgkin_huxley, sim.AllToAllConnector(), receptor_type="source_section.gap")


def test_populations_of_an_earlier_setup_are_refused(sim, ends):
    sim.setup()
    with pytest.raises(NetworkError, match="'a' was made before the last setup"):
        sim.Projection(*ends, sim.AllToAllConnector())


def test_a_running_network_cannot_grow(sim, ends, book):
    sim.run(1.0)
    with pytest.raises(SimulationError, match=r"projection 'late' was made after run.*reset"):
        sim.Projection(*ends, sim.AllToAllConnector(), label="late")
    with pytest.raises(SimulationError, match="a population was made after run"):
        sim.Population(1, sim.IF_curr_exp())
    sim.reset()
    sim.Projection(*ends, sim.AllToAllConnector(), label="late")
    sim.run(1.0)
    assert [group.name for group in book.sessions[-1].network.synapses] == ["late"]


def test_procedural_interface(sim):
    with pytest.warns(DeprecationWarning, match="is deprecated"):
        cells = sim.create(sim.IF_curr_exp(), n=3)
    with pytest.warns(DeprecationWarning, match="is deprecated"):
        projection = sim.connect(cells[0], cells, weight=0.5, delay=2.0)
    assert projection.get(["weight", "delay"], format="list") == [(0, j, 0.5, 2.0) for j in range(3)]
