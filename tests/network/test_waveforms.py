"""Waveforms: their values by definition, the numbers of noise, and what verify and the digest say of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from neurohw.errors import NetworkError
from neurohw.network import Waveform, verify
from tests.examples import examples
from tests.naive.currents import waveform_na
from tests.network.test_verify import sound

SINE = Waveform([2, 4], "sine", 3, 9, 0.25, 0.5, frequency_hz=50.0, phase_deg=45.0)
NOISE = Waveform([2], "noise", 0, 2**60, 0.5, 0.25, every=2, stream=1)


@given(
    st.sampled_from(["sine", "noise"]),
    st.integers(-10, 50),
    st.integers(0, 60),
    st.integers(1, 12),
    st.floats(0, 500),
    st.integers(0, 2**63 - 1),
)
@examples(100)
def test_values_are_those_of_the_definition(shape, start, length, every, frequency_hz, seed):
    wave = Waveform(
        [0], shape, start, start + length, 0.3, 0.7, every, frequency_hz, phase_deg=77.0, stream=5
    )
    ticks = np.arange(-15, 120)
    expected = [waveform_na(wave, tick, 0.1, seed) for tick in ticks.tolist()]
    np.testing.assert_allclose(wave.currents(ticks, 0.1, seed), expected, rtol=0, atol=1e-12)


def test_noise_is_normal_and_independent():
    values = NOISE.currents(np.arange(0, 40000, 2), 0.1, seed=1)
    other = replace(NOISE, stream=2).currents(np.arange(0, 40000, 2), 0.1, seed=1)
    assert stats.kstest((values - 0.5) / 0.25, "norm").pvalue > 0.01
    for a, b in ((values[1:], values[:-1]), (values, other)):
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


def test_values_far_from_the_start_are_exact():
    wave = replace(SINE, stop=2**60)
    period = 200  # ticks of 0.1 ms at 50 Hz
    ticks = 3 + np.arange(period)
    far = wave.currents(ticks + 10**6 * period, 0.1, 0)
    np.testing.assert_allclose(far, wave.currents(ticks, 0.1, 0), rtol=0, atol=1e-7)


def test_sound_waveforms_pass():
    verify(replace(sound(), waveforms=(SINE, NOISE)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"neuron": [5]}, r"waveform 0: cell\[0\] = 5, must be below 5"),
        ({"neuron": [0]}, r"waveform 0: population 'source' \(SpikeSourceArray\) takes no current"),
        ({"shape": "saw"}, "waveform 0: unknown shape 'saw'; known: sine, noise"),
        ({"every": 0}, "a new value every 0 ticks, at least 1 is needed"),
        ({"level_na": np.nan}, "level_na = nan must be a finite number"),
        ({"phase_deg": np.inf}, "phase_deg = inf must be a finite number"),
        ({"size_na": -1.0}, "standard deviation -1.0 nA, must be at least 0"),
    ],
)
def test_what_cannot_be_is_named(changes, message):
    with pytest.raises(NetworkError, match=message):
        verify(replace(sound(), waveforms=(replace(NOISE, **changes),)))


@pytest.mark.parametrize(
    "changes",
    [
        {"neuron": [3]},
        {"shape": "sine"},
        {"start": 1},
        {"stop": 7},
        {"level_na": 0.75},
        {"size_na": 0.5},
        {"every": 3},
        {"frequency_hz": 1.0},
        {"phase_deg": 1.0},
        {"stream": 2},
    ],
)
def test_the_digest_knows_every_part(changes):
    networks = [replace(sound(), waveforms=(wave,)) for wave in (NOISE, replace(NOISE, **changes))]
    digests = {network.digest() for network in [sound(), *networks]}
    assert len(digests) == 3
