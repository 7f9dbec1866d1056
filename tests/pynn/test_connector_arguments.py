"""Arguments of connectors and synapses that are refused by name, before anything is built."""

from __future__ import annotations

import inspect
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyNN.connectors
import pyNN.errors
import pytest
from pyNN.random import NumpyRNG, RandomDistribution

from neurohw.errors import NetworkError

NUMBERS = ("FixedNumberPreConnector", "FixedNumberPostConnector", "FixedTotalNumberConnector")


@pytest.fixture
def ends(sim):
    return sim.Population(2, sim.SpikeSourceArray(), label="a"), sim.Population(
        3, sim.IF_curr_exp(), label="b"
    )


@pytest.mark.parametrize("value", [1.1, -0.1, float("nan"), float("inf"), "a", None, [0.1]])
def test_a_probability_is_from_0_to_1(sim, ends, value):
    message = rf"FixedProbabilityConnector: p_connect = {re.escape(repr(value))} must be a number from 0 to 1"
    with pytest.raises(NetworkError, match=message):
        sim.FixedProbabilityConnector(value)
    with pytest.raises(NetworkError, match=message), pytest.warns(DeprecationWarning, match="connect"):
        sim.connect(*ends, weight=1.0, p=value)


@pytest.mark.parametrize(("value", "n"), [(0, 0), (1, 6), (np.float32(1), 6), (1 + 1e-12, 6), (True, 6)])
def test_probabilities_at_the_ends(sim, ends, value, n):
    assert len(sim.Projection(*ends, sim.FixedProbabilityConnector(value), sim.StaticSynapse())) == n


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [-1, 1.5, 2.0, float("nan"), "a", None, True, [2]])
def test_a_number_of_connections_is_whole(sim, name, value):
    with pytest.raises(
        NetworkError,
        match=rf"{name}: n = {re.escape(repr(value))} must be a whole number, 0 or more, or a Random",
    ):
        getattr(sim, name)(value)


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_connections_of_other_types(sim, ends, name):
    connector = getattr(sim, name)
    same = [
        sim.Projection(*ends, connector(n, rng=NumpyRNG(seed=1)), sim.StaticSynapse()).get("weight", "list")
        for n in (1, np.int64(1))
    ]
    assert same[0] == same[1] != []
    connector(RandomDistribution("uniform_int", (0, 2)))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("-1", r"d_expression = '-1' is -1 at d = 0, must be at least 0"),
        ("1 - d", r"is .* at d = 1e\+12, must be at least 0"),
        ("foo(d)", "d_expression = 'foo\\(d\\)': name 'foo' is not defined"),
        ("exp(", "d_expression = 'exp\\(': "),
        (0.5, "d_expression = 0.5 must be an expression of the distance d"),
    ],
)
def test_an_expression_of_the_distance_gives_a_probability(sim, expression, message):
    with pytest.raises(NetworkError, match=f"DistanceDependentProbabilityConnector: .*{message}"):
        sim.DistanceDependentProbabilityConnector(expression)


def test_other_arguments(sim):
    with pytest.raises(
        NetworkError, match="AllToAllConnector: allow_self_connections = 'no' must be True, False or"
    ):
        sim.AllToAllConnector(allow_self_connections="no")
    with pytest.raises(NetworkError, match="FixedProbabilityConnector: rng = 5 must be a generator such as"):
        sim.FixedProbabilityConnector(0.5, rng=5)
    with pytest.raises(
        NetworkError, match=r"IndexBasedProbabilityConnector: index_expression = .* must be an inst"
    ):
        sim.IndexBasedProbabilityConnector(len)
    with pytest.raises(
        TypeError, match="FixedProbabilityConnector: missing a required argument: 'p_connect'"
    ):
        sim.FixedProbabilityConnector()


def test_signatures_are_those_of_pynn(sim):
    for name in (*NUMBERS, "FixedProbabilityConnector", "AllToAllConnector", "ArrayConnector"):
        theirs = inspect.signature(getattr(pyNN.connectors, name))
        assert inspect.signature(getattr(sim, name)) == theirs


@pytest.mark.parametrize(
    ("connections", "message"),
    [
        ("abc", "'abc' must be a list of connections"),
        (5, "5 must be a list of connections"),
        ({(0, 1)}, r"{\(0, 1\)} must be a list of connections"),
        ([0.0] * 1000, "connection 0 of the list = 0.0, must be"),
        ([(0, None)], "the connections are of type object, must be numbers"),
        ([(0, 1, 0.5, 1.0), (0, 1)], r"connection 1 of the list = \(0, 1\), must be \(pre, post, \.\.\.\)"),
        ([(0,)], r"connection 0 of the list = \(0,\), must be"),
        ([0, 1], "connection 0 of the list = 0, must be"),
        ([(0, "b")], "the connections are of type <U.*, must be numbers"),
        ([(0, 1, 0.5)], "connections of 3 values need column_names, the names of the last 1"),
    ],
)
def test_a_list_holds_connections(sim, connections, message):
    with pytest.raises(NetworkError, match=f"FromListConnector: {message}"):
        sim.FromListConnector(connections)
    assert len(sim.FromListConnector([]).conn_list) == 0


@pytest.mark.parametrize("number", [Fraction, Decimal, np.float32])
def test_a_list_holds_numbers_of_any_type(sim, ends, number):
    table = [(number(0), number(1), number(0.5), number(1.0)), (1, 2, number(0.25), 2.0)]
    for connections in (table, np.array(table, dtype=object)):
        projection = sim.Projection(*ends, sim.FromListConnector(connections), sim.StaticSynapse())
        assert projection.get(["weight", "delay"], "list") == [(0, 1, 0.5, 1.0), (1, 2, 0.25, 2.0)]


@pytest.mark.parametrize("weights", [np.ones((3, 3)), [1.0, 2.0, 3.0], np.ones(6)])
def test_an_array_has_a_value_for_each_pair(sim, ends, weights):
    shape = re.escape(str(np.shape(weights)))
    for connector in (sim.AllToAllConnector(), sim.OneToOneConnector(), sim.FromListConnector([(0, 1)])):
        with pytest.raises(
            pyNN.errors.InvalidDimensionsError,
            match=rf"'ab'.* weight has shape {shape}, must be .*, or \(2, 3\)",
        ):
            sim.Projection(*ends, connector, sim.StaticSynapse(weight=weights), label="ab")
    assert sim.simulator.state.projections == []


def test_an_array_that_is_set_has_a_value_for_each_pair(sim, ends):
    projection = sim.Projection(*ends, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.5), label="ab")
    with pytest.raises(
        NetworkError, match=r"'ab': delay has shape \(3, 3\), must be one number, or \(2, 3\)"
    ):
        projection.set(weight=1.0, delay=np.ones((3, 3)))
    assert projection.get("weight", "array").tolist() == [[0.5] * 3] * 2


def test_a_receptor_is_one_of_the_target(sim, ends):
    message = (
        "'ab': 'b' has no receptor 'inhibitry'; did you mean 'inhibitory'\\? it has excitatory, inhibitory"
    )
    with pytest.raises(pyNN.errors.ConnectionError, match=message):
        sim.Projection(*ends, sim.AllToAllConnector(), receptor_type="inhibitry", label="ab")
    for receptor in (None, "default"):
        assert (
            sim.Projection(*ends, sim.AllToAllConnector(), receptor_type=receptor).receptor_type
            == "excitatory"
        )


def test_weights_of_the_wrong_sign_are_told_with_projection_and_receptor(sim, ends):
    for receptor, weight in (("excitatory", -0.5), ("inhibitory", 0.5)):
        message = f"projection 'ab', receptor '{receptor}': weight = {weight}: Weights must be"
        with pytest.raises(pyNN.errors.ConnectionError, match=message):
            sim.Projection(
                *ends,
                sim.AllToAllConnector(),
                sim.StaticSynapse(weight=weight),
                receptor_type=receptor,
                label="ab",
            )


def test_parameters_of_models_are_told_with_the_model(sim):
    with pytest.raises(
        pyNN.errors.NonExistentParameterError, match=r"weights .valid parameters for StaticSynapse are"
    ):
        sim.StaticSynapse(weights=1.0)
    with pytest.raises(
        pyNN.errors.InvalidParameterValueError, match="StaticSynapse: delay = 'x': For parameter"
    ):
        sim.StaticSynapse(delay="x")
    with pytest.raises(
        pyNN.errors.InvalidParameterValueError, match="IF_curr_exp: tau_m = 'x': For parameter tau_m"
    ):
        sim.IF_curr_exp(v_rest=-70.0, tau_m="x")


def test_values_that_are_set_are_told_with_the_model(sim, ends):
    with pytest.raises(
        pyNN.errors.InvalidParameterValueError, match="IF_curr_exp: tau_m = 'x': For parameter tau_m"
    ):
        ends[1].set(tau_m="x")
    projection = sim.Projection(*ends, sim.AllToAllConnector(), sim.StaticSynapse())
    with pytest.raises(
        pyNN.errors.InvalidParameterValueError, match="StaticSynapse: weight = 'x': For parameter"
    ):
        projection.set(weight="x")


@pytest.mark.parametrize("value", [b"x", 1j, {}])
def test_values_that_are_no_numbers_are_told_with_the_parameter(sim, value):
    with pytest.raises(NetworkError, match=rf"tau_m = {re.escape(repr(value))}"):
        sim.Population(2, sim.IF_curr_exp(tau_m=value), label="c")
