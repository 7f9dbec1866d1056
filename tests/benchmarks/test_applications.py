"""Layers against correlation by its definition; applications are sound, and the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate

from benchmarks.workloads.applications import APPLICATIONS
from benchmarks.workloads.applications.feed_forward import FeedForward
from benchmarks.workloads.applications.layers import Convolution, Dense, Pooling
from benchmarks.workloads.applications.rates import lif_rates_hz, summed
from neurohw.network import verify
from tests.examples import examples

SIMULATED = sorted(set(APPLICATIONS) - {"alexnet", "vgg16", "heartbeat_cnn"})
TOO_LARGE = {"alexnet": (79_882, 67_994_912), "vgg16": (318_986, 266_349_312)}


@given(
    before=st.tuples(st.integers(1, 3), st.integers(3, 7), st.integers(3, 7)),
    channels=st.integers(1, 3),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
)
@examples(40)
def test_a_convolution_is_a_correlation(before, channels, kernel, stride, padding) -> None:
    rng = np.random.default_rng(0)
    values, weights = rng.normal(size=before), rng.normal(size=(channels, before[0], kernel, kernel))
    layer = Convolution(channels, kernel, stride, padding)
    padded = np.pad(values, ((0, 0), (padding, padding), (padding, padding)))
    expected = [correlate(padded, part, "valid")[0, ::stride, ::stride] for part in weights]
    connections = layer.connections(before)
    got = summed(connections, weights.ravel(), values.ravel())
    assert layer.shape(before) == np.shape(expected)
    np.testing.assert_allclose(got, np.ravel(expected), atol=1e-12)


def test_a_pooling_sees_its_windows() -> None:
    values = np.arange(2 * 5 * 4.0).reshape(2, 5, 4)
    layer = Pooling(2)
    got = summed(layer.connections((2, 5, 4)), np.array([0.25]), values.ravel())
    expected = [[plane[y : y + 2, x : x + 2].mean() for y in (0, 2) for x in (0, 2)] for plane in values]
    assert layer.shape((2, 5, 4)) == (2, 2, 2)
    np.testing.assert_allclose(got, np.ravel(expected))


def test_a_dense_layer_is_a_matrix() -> None:
    rng = np.random.default_rng(1)
    values, weights = rng.normal(size=6), rng.normal(size=(4, 6))
    got = summed(Dense(4).connections((2, 3, 1)), weights.ravel(), values)
    np.testing.assert_allclose(got, weights @ values)


def test_rates_are_those_of_a_membrane_under_constant_drive() -> None:
    """Stepped with 1 us: v' = (mean - v) / 20 ms, threshold 1 mV, silent for 2 ms."""
    v, silent, fired = 0.0, 0, 0
    for _ in range(400_000):
        if silent:
            silent -= 1
            continue
        v += (1.7 - v) * 0.001 / 20.0
        if v >= 1.0:
            v, silent, fired = 0.0, 2000, fired + 1
    assert lif_rates_hz(np.array([0.99, 1.7])) == pytest.approx([0.0, fired / 0.4], abs=2.5)


@pytest.mark.parametrize("name", SIMULATED)
def test_applications_are_sound_and_repeat(name) -> None:
    application = APPLICATIONS[name]
    network = application.network(seed=3)
    verify(network)
    assert network.digest() == application.network(seed=3).digest() != application.network(seed=4).digest()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TOO_LARGE))
def test_applications_too_large_to_simulate(name) -> None:
    indptr, pre, rates_hz = APPLICATIONS[name].structure(seed=1)
    assert (len(rates_hz), len(pre)) == TOO_LARGE[name]
    assert indptr[-1] == len(pre)


def test_structure_is_that_of_the_network() -> None:
    small = FeedForward((1, 8, 8), [Convolution(2, 3), Pooling(2), Dense(5)])
    indptr, pre, rates_hz = small.structure(seed=2)
    network = small.network(seed=2)
    pairs = set(zip(pre.tolist(), np.repeat(np.arange(len(rates_hz)), np.diff(indptr)).tolist(), strict=True))
    first = [population.first for population in network.populations]
    built = {
        (first[part.pre] + sender, first[part.post] + target)
        for part in network.synapses
        for sender in range(network.populations[part.pre].size)
        for target in part.target[part.indptr[sender] : part.indptr[sender + 1]]
    }
    assert built <= pairs
    assert len(pairs) == len(pre)
    assert rates_hz.sum() > 0
