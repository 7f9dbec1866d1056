"""The van Rossum distance, where Elephant is installed."""

import numpy as np
import pytest

from neurohw.analysis.van_rossum import van_rossum_distance
from tests.analysis.synthetic import poisson_spikes, sorted_spikes

pytest.importorskip("elephant")

CELLS = np.arange(3)


def distance(tested, reference, cells=CELLS):
    return van_rossum_distance(tested, reference, cells, timestep_ms=0.1, until_tick=10_000)


def test_identical_trains_are_at_distance_0():
    spikes = poisson_spikes(3, 20.0, 10_000)
    assert distance(spikes, spikes) == pytest.approx(0.0, abs=1e-6)


def test_one_spike_more_is_at_distance_1():
    one = sorted_spikes(np.zeros(1), np.array([5000]))
    none = sorted_spikes(np.zeros(0), np.zeros(0))
    assert distance(one, none, np.array([0])) == pytest.approx(1.0, rel=0.01)
