"""PyNN objects become the network that they describe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neurohw.errors import NetworkError
from neurohw.network import CurrentSteps, verify
from neurohw.pynn.lowering.currents import splice
from neurohw.pynn.lowering.network import lower


def network(sim):
    lowered = lower(sim.simulator.state)
    verify(lowered)
    return lowered


def triples(net, synapses):
    """Return {(global pre, global post, weight, delay ticks)} of some groups."""
    found = []
    for group in synapses:
        pre = np.repeat(np.arange(len(group.indptr) - 1), np.diff(group.indptr))
        first_pre, first_post = net.populations[group.pre].first, net.populations[group.post].first
        found += zip(pre + first_pre, group.target + first_post, group.weight, group.delay, strict=True)
    return sorted(found)


def test_parameters_and_initial_values(sim):
    sim.Population(3, sim.IF_curr_exp(tau_m=[10.0, 11.0, 12.0], i_offset=lambda i: i / 10), label="a")
    cells = sim.Population(
        2, sim.IF_cond_exp(e_rev_I=-80.0), initial_values={"v": -60.0, "gsyn_exc": 0.5}, label="b"
    )
    cells[1:2].initialize(v=-55.0)
    net = network(sim)
    assert [(p.name, p.model.name, p.first, p.size) for p in net.populations] == [
        ("a", "IF_curr_exp", 0, 3),
        ("b", "IF_cond_exp", 3, 2),
    ]
    np.testing.assert_array_equal(net.populations[0].parameters["tau_m"], [10, 11, 12])
    np.testing.assert_array_equal(net.populations[0].parameters["i_offset"], [0, 0.1, 0.2])
    np.testing.assert_array_equal(net.populations[0].initial["v"], [-65, -65, -65])
    np.testing.assert_array_equal(net.populations[1].parameters["e_rev_I"], [-80, -80])
    np.testing.assert_array_equal(net.populations[1].initial["v"], [-60, -55])
    np.testing.assert_array_equal(net.populations[1].initial["gsyn_exc"], [0.5, 0.5])


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("IF_curr_delta", {"v"}),
        ("IF_curr_exp", {"v", "isyn_exc", "isyn_inh"}),
        ("IF_curr_alpha", {"v", "isyn_exc", "isyn_inh"}),
        ("IF_cond_exp", {"v", "gsyn_exc", "gsyn_inh"}),
        ("IF_cond_alpha", {"v", "gsyn_exc", "gsyn_inh"}),
        ("IF_cond_exp_gsfa_grr", {"v", "g_s", "g_r", "gsyn_exc", "gsyn_inh"}),
        ("EIF_cond_exp_isfa_ista", {"v", "w", "gsyn_exc", "gsyn_inh"}),
        ("EIF_cond_alpha_isfa_ista", {"v", "w", "gsyn_exc", "gsyn_inh"}),
        ("Izhikevich", {"v", "u"}),
        ("HH_cond_exp", {"v", "m", "h", "n", "gsyn_exc", "gsyn_inh"}),
        ("SpikeSourceArray", set()),
        ("SpikeSourcePoisson", set()),
    ],
)
def test_every_cell_type_lowers_with_its_defaults(sim, name, variables):
    celltype = getattr(sim, name)()
    sim.Population(2, celltype).record("all")
    net = network(sim)
    defaults = {name: [value] * 2 for name, value in celltype.default_initial_values.items()}
    assert {name: values.tolist() for name, values in net.populations[0].initial.items()} == defaults
    assert defaults.keys() == variables
    assert all(celltype.units[name] == net.populations[0].model.variables[name] for name in variables)
    assert {probe.variable for probe in net.probes} == {"spikes", *variables}
    for parameter, values in net.populations[0].parameters.items():
        np.testing.assert_array_equal(values, [celltype.default_parameters[parameter]] * 2)


def test_spike_times_go_to_the_nearest_tick(sim):
    sim.Population(3, sim.SpikeSourceArray(spike_times=[[0.0, 0.26, 2.04], [], [1.0]]))
    trains = network(sim).populations[0].trains
    np.testing.assert_array_equal(trains.indptr, [0, 3, 3, 4])
    np.testing.assert_array_equal(trains.ticks, [0, 3, 20, 10])


def test_one_list_of_spike_times_is_for_all_cells(sim):
    sim.Population(2, sim.SpikeSourceArray(spike_times=[1.0, 2.0]))
    np.testing.assert_array_equal(network(sim).populations[0].trains.ticks, [10, 20, 10, 20])


def test_views_lower_to_indices_of_the_whole_population(sim):
    a = sim.Population(10, sim.IF_curr_exp())
    b = sim.Population(8, sim.IF_curr_exp())
    sim.Projection(
        a[2:8][1::2], b[np.array([7, 0])], sim.AllToAllConnector(), sim.StaticSynapse(weight=1.5, delay=0.3)
    )
    net = network(sim)
    assert triples(net, net.synapses) == [(p, q, 1.5, 3) for p in (3, 5, 7) for q in (10, 17)]


def test_assemblies_split_into_pairs_of_populations(sim):
    a = sim.Population(4, sim.IF_curr_exp(), label="a")
    b = sim.Population(3, sim.IF_curr_alpha(), label="b")
    pre, post = a[1:3] + b, b[2:] + a
    weights = np.arange(1.0, 26.0).reshape(5, 5)
    sim.Projection(pre, post, sim.AllToAllConnector(), sim.StaticSynapse(weight=weights), label="p")
    net = network(sim)
    assert [group.name for group in net.synapses] == ["p (a→b)", "p (a→a)", "p (b→b)", "p (b→a)"]
    ids = [int(i) for i in pre.all_cells], [int(i) for i in post.all_cells]
    expected = [(p, q, weights[i, j], 1) for i, p in enumerate(ids[0]) for j, q in enumerate(ids[1])]
    assert triples(net, net.synapses) == sorted(expected)


def test_receptors_follow_the_sign_or_the_script(sim):
    a = sim.Population(2, sim.IF_curr_exp())
    for weight, receptor in ((0.1, None), (-0.1, None), (-0.2, "inhibitory")):
        sim.Projection(
            a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=weight), receptor_type=receptor
        )
    assert [group.receptor for group in network(sim).synapses] == ["excitatory", "inhibitory", "inhibitory"]


def test_receptor_of_an_assembly_is_that_of_its_first_population(sim):
    both = sim.Population(2, sim.IF_curr_exp()) + sim.Population(2, sim.IF_curr_alpha())
    assert both.receptor_types == ["excitatory", "inhibitory"]
    sim.Projection(both, both, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.5))
    assert {group.receptor for group in network(sim).synapses} == {"excitatory"}


def test_delays_are_rounded_only_here(sim):
    a = sim.Population(1, sim.IF_curr_exp())
    projection = sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0, delay=0.36))
    assert projection.get("delay", format="list", with_address=False) == [0.36]
    assert network(sim).synapses[0].delay.tolist() == [4]


def test_constant_weights_cost_no_memory(sim):
    a = sim.Population(20, sim.IF_curr_exp())
    sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0, delay=0.5))
    group = network(sim).synapses[0]
    assert (group.weight.strides, group.delay.strides) == ((0,), (0,))


def test_unchanged_projections_are_lowered_once(sim):
    a = sim.Population(5, sim.IF_curr_exp())
    first, second = (
        sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0)) for _ in range(2)
    )
    before = network(sim).synapses
    second.set(weight=2.0)
    after = network(sim).synapses
    assert after[0] is before[0]
    assert after[1].weight[0] == 2.0
    assert len(first) == 25


def test_probes_are_sorted_and_sampled(sim):
    sim.Population(1, sim.IF_curr_exp())
    a = sim.Population(6, sim.IF_curr_exp())
    a[np.array([4, 1])].record(["v", "spikes"], sampling_interval=0.5)
    a[3:4].record("v")
    probes = {probe.variable: probe for probe in network(sim).probes}
    assert (probes["v"].population, probes["v"].cells.tolist(), probes["v"].every) == (1, [1, 3, 4], 5)
    assert (probes["spikes"].cells.tolist(), probes["spikes"].every) == ([1, 4], 1)


def test_currents_are_steps_of_each_target(sim):
    a = sim.Population(4, sim.IF_curr_exp())
    sim.DCSource(amplitude=0.5, start=1.0, stop=3.0).inject_into(a[1:3])
    source = sim.DCSource(amplitude=0.25)
    a[3].inject(source)
    currents = network(sim).currents
    steps = set(zip(currents.neuron.tolist(), currents.tick.tolist(), currents.step_na.tolist(), strict=True))
    assert {(1, 10, 0.5), (2, 10, 0.5), (1, 30, -0.5), (2, 30, -0.5), (3, 0, 0.25)} <= steps
    assert len(steps) == 6


def test_a_pulse_that_ends_before_it_begins_is_none(sim):
    sim.DCSource(start=5.0, stop=5.0).inject_into(sim.Population(1, sim.IF_curr_exp()))
    assert network(sim).currents.tick.size == 0


def test_a_sampling_interval_between_ticks_is_refused(sim):
    a = sim.Population(2, sim.IF_curr_exp(), label="a")
    with pytest.raises(
        NetworkError, match=r"'a': sampling_interval = 0.25 ms must be a whole multiple of the"
    ):
        a.record("v", sampling_interval=0.25)
    assert network(sim).probes == ()


steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 12), st.sampled_from([-1.0, 0.5, 2.0])), max_size=8
)


def as_steps(listed):
    rows = sorted(listed, key=lambda row: row[1])
    neuron, tick, size = zip(*rows, strict=True) if rows else ((), (), ())
    return CurrentSteps(np.array(neuron, np.int64), np.array(tick, np.int64), np.array(size, float))


def level(steps, neuron, tick):
    return steps.step_na[(steps.neuron == neuron) & (steps.tick <= tick)].sum()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=steps, wished=steps, now=st.integers(0, 12))
def test_spliced_currents_keep_the_past_and_follow_the_wish(before, wished, now):
    before, wished = as_steps(before), as_steps(wished)
    spliced = splice(before, wished, now)
    assert (np.diff(spliced.tick) >= 0).all()
    for neuron in range(3):
        for tick in range(14):
            source = before if tick < now else wished
            assert level(spliced, neuron, tick) == pytest.approx(level(source, neuron, tick))
