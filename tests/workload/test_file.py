"""Workloads as JSON: what is read is what was written, and mistakes are named."""

import json

import numpy as np
import pytest

from neurohw.errors import SettingError
from neurohw.workload import NeuronGraph, load_workload, save_workload

GRAPH = NeuronGraph.of_pairs(np.array([2, 0, 2, 1, 2]), np.array([0, 1, 1, 1, 0]), np.array([3, 0, 5, 9]))


@pytest.fixture
def written(tmp_path):
    """Return a file with a graph of four cells, two of which are neurons, and one pair twice."""
    save_workload(tmp_path / "net.json", GRAPH)
    return tmp_path / "net.json"


def test_what_is_read_is_what_was_written(written):
    again = load_workload(written)
    for name in ("indptr", "pre", "is_neuron", "spikes"):
        assert getattr(again, name).tolist() == getattr(GRAPH, name).tolist()
        assert getattr(again, name).dtype == getattr(GRAPH, name).dtype


def test_edges_hold_the_spikes_that_cross_them(written):
    edges = json.loads(written.read_text())["edges"]
    assert edges == {"pre": [2, 2, 0, 2, 1], "post": [0, 0, 1, 1, 1], "spikes": [5, 5, 3, 5, 0]}


def test_a_graph_without_synapses(tmp_path):
    nothing = np.empty(0, np.int64)
    save_workload(tmp_path / "net.json", NeuronGraph.of_pairs(nothing, nothing, np.array([4])))
    assert load_workload(tmp_path / "net.json").spikes.tolist() == [4]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "format = 'other', must be 'neurohw workload 1'"),
        ({"edges": [1]}, "edges must be an object of pre, post and spikes"),
        (
            {"is_neuron": [False] * 4},
            r"net\.json: cell 0: is_neuron is false, but it has 2 synapses onto it; cells that are",
        ),
        (
            {"is_neuron": [True, False, True, True]},
            r"net\.json: cell 1: is_neuron is false, but it has 3 synapses",
        ),
        ({"spikes": 4}, "spikes must be a list, not int"),
        ({"spikes": [3, 0, -5, 9]}, "spikes: number 2 is '-5', must be a whole number from 0"),
        ({"spikes": [3, 0, 5.5, 9]}, "spikes: number 2 is '5.5'"),
        ({"is_neuron": [2, 0, 0, 0]}, "is_neuron: number 0 is '2', must be a whole number from 0 to 1"),
        ({"is_neuron": [True]}, "lists of unequal length: 4 spikes, 1 is_neuron"),
        ({"edges": {"pre": [4], "post": [0], "spikes": [0]}}, "edges: pre: number 0 is '4'"),
        ({"edges": {"pre": [0], "post": [0, 1], "spikes": [3]}}, "lists of unequal length"),
        (
            {"edges": {"pre": [0, 2], "post": [1, 1], "spikes": [3, 4]}},
            "number 1 is 4, but cell 2 fires 5 times",
        ),
    ],
)
def test_objects_that_cannot_be(written, change, message):
    written.write_text(json.dumps(json.loads(written.read_text()) | change))
    with pytest.raises(SettingError, match=message):
        load_workload(written)


@pytest.mark.parametrize(
    ("text", "message"), [("[1]", "must be an object, not list"), ("{", "no JSON"), ("[" * 10**5, "no JSON")]
)
def test_files_that_are_no_object(tmp_path, text, message):
    (tmp_path / "net.json").write_text(text)
    with pytest.raises(SettingError, match=message):
        load_workload(tmp_path / "net.json")


@pytest.mark.parametrize("name", ["net.yaml", "net", "net.json.gz", ".json"])
def test_names_that_do_not_say_what_is_in_the_file(tmp_path, written, name):
    with pytest.raises(SettingError, match=r"the name of a workload must end in \.json, \.h5 or \.hdf5"):
        save_workload(tmp_path / name, GRAPH)
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]
    written.rename(tmp_path / name)
    with pytest.raises(SettingError, match=f"{name}: the name of a workload must end in"):
        load_workload(tmp_path / name)


def test_a_missing_file(tmp_path):
    with pytest.raises(SettingError, match=r"none\.json: cannot be read"):
        load_workload(tmp_path / "none.json")
