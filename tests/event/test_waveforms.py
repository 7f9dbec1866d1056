"""Sine and noise currents in the event-driven backend: as by the oracle, and free of cost outside their time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.network import MODELS, CurrentSteps, Network, Population, Probe, Waveform
from neurohw.network.waveforms import table
from neurohw_event.kernels.waveforms import next_change
from neurohw_event.layout import NEVER
from neurohw_event.waveforms import make_waves
from tests.examples import examples
from tests.naive.clocked import simulate
from tests.networks import CONDUCTANCE_MODELS, UNTIL_TICK, changed, networks
from tests.waveforms import assert_same, run, waved

SEEDS = st.integers(0, 2**40)


def cell_under(*waveforms: Waveform, currents: CurrentSteps | None = None, record: bool = True) -> Network:
    """One cell of IF_curr_exp, at rest at -65 mV, that never fires."""
    model = MODELS["IF_curr_exp"]
    values = {name: np.full(1, parameter.default) for name, parameter in model.parameters.items()}
    cell = Population("cell", model, 0, 1, values | {"v_thresh": np.full(1, 1e3)})
    probes = (Probe(0, "v", [0]),) if record else ()
    return Network(0.1, (cell,), (), currents or CurrentSteps.none(), probes, waveforms)


@given(networks(), SEEDS)
@examples(40)
def test_all_agree_in_every_spike_and_sample(network, seed):
    network = waved(network, seed)
    assert_same(run(network, UNTIL_TICK, seed=seed), simulate(network, UNTIL_TICK, seed))


@given(networks(CONDUCTANCE_MODELS, max_cells=8, timesteps_ms=(0.1,)), SEEDS)
@examples(10, derandomize=True)  # both integrate numerically: one spike in some thousands may shift by a tick
def test_conductance_cells_agree(network, seed):
    network = waved(network, seed)
    assert_same(run(network, UNTIL_TICK, seed=seed), simulate(network, UNTIL_TICK, seed), atol=1e-4)


@given(networks(), SEEDS, st.lists(st.integers(0, UNTIL_TICK), max_size=3))
@examples(20)
def test_nothing_depends_on_recording_or_on_the_number_of_calls(network, seed, stops):
    network = waved(network, seed)
    spikes_only = tuple(probe for probe in network.probes if probe.variable == "spikes")
    at_once = run(network, UNTIL_TICK, seed=seed)
    in_steps = run(replace(network, probes=spikes_only), *sorted(stops), UNTIL_TICK, seed=seed)
    np.testing.assert_array_equal(at_once.spikes.ticks, in_steps.spikes.ticks)
    np.testing.assert_array_equal(at_once.spikes.ids, in_steps.spikes.ids)


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK))
@examples(20)
def test_waveforms_may_change_between_runs(network, seed, tick):
    network = waved(network, seed)
    changes = {tick: waved(changed(network, seed), seed + 1)}
    result = run(network, tick, UNTIL_TICK, seed=seed, changes=changes)
    assert_same(result, simulate(network, UNTIL_TICK, seed, changes))


def test_a_waveform_acts_from_its_tick_to_the_next_and_ends_before_its_stop():
    wave = Waveform([0, 0], "sine", start=5, stop=6, level_na=0.1, size_na=0.15, phase_deg=90.0)
    v = run(cell_under(wave), 8).traces[0, "v"][:, 0]
    np.testing.assert_array_equal(v[:6], -65)
    decay = np.exp(-0.1 / 20)
    assert v[6] == pytest.approx(-65 + 0.5 * 20 * (1 - decay), rel=1e-12)
    assert v[7] + 65 == pytest.approx((v[6] + 65) * decay, rel=1e-12)


def test_rounding_does_not_add_up():
    wave = Waveform([0], "noise", start=0, stop=5000, level_na=0.1, size_na=3.0)
    v = run(cell_under(wave), 45000).traces[0, "v"][:, 0]
    assert v[-1] == -65  # 200 time constants after the end: what is left would be a current


@given(st.integers(-20, 60), st.integers(-20, 60), st.integers(1, 9), st.integers(0, 80))
@examples(300)
def test_the_next_change_is_the_first_tick_with_another_value(start, stop, every, tick):
    wave = Waveform([0], "noise", start, stop, 0.1, 1.0, every)
    network = cell_under(wave)
    values = wave.currents(np.arange(-30, 100), 0.1, seed=3)
    changes = np.flatnonzero(np.diff(values)) - 29
    expected = min((n for n in changes if n >= tick), default=NEVER)
    waves = make_waves(network, np.zeros(1, np.int32), 0, 3)
    assert next_change(waves, tick) == expected


def test_ticks_outside_of_all_waveforms_cost_nothing():
    far = Waveform([0], "sine", start=10**9, stop=2**60, level_na=1.0, size_na=1.0, frequency_hz=10.0)
    seldom = Waveform([0], "noise", start=0, stop=2**60, level_na=0.0, size_na=1.0, every=10**12)
    network = cell_under(far, seldom, record=False)
    waves = make_waves(network, np.zeros(1, np.int32), 1, 0)
    assert next_change(waves, 1) == 10**9
    assert table(network.waveforms, 0.1)[0].shape == (2, 5)
