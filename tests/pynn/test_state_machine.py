"""Building, setting, recording, running and resetting in any order, against a plain-Python model of what PyNN promises.

The model knows values and times. Data are checked by doing the same steps once more on a new network that is built
from the model's values, with consecutive runs as one and without looking in between: the data must be equal to 1e-10.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import groupby

import numpy as np
import pyNN.neurohw as sim
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.examples import examples
from tests.scripted_network import (
    CELLS,
    DEFAULTS,
    DT,
    PAIRS,
    SIZES,
    TARGETS,
    W_MAX,
    Model,
    build,
    data_of,
    record,
    record_spikes_of_all,
    run,
    set_cells,
    set_link,
    set_links,
    set_positions,
    set_times,
    start_at,
    stop_recording,
)

VALUES = {
    "tau_m": st.floats(5.0, 30.0),
    "i_offset": st.floats(0.0, 2.0),
    "v_thresh": st.floats(-58.0, -50.0),
    "tau_refrac": st.sampled_from([0.1, 1.0, 2.5]),
}
LINK_VALUES = {
    "weight": st.floats(0.0, W_MAX),
    "delay": st.floats(0.1, 4.0),
    "tau_plus": st.floats(5.0, 40.0),
}
LINK_NAMES = st.sampled_from([(link, name) for link, values in DEFAULTS.items() for name in values])
RECORDABLE = ["spikes", "v", "isyn_exc", "isyn_inh"]
MANY = ["population", "view", "picked view", "other population", "assembly"]
TRAIN = st.lists(st.integers(1, 300), max_size=6, unique=True).map(
    lambda ticks: [0.1 * tick for tick in sorted(ticks)]
)


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
        self.tick, self.cleared = 0, -1
        self.has_run = self.has_learnt = False

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

    @rule(trains=st.lists(TRAIN, min_size=3, max_size=3))
    def set_spike_times(self, trains):
        self._do(set_times, trains)
        self.model.spike_times = trains

    @rule(where=st.sampled_from([*TARGETS]), value=st.floats(-70.0, -55.0))
    def set_initial_value(self, where, value):
        self._do(start_at, where, value)
        for cell in TARGETS[where]:
            self.model.v[cell] = value

    @rule(name=st.sampled_from([*SIZES]), data=st.data())
    def move(self, name, data):
        numbers = data.draw(st.lists(st.integers(0, 9), min_size=3 * SIZES[name], max_size=3 * SIZES[name]))
        positions = np.reshape(numbers, (3, SIZES[name])).astype(float)
        self._do(set_positions, name, positions)
        self.model.positions[name] = positions

    def _assign(self, link, name, values):
        self.model.links[link][name] = values
        self.has_learnt = self.has_learnt and (link, name) != ("learning", "weight")

    @rule(which=LINK_NAMES, data=st.data())
    def set_all_links(self, which, data):
        link, name = which
        value = data.draw(LINK_VALUES[name])
        self._do(set_links, link, name, value)
        self._assign(link, name, [value] * len(PAIRS[link]))

    @rule(which=LINK_NAMES, data=st.data())
    def set_each_link(self, which, data):
        link, name = which
        n = len(PAIRS[link])
        values = data.draw(st.lists(LINK_VALUES[name], min_size=n, max_size=n))
        self._do(set_links, link, name, values)
        order = np.argsort(rows_in_matrix_order(PAIRS[link]))
        self._assign(link, name, [values[i] for i in order])

    @rule(link=st.sampled_from([*PAIRS]), name=st.sampled_from(["weight", "delay"]))
    def set_links_by_distance(self, link, name):
        self._do(set_links, link, name, "0.5 + 0.05 * d")
        self._assign(link, name, [0.5 + 0.05 * d for d in self.model.distances(link)])

    @rule(which=LINK_NAMES, index=st.integers(0, 2), data=st.data())
    def set_one_link(self, which, index, data):
        link, name = which
        value = data.draw(LINK_VALUES[name])
        self._do(set_link, link, index, name, value)
        self.model.links[link][name][index] = value
        assert getattr(self.net.links[link][index], name) == value

    # --- what to record -------------------------------------------------------

    @precondition(lambda self: not self.has_run)
    @rule(
        where=st.sampled_from(MANY), variables=st.lists(st.sampled_from(RECORDABLE), min_size=1, unique=True)
    )
    def record_more(self, where, variables):
        self._do(record, where, variables)
        self._record(TARGETS[where], variables)

    @precondition(lambda self: not self.has_run)
    @rule()
    def record_through_the_network(self):
        self._do(record_spikes_of_all)
        self._record(range(6), ["spikes"])

    def _record(self, cells, variables):
        for name, ids in CELLS.items():
            for variable in variables:
                mine = {cell - ids.start for cell in cells if cell in ids}
                if mine:
                    self.model.recorded[name].setdefault(variable, set()).update(mine)

    @precondition(lambda self: not self.has_run)
    @rule(name=st.sampled_from([*CELLS]), every=st.sampled_from([1, 2, 7]))
    def record_every(self, name, every):
        is_sampled = self.model.recorded[name].keys() - {"spikes"}
        if is_sampled and every != self.model.every[name]:
            with pytest.raises(ValueError, match="same sampling interval"):
                record(self.net, name, "v", every)
            return
        self._do(record, name, "v", every)
        self.model.every[name] = every
        self._record(CELLS[name], ["v"])

    @precondition(lambda self: not self.has_run)
    @rule(name=st.sampled_from([*CELLS]))
    def stop_recording(self, name):
        self._do(stop_recording, name)
        self.model.recorded[name] = {}

    # --- running --------------------------------------------------------------

    @rule(ticks=st.integers(0, 80))
    def run_on(self, ticks):
        self._do(run, ticks)
        self.tick += ticks
        self.has_run = self.has_learnt = True

    @rule(ticks=st.integers(1, 60), every=st.integers(1, 25))
    def run_with_callback(self, ticks, every):
        called = []

        def callback(t):
            called.append(round(t / DT))
            return t + every * DT

        start = self.tick
        sim.run(ticks * DT, callbacks=[callback])
        self.steps.append((run, (ticks,)))
        self.tick = start + ticks
        self.has_run = self.has_learnt = True
        assert called == [*range(start, self.tick, every), self.tick]

    @rule()
    def reset(self):
        sim.reset()
        self.stored += self.tick > max(0, self.cleared)
        self._start()

    # --- looking --------------------------------------------------------------

    @invariant()
    def cells_are_those_of_the_model(self):
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
        for name, positions in self.model.positions.items():
            np.testing.assert_array_equal(self.net.populations[name].positions, positions)

    @invariant()
    def links_are_those_of_the_model(self):
        """Weights that have learnt are other ones, until they are set or time is 0 again."""
        for link, projection in self.net.links.items():
            declared = self.model.links[link]
            for name, values in declared.items():
                rows = {(int(i), int(j)): value for i, j, value in projection.get(name, format="list")}
                assert rows.keys() == set(PAIRS[link])
                if (link, name) == ("learning", "weight") and self.has_learnt:
                    assert all(0 <= value <= W_MAX for value in rows.values())
                else:
                    assert rows == dict(zip(PAIRS[link], values, strict=True))
        delays = [delay for link in self.model.links.values() for delay in link["delay"]]
        assert (sim.get_min_delay(), sim.get_max_delay()) == (min(delays), max(delays))

    @invariant()
    def the_network_has_all_parts(self):
        network = self.net.network
        assert (network.count_neurons(), network.count_connections()) == (9, 12)
        assert {
            population.label for population in network.filter(cell_types=[sim.IF_curr_exp]).populations
        } == {*CELLS}

    @precondition(lambda self: self.has_run)
    @rule(clear=st.booleans())
    def get_data(self, clear):
        for name in CELLS:
            block = self.net.targets[name].get_data(clear=clear)
            assert len(block.segments) == self.stored + 1
            self._check_segment(name, block.segments[-1])
        if clear:
            self.stored, self.cleared = 0, self.tick

    def _check_segment(self, name, segment):
        recorded, every = self.model.recorded[name], self.model.every[name]
        assert len(segment.spiketrains) == len(recorded.get("spikes", ()))
        first = -(-max(0, self.cleared) // every)  # number of the first sample
        n_samples = self.tick // every - first + 1
        signals = {signal.name: signal for signal in segment.analogsignals}
        assert signals.keys() == (recorded.keys() - {"spikes"} if n_samples else set())
        for variable, signal in signals.items():
            assert signal.shape == (n_samples, len(recorded[variable]))
            assert signal.array_annotations["channel_index"].tolist() == sorted(recorded[variable])
            np.testing.assert_allclose(signal.t_start.item(), first * every * DT, atol=1e-9)
            np.testing.assert_allclose(signal.sampling_period.item(), every * DT)

    @precondition(lambda self: self.has_run)
    @rule()
    def do_all_again(self):
        before = data_of(self.net)
        self.net = build(self.at_start)
        for step, arguments in merged(self.steps):
            step(self.net, *arguments)
        after = data_of(self.net, since=max(0, self.cleared))
        assert before.keys() == after.keys()
        for key, values in before.items():
            np.testing.assert_allclose(values, after[key], rtol=0, atol=1e-10, err_msg=str(key))
        self.stored, self.cleared = 0, -1


def got(net, target, name):
    return getattr(net.targets[target], name) if target == "cell" else net.targets[target].get(name)


TestMachine = Machine.TestCase
TestMachine.settings = examples(60, stateful_step_count=25)
