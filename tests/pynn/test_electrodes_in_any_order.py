"""Runs, changes of a source and resets in any order, against a list of the values that its current had."""

from __future__ import annotations

import math

import numpy as np
import pyNN.neurohw as sim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples

DT = 0.1
START = {"DCSource": {"amplitude": 0.25}, "ACSource": {"amplitude": 0.25, "offset": 0.1, "frequency": 300.0}}
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "amplitude": st.floats(-0.5, 0.5),
        "start": st.integers(0, 40).map(lambda tick: tick * DT),
        "stop": st.integers(0, 40).map(lambda tick: tick * DT),
    },
)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.integers(1, 15)),
        st.tuples(st.just("set"), CHANGES),
        st.tuples(st.just("reset"), st.none()),
    ),
    min_size=1,
    max_size=10,
)


@pytest.fixture(autouse=True)
def _afterwards():
    yield
    sim.setup()


def value(name: str, parameters: dict[str, float], tick: int) -> float:
    """Return the current that flows from ``tick`` to the next one."""
    first, end = (round(parameters[which] / DT) for which in ("start", "stop"))
    if not first <= tick < end:
        return 0.0
    if name == "DCSource":
        return parameters["amplitude"]
    angle = 2 * math.pi * parameters["frequency"] * (tick - first) * DT / 1000
    return parameters["offset"] + parameters["amplitude"] * math.sin(angle)


@pytest.mark.parametrize("name", START)
@given(actions=ACTIONS)
@examples(60)
def test_what_happened_stays_and_what_comes_follows_the_parameters(name, actions):
    sim.setup(timestep=DT)
    cells = sim.Population(1, sim.IF_curr_exp(v_thresh=1e3))
    cells.record("v")
    parameters = {"start": 0.0, "stop": 1e12, **START[name]}
    source = getattr(sim, name)(**START[name])
    source.inject_into(cells)
    source.record()
    flowed: list[float] = []
    for action, argument in actions:
        if action == "run":
            sim.run(argument * DT)
            flowed += [value(name, parameters, len(flowed) + i) for i in range(argument)]
        elif action == "set":
            source.set_parameters(**argument)
            parameters |= argument
        else:
            sim.reset()
            flowed = []
        assert source.amplitude == parameters["amplitude"]
    recorded = source.get_data().magnitude[:, 0]
    np.testing.assert_allclose(recorded, [*flowed, value(name, parameters, len(flowed))], rtol=0, atol=1e-12)
    if flowed:
        v = cells.get_data().segments[-1].analogsignals[0].magnitude[:, 0]
        np.testing.assert_allclose(v, response(flowed), rtol=0, atol=1e-10)


def response(flowed: list[float]) -> list[float]:
    """Return the potential of a cell with 20 MOhm and 20 ms."""
    v = [-65.0]
    for current_na in flowed:
        v.append(-65.0 + 20.0 * current_na + (v[-1] + 65.0 - 20.0 * current_na) * math.exp(-DT / 20.0))
    return v
