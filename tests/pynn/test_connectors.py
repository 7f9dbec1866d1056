"""The vectorised connectors build what PyNN's own loops build, number by number."""

from __future__ import annotations

import numpy as np
import pyNN.connectors
import pyNN.core
import pyNN.errors
import pytest
from pyNN.random import NumpyRNG, RandomDistribution
from pyNN.space import Line, Space

from neurohw.errors import NetworkError, UnsupportedError

N_PRE, N_POST = 13, 17


CONNECTORS = {
    "all": lambda of, rng: of.AllToAllConnector(),
    "all_no_self": lambda of, rng: of.AllToAllConnector(allow_self_connections=False),
    "one": lambda of, rng: of.OneToOneConnector(),
    "probability": lambda of, rng: of.FixedProbabilityConnector(0.3, rng=rng),
    "probability_0": lambda of, rng: of.FixedProbabilityConnector(0.0, rng=rng),
    "probability_1": lambda of, rng: of.FixedProbabilityConnector(1.0, rng=rng),
    "probability_no_self": lambda of, rng: of.FixedProbabilityConnector(
        0.5, allow_self_connections=False, rng=rng
    ),
    "distance": lambda of, rng: of.DistanceDependentProbabilityConnector("exp(-d/3)", rng=rng),
    "distance_no_self": lambda of, rng: of.DistanceDependentProbabilityConnector(
        "d < 4", allow_self_connections=False, rng=rng
    ),
    "distance_constant": lambda of, rng: of.DistanceDependentProbabilityConnector("0.4", rng=rng),
    "pre": lambda of, rng: of.FixedNumberPreConnector(5, rng=rng),
    "pre_many": lambda of, rng: of.FixedNumberPreConnector(40, rng=rng),
    "pre_no_self": lambda of, rng: of.FixedNumberPreConnector(5, allow_self_connections=False, rng=rng),
    "pre_replace": lambda of, rng: of.FixedNumberPreConnector(5, with_replacement=True, rng=rng),
    "pre_replace_no_self": lambda of, rng: of.FixedNumberPreConnector(
        5, with_replacement=True, allow_self_connections=False, rng=rng
    ),
    "pre_random_n": lambda of, rng: of.FixedNumberPreConnector(
        RandomDistribution("uniform_int", (0, 6), rng=rng), with_replacement=True, rng=rng
    ),
    "post": lambda of, rng: of.FixedNumberPostConnector(5, rng=rng),
    "post_many": lambda of, rng: of.FixedNumberPostConnector(40, rng=rng),
    "post_no_self": lambda of, rng: of.FixedNumberPostConnector(5, allow_self_connections=False, rng=rng),
    "post_replace": lambda of, rng: of.FixedNumberPostConnector(5, with_replacement=True, rng=rng),
    "post_replace_no_self": lambda of, rng: of.FixedNumberPostConnector(
        2, with_replacement=True, allow_self_connections=False, rng=rng
    ),
    "post_random_n_of_another": lambda of, rng: of.FixedNumberPostConnector(
        RandomDistribution("poisson", (30.0,), rng=NumpyRNG(seed=3)), rng=rng
    ),
    "post_random_n": lambda of, rng: of.FixedNumberPostConnector(
        RandomDistribution("uniform_int", (1, 6), rng=rng), rng=rng
    ),
    "total": lambda of, rng: of.FixedTotalNumberConnector(101, rng=rng),
}

SYNAPSES = {
    "constant": lambda rng: {"weight": 0.25, "delay": 1.5},
    "default_delay": lambda rng: {"weight": 0.25},
    "random_weight": lambda rng: {"weight": RandomDistribution("uniform", (0.1, 0.9), rng=rng), "delay": 0.7},
    "random_both": lambda rng: {
        "weight": RandomDistribution("gamma", (2.0, 0.1), rng=rng),
        "delay": RandomDistribution("uniform", (0.2, 2.0), rng=rng),
    },
    "clipped": lambda rng: {
        "weight": RandomDistribution("normal_clipped", (0.5, 0.5, 0.0, 1.0), rng=rng),
        "delay": 1.0,
    },
    "distance": lambda rng: {"weight": "0.1 + 0.02*d", "delay": "0.2 + 0.1*d"},
    "matrix": lambda rng: {"weight": np.arange(N_PRE * N_POST, dtype=float).reshape(N_PRE, N_POST)},
}


def ends_of(sim, kind):
    def population(n, label):
        return sim.Population(n, sim.IF_curr_exp(), structure=Line(dx=0.7), label=label)

    if kind == "two":
        return population(N_PRE, "a"), population(N_POST, "b")
    if kind == "same":
        both = population(N_PRE, "c")
        return both, both
    if kind == "views":
        parent = population(30, "d")
        return parent[2 : 2 + N_PRE], parent[np.arange(1, 1 + 2 * N_POST - 5, 2)]
    whole = population(5, "e")
    other = population(20, "f")
    return whole + other[3:11], other + population(7, "g")[::2]


def build(sim, ends, connector, synapse, library):
    rng = NumpyRNG(seed=4021)
    pre, post = ends
    values = SYNAPSES[synapse](rng)
    if synapse == "matrix":
        values = {"weight": np.linspace(0.1, 1.0, pre.size * post.size).reshape(pre.size, post.size)}
    projection = sim.Projection(
        pre,
        post,
        CONNECTORS[connector](library, rng),
        sim.StaticSynapse(**values),
        receptor_type="excitatory",
        space=Space(),
    )
    table = projection.connections_table
    # the next number of the generator shows that both paths leave it in the same place
    return np.stack([table.pre, table.post, table.weight, table.delay]), rng.next(3)


@pytest.mark.parametrize("synapse", SYNAPSES)
@pytest.mark.parametrize("connector", CONNECTORS)
@pytest.mark.parametrize("kind", ["two", "same", "views", "assemblies"])
def test_fast_path_equals_pynn(sim, kind, connector, synapse):
    ends = ends_of(sim, kind)
    table, next_numbers = build(sim, ends, connector, synapse, sim)
    expected, expected_numbers = build(sim, ends, connector, synapse, pyNN.connectors)
    np.testing.assert_array_equal(table, expected)
    np.testing.assert_array_equal(next_numbers, expected_numbers)


DISTRIBUTIONS = {
    "uniform": (0.1, 2.0),
    "normal": (5.0, 0.1),
    "lognormal": None,
    "exponential": (0.3,),
    "gamma": (2.0, 0.5),
    "poisson": (3.0,),
    "binomial": (10, 0.3),
    "uniform_int": (1, 7),
    "normal_clipped": (0.5, 0.5, 0.0, 1.0),
    "normal_clipped_to_boundary": (0.5, 0.5, 0.0, 1.0),
    "vonmises": (20.0, 5.0),
}


@pytest.mark.parametrize("name", [name for name, parameters in DISTRIBUTIONS.items() if parameters])
def test_each_distribution_keeps_its_stream(sim, name):
    pre, post = ends_of(sim, "two")

    def weights(library):
        weight = RandomDistribution(name, DISTRIBUTIONS[name], rng=NumpyRNG(seed=5))
        connector = library.FixedProbabilityConnector(0.5, rng=NumpyRNG(seed=6), safe=False)
        projection = sim.Projection(
            pre, post, connector, sim.StaticSynapse(weight=weight), receptor_type="excitatory"
        )
        return projection.connections_table.weight

    np.testing.assert_array_equal(weights(sim), weights(pyNN.connectors))


def connect(sim, connector, n_pre=4, n_post=5, **synapse):
    pre, post = sim.Population(n_pre, sim.IF_curr_exp()), sim.Population(n_post, sim.IF_curr_exp(), label="b")
    return sim.Projection(pre, post, connector, sim.StaticSynapse(**(synapse or {"weight": 1.0})), label="ab")


def pairs(projection):
    return list(zip(projection.connections_table.pre, projection.connections_table.post, strict=True))


@pytest.mark.parametrize(
    "name", ["OneToOneConnector", "AllToAllConnector", "IndexBasedProbabilityConnector", "CloneConnector"]
)
def test_a_view_of_one_cell_can_be_connected(sim, name):
    class Always(pyNN.core.IndexBasedExpression):
        def __call__(self, i, j):
            return (i == i) * 2.0

    post = sim.Population(1, sim.IF_curr_exp())
    cell = sim.Population(3, sim.IF_curr_exp())[1:2]
    arguments = {"IndexBasedProbabilityConnector": lambda: (Always(),)}
    if name == "CloneConnector":
        first = sim.Projection(cell, post, sim.AllToAllConnector())
        arguments[name] = lambda: (first,)
    connector = getattr(sim, name)(*arguments.get(name, tuple)())
    assert pairs(sim.Projection(cell, post, connector)) == [(0, 0)]


def test_one_to_one_stops_at_the_smaller_side(sim):
    assert pairs(connect(sim, sim.OneToOneConnector())) == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_no_mutual_connections(sim):
    population = sim.Population(30, sim.IF_curr_exp())
    connector = sim.FixedProbabilityConnector(0.5, allow_self_connections="NoMutual")
    table = sim.Projection(population, population, connector).connections_table
    assert len(table) > 50
    assert (table.pre > table.post).all()
    with pytest.raises(UnsupportedError, match="population that is connected to itself"):
        connect(sim, connector)


def test_redrawing_self_connections_twice_succeeds(sim):
    population = sim.Population(2, sim.IF_curr_exp())
    connector = sim.FixedNumberPreConnector(
        50, allow_self_connections=False, with_replacement=True, rng=NumpyRNG(seed=1)
    )
    table = sim.Projection(population, population, connector).connections_table
    np.testing.assert_array_equal(table.pre, 1 - table.post)


def test_no_partner_left_is_an_error(sim):
    population = sim.Population(1, sim.IF_curr_exp(), label="lonely")
    with pytest.raises(NetworkError, match="no other cell"):
        sim.Projection(
            population, population, sim.FixedNumberPreConnector(2, allow_self_connections=False), label="p"
        )


def test_list_with_all_columns(sim):
    projection = connect(
        sim, sim.FromListConnector([(3, 0, 0.5, 1.25), (0, 4, 0.25, 2.0), (1, 0, 0.75, 3.0)])
    )
    assert projection.get(["weight", "delay"], format="list") == [
        (3, 0, 0.5, 1.25),
        (1, 0, 0.75, 3.0),
        (0, 4, 0.25, 2.0),
    ]


def test_list_takes_other_values_from_the_synapse_type(sim):
    connector = sim.FromListConnector([(0, 1, 2.0), (3, 1, 0.5)], column_names=["delay"])
    projection = connect(sim, connector, weight=0.125)
    assert projection.get(["weight", "delay"], format="list") == [(0, 1, 0.125, 2.0), (3, 1, 0.125, 0.5)]


def test_list_with_random_weights_equals_pynn(sim):
    rows = [(i % 4, i % 5) for i in range(20)]

    def weights(library):
        weight = RandomDistribution("uniform", (0.0, 1.0), rng=NumpyRNG(seed=3))
        return connect(sim, library.FromListConnector(rows), weight=weight).get("weight", format="array")

    np.testing.assert_array_equal(weights(sim), weights(pyNN.connectors))


def test_an_empty_list_makes_no_connections(sim):
    assert len(connect(sim, sim.FromListConnector([]))) == 0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((4, 0), "connection 1 of the list: pre index 4 must be a whole number from 0 to 3"),
        ((0, 5), "post index 5 must be a whole number from 0 to 4"),
        ((0, -1), "post index -1"),
        ((0.5, 0), "pre index 0.5"),
    ],
)
def test_list_refuses_indices_out_of_range(sim, row, message):
    with pytest.raises(NetworkError, match=message) as caught:
        connect(sim, sim.FromListConnector([(0, 0), row]))
    assert isinstance(caught.value, pyNN.errors.ConnectionError)


def test_list_read_from_a_file(sim, tmp_path):
    first = connect(sim, sim.FixedProbabilityConnector(0.5), weight=0.5, delay=1.5)
    path = tmp_path / "connections.txt"
    first.save("all", str(path))
    pre, post = first.pre, first.post
    second = sim.Projection(pre, post, sim.FromFileConnector(str(path)), sim.StaticSynapse())
    assert len(second) > 0
    assert second.get(["weight", "delay"], format="list") == first.get(["weight", "delay"], format="list")


def test_the_header_of_a_file_is_not_executed(sim, tmp_path):
    path = tmp_path / "connections.txt"
    path.write_text('# columns = [__import__("os").getcwd()]\n0\t0\t1.0\t1.0\n')
    with pytest.raises(NetworkError, match="must be a list of names in quotes"):
        connect(sim, sim.FromFileConnector(str(path)))


def test_array_connector(sim):
    array = np.zeros((4, 5), bool)
    array[[0, 2, 3], [4, 1, 1]] = True
    assert pairs(connect(sim, sim.ArrayConnector(array))) == [(2, 1), (3, 1), (0, 4)]
    with pytest.raises(NetworkError, match=r"shape \(5, 4\), the projection \(4, 5\)"):
        connect(sim, sim.ArrayConnector(array.T))
    with pytest.raises(NetworkError, match="of type int64, must be bool"):
        connect(sim, sim.ArrayConnector(array.astype(int)))


def test_small_world_says_that_pynn_does_not_define_it(sim):
    with pytest.raises(UnsupportedError, match="PyNN does not implement SmallWorldConnector"):
        connect(sim, sim.SmallWorldConnector(2.0, 0.1))


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (9, 1), (8, 8), (5, 300)])
def test_total_number_on_every_pair_of_ranges(sim, size):
    def table(library):
        pre, post = (sim.Population(n, sim.IF_curr_exp()) for n in size)
        rng = NumpyRNG(seed=11)
        made = sim.Projection(pre, post, library.FixedTotalNumberConnector(250, rng=rng)).connections_table
        return made.pre, made.post, rng.next(2)

    for ours, theirs in zip(table(sim), table(pyNN.connectors), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_weights_of_the_wrong_sign_are_pynns_error(sim):
    population, synapse = sim.Population(2, sim.IF_curr_exp()), sim.StaticSynapse(weight=-1.0)
    connector = sim.AllToAllConnector()
    with pytest.raises(pyNN.errors.ConnectionError, match="Weights must be positive"):
        sim.Projection(population, population, connector, synapse, receptor_type="excitatory")


def test_a_callback_is_called_with_rising_progress(sim):
    levels = []
    connect(sim, sim.AllToAllConnector(callback=levels.append))
    assert levels == sorted(levels)
    assert len(levels) == 5
