"""Building, setting, recording, running and resetting in any order, against a plain-Python model of what PyNN promises.

The model knows values and times. Data are checked by doing the same steps once more on a new network that is built
from the model's values, with consecutive runs as one: the data must be equal to 1e-10.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby
from types import SimpleNamespace

import numpy as np
import pyNN.neurohw as sim
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pyNN.parameters import Sequence

from tests.examples import examples

DT = 0.1
N_CELLS, N_OTHERS = 4, 2
# a name a way to address the six cells, as PyNN has them: which they are
TARGETS = {
    "population": [0, 1, 2, 3],
    "view": [1, 2],
    "picked view": [0, 3],
    "other population": [4, 5],
    "assembly": [0, 1, 2, 3, 4, 5],
    "cell": [2],
}
VALUES = {
    "tau_m": st.floats(5.0, 30.0),
    "i_offset": st.floats(0.0, 2.0),
    "v_thresh": st.floats(-58.0, -50.0),
    "tau_refrac": st.sampled_from([0.1, 1.0, 2.5]),
}
PAIRS = {
    "input": [(0, 0), (2, 0), (1, 1), (0, 3), (2, 3)],
    "recurrent": [(0, 0), (3, 0), (1, 1)],
}
LINK_VALUES = {"weight": st.floats(0.0, 3.0), "delay": st.floats(0.1, 4.0)}


@dataclass
class Model:
    """What every value is."""

    cells: dict[str, list[float]]
    v: list[float]
    spike_times: list[list[float]]
    links: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    @classmethod
    def default(cls):
        values = {"tau_m": 20.0, "i_offset": 0.0, "v_thresh": -50.0, "tau_refrac": 0.1}
        n = N_CELLS + N_OTHERS
        links = {
            name: {"weight": [0.5] * len(pairs), "delay": [1.5] * len(pairs)} for name, pairs in PAIRS.items()
        }
        return cls({name: [value] * n for name, value in values.items()}, [-65.0] * n, [[]] * 3, links)


def build(model):
    """Make the network of a model's values."""
    sim.setup(timestep=DT, min_delay="auto")
    net = SimpleNamespace()
    net.source = sim.Population(3, sim.SpikeSourceArray(spike_times=[Sequence(t) for t in model.spike_times]))
    ends = {"population": slice(0, N_CELLS), "other population": slice(N_CELLS, N_CELLS + N_OTHERS)}
    net.targets = {}
    for name, chosen in ends.items():
        size = chosen.stop - chosen.start
        cell = sim.IF_curr_exp(**{key: values[chosen] for key, values in model.cells.items()})
        net.targets[name] = sim.Population(size, cell, initial_values={"v": np.array(model.v[chosen])})
    cells, others = net.targets.values()
    net.targets |= {
        "view": cells[1:3],
        "picked view": cells[[0, 3]],
        "assembly": cells + others,
        "cell": cells[2],
    }
    net.links = {
        name: sim.Projection(
            pre,
            post,
            sim.FromListConnector(
                [(*pair, *both) for pair, *both in zip(PAIRS[name], *model.links[name].values(), strict=True)]
            ),
            sim.StaticSynapse(),
        )
        for name, pre, post in (("input", net.source, cells), ("recurrent", cells, others))
    }
    net.targets["assembly"].record(["v", "spikes"])
    return net


# --- steps, which a network and a model both take ---------------------------------


def set_cells(net, target, name, value):
    if target == "cell":
        setattr(net.targets[target], name, value)
    else:
        net.targets[target].set(**{name: value})


def set_times(net, trains):
    net.source.set(spike_times=[Sequence(times) for times in trains])


def start_at(net, target, value):
    if target == "cell":
        net.targets[target].set_initial_value("v", value)
    else:
        net.targets[target].initialize(v=value)


def set_links(net, link, name, values):
    net.links[link].set(**{name: values})


def set_link(net, link, index, name, value):
    setattr(net.links[link][index], name, value)


def run(net, ticks):
    sim.run(ticks * DT)


def merged(steps):
    """Return the steps with runs that follow each other as one."""
    for is_run, group in groupby(steps, lambda step: step[0] is run):
        if is_run:
            yield run, (sum(arguments[0] for _, arguments in group),)
        else:
            yield from group


def rows_in_matrix_order(pairs):
    """Return the order in which PyNN takes one value a connection: row by row of the matrix."""
    return sorted(range(len(pairs)), key=lambda i: pairs[i])


class Machine(RuleBasedStateMachine):
    """One network, its model, and the steps since time 0."""

    @initialize()
    def begin(self):
        self.model = Model.default()
        self.net = build(self.model)
        self.stored = 0
        self._start()

    def _start(self):
        self.at_start, self.steps = deepcopy(self.model), []
        self.tick, self.cleared, self.has_run = 0, -1, False

    def _do(self, step, *arguments):
        step(self.net, *arguments)
        self.steps.append((step, arguments))

    # --- setting --------------------------------------------------------------

    @rule(where=st.sampled_from([*TARGETS]), name=st.sampled_from([*VALUES]), data=st.data())
    def set_one_value(self, where, name, data):
        value = data.draw(VALUES[name])
        self._do(set_cells, where, name, value)
        for cell in TARGETS[where]:
            self.model.cells[name][cell] = value

    @rule(
        where=st.sampled_from(["population", "view", "picked view"]),
        name=st.sampled_from([*VALUES]),
        data=st.data(),
    )
    def set_one_value_each(self, where, name, data):
        n = len(TARGETS[where])
        values = data.draw(st.lists(VALUES[name], min_size=n, max_size=n))
        self._do(set_cells, where, name, values)
        for cell, value in zip(TARGETS[where], values, strict=True):
            self.model.cells[name][cell] = value

    @rule(
        trains=st.lists(
            st.lists(st.integers(1, 300), max_size=6, unique=True).map(
                lambda ticks: [0.1 * tick for tick in sorted(ticks)]
            ),
            min_size=3,
            max_size=3,
        )
    )
    def set_spike_times(self, trains):
        self._do(set_times, trains)
        self.model.spike_times = trains

    @rule(where=st.sampled_from([*TARGETS]), value=st.floats(-70.0, -55.0))
    def set_initial_value(self, where, value):
        self._do(start_at, where, value)
        for cell in TARGETS[where]:
            self.model.v[cell] = value

    @rule(link=st.sampled_from([*PAIRS]), name=st.sampled_from([*LINK_VALUES]), data=st.data())
    def set_all_links(self, link, name, data):
        value = data.draw(LINK_VALUES[name])
        self._do(set_links, link, name, value)
        self.model.links[link][name] = [value] * len(PAIRS[link])

    @rule(link=st.sampled_from([*PAIRS]), name=st.sampled_from([*LINK_VALUES]), data=st.data())
    def set_each_link(self, link, name, data):
        n = len(PAIRS[link])
        values = data.draw(st.lists(LINK_VALUES[name], min_size=n, max_size=n))
        self._do(set_links, link, name, values)
        for value, index in zip(values, rows_in_matrix_order(PAIRS[link]), strict=True):
            self.model.links[link][name][index] = value

    @rule(
        link=st.sampled_from([*PAIRS]),
        name=st.sampled_from([*LINK_VALUES]),
        index=st.integers(0, 2),
        data=st.data(),
    )
    def set_one_link(self, link, name, index, data):
        value = data.draw(LINK_VALUES[name])
        self._do(set_link, link, index, name, value)
        self.model.links[link][name][index] = value

    # --- running --------------------------------------------------------------

    @rule(ticks=st.integers(0, 80))
    def run_on(self, ticks):
        self._do(run, ticks)
        self.tick += ticks
        self.has_run = True

    @rule(ticks=st.integers(1, 60), every=st.integers(1, 25))
    def run_with_callback(self, ticks, every):
        called = []

        def callback(t):
            called.append(round(t / DT))
            return t + every * DT

        start = self.tick
        sim.run(ticks * DT, callbacks=[callback])
        self.steps.append((run, (ticks,)))
        self.tick, self.has_run = start + ticks, True
        assert called == [*range(start, self.tick, every), self.tick]

    @rule()
    def reset(self):
        sim.reset()
        self.stored += self.tick > max(0, self.cleared)
        self._start()

    # --- looking --------------------------------------------------------------

    @invariant()
    def values_are_those_of_the_model(self):
        assert round(sim.get_current_time() / DT) == self.tick
        for target, cells in TARGETS.items():
            for name, values in self.model.cells.items():
                expected = [values[cell] for cell in cells]
                np.testing.assert_array_equal(
                    np.broadcast_to(got(self.net, target, name), len(cells)), expected
                )
        six = [*self.net.targets["population"], *self.net.targets["other population"]]
        assert [cell.get_initial_value("v") for cell in six] == self.model.v
        trains = [list(train.value) for train in self.net.source.get("spike_times", simplify=False)]
        assert trains == self.model.spike_times
        for link, projection in self.net.links.items():
            rows = {
                (int(i), int(j)): both for i, j, *both in projection.get(["weight", "delay"], format="list")
            }
            assert rows == {
                pair: list(both)
                for pair, *both in zip(PAIRS[link], *self.model.links[link].values(), strict=True)
            }
        delays = [delay for link in self.model.links.values() for delay in link["delay"]]
        assert sim.get_min_delay() == min(delays)

    @precondition(lambda self: self.has_run)
    @rule(clear=st.booleans())
    def get_data(self, clear):
        block = self.net.targets["population"].get_data(clear=clear)
        assert len(block.segments) == self.stored + 1
        signal = block.segments[-1].filter(name="v")[0]
        first = max(0, self.cleared)
        assert signal.shape == (self.tick - first + 1, N_CELLS)
        np.testing.assert_allclose(signal.t_start.item(), first * DT, atol=1e-9)
        assert len(block.segments[-1].spiketrains) == N_CELLS
        if clear:
            self.stored, self.cleared = 0, self.tick
            self.net.targets["other population"].get_data(clear=True)

    @precondition(lambda self: self.has_run)
    @rule()
    def do_all_again(self):
        before = data_of(self.net)
        self.net = build(self.at_start)
        for step, arguments in merged(self.steps):
            step(self.net, *arguments)
        after = data_of(self.net, since=max(0, self.cleared))
        for ours, again in zip(before, after, strict=True):
            np.testing.assert_allclose(ours, again, rtol=0, atol=1e-10)
        self.stored, self.cleared = 0, -1


def got(net, target, name):
    return getattr(net.targets[target], name) if target == "cell" else net.targets[target].get(name)


def data_of(net, since=0):
    """Return potentials, and ids and times of spikes, of the segment that runs, from a tick on."""
    found = []
    for name in ("population", "other population"):
        segment = net.targets[name].get_data().segments[-1]
        signal = segment.filter(name="v")[0]
        first = round(signal.t_start.item() / DT)
        found.append(signal.magnitude[max(0, since - first) :])
        for train in segment.spiketrains:
            times = train.magnitude
            found.append(times[times > since * DT + 1e-9] if since else times)
    return found


TestMachine = Machine.TestCase
TestMachine.settings = examples(30, stateful_step_count=25)
