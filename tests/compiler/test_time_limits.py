"""Partitioners that run out of time: what they return is sound, and no better than with time."""

from importlib import import_module

import numpy as np
import pytest

from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
from neurohw.compiler.partition.refinement import refined
from neurohw.compiler.partitioning import clusters_of
from neurohw.compiler.traffic import synapse_spikes_between
from neurohw.errors import SettingError
from neurohw.workload import NeuronGraph

ROWS, COLUMNS = 40, 8
multilevel = import_module("neurohw.compiler.partition.multilevel")  # the package has a function of that name


class Ticking:
    """A clock that is a second on whenever somebody looks."""

    def __init__(self):
        self.looks = 0

    def read(self):
        """Return the looks so far as seconds, and none of compiling."""
        self.looks += 1
        return float(self.looks), 0.0


def _problem(**options):
    rng = np.random.default_rng(2)
    pre, post = rng.integers(0, 80, 400), rng.integers(0, 80, 400)
    return PartitionProblem(NeuronGraph.of_pairs(pre, post, rng.integers(0, 9, 80)), ROWS, COLUMNS, **options)


def _synapse_spikes(problem, cluster):
    group = np.where(cluster < 0, cluster.max() + 1, cluster)
    between = synapse_spikes_between(problem.graph, group, int(group.max()) + 1, problem.graph.spikes)
    return int(between.spikes.sum())


@pytest.mark.parametrize("name", PARTITIONERS)
def test_whoever_has_no_time_returns_sound_clusters(name):
    problem = _problem(seconds=0.5, clock=Ticking())
    cluster = PARTITIONERS[name](problem)
    clusters = clusters_of(problem, cluster)
    assert (cluster >= 0).sum() == problem.graph.n_neurons
    assert clusters.n_rows.max() <= ROWS
    assert clusters.n_columns.max() <= COLUMNS


def test_multilevel_without_time_refines_nothing(monkeypatch):
    rounds = []
    monkeypatch.setattr(multilevel, "refined", lambda *given: rounds.append(given) or refined(*given))
    PARTITIONERS["multilevel"](_problem(seconds=0.5, clock=Ticking()))
    assert not rounds
    PARTITIONERS["multilevel"](_problem())
    assert rounds


@pytest.mark.parametrize("name", ["kernighan_lin", "spinemap"])
def test_time_makes_it_better(name):
    costs = []
    for seconds in (0.5, 3.5, float("inf")):
        problem = _problem(seconds=seconds, clock=Ticking())
        costs.append(_synapse_spikes(problem, PARTITIONERS[name](problem)))
        assert problem.clock.looks <= max(seconds, 4.5) or seconds == float("inf")
    assert costs[0] >= costs[1] >= costs[2]
    assert costs[0] > costs[2]


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_times_that_cannot_be(seconds):
    with pytest.raises(SettingError, match="must be a number above 0"):
        _problem(seconds=seconds)
