"""Workloads as HDF5: the same as JSON, and nothing from outside the file."""

import sys

import numpy as np
import pytest

from neurohw.errors import MissingPackageError, SettingError
from neurohw.workload import NeuronGraph, load_workload, save_workload


@pytest.fixture
def h5py():
    return pytest.importorskip("h5py", reason="h5py is not installed: pip install 'neurohw[hdf5]'")


def _graph(n=50, seed=0):
    rng = np.random.default_rng(seed)
    pre, post = rng.integers(0, n, 4 * n), rng.integers(n // 5, n, 4 * n)
    return NeuronGraph.of_pairs(pre, post, rng.integers(0, 9, n))


@pytest.mark.parametrize("name", ["net.h5", "net.HDF5"])
def test_both_formats_hold_the_same(h5py, tmp_path, name):
    graph = _graph()
    for file in (name, "net.json"):
        save_workload(tmp_path / file, graph)
        read = load_workload(tmp_path / file)
        for part in ("indptr", "pre", "is_neuron", "spikes"):
            assert np.array_equal(getattr(read, part), getattr(graph, part))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "net.json"])


def test_a_graph_without_cells(h5py, tmp_path):
    nothing = np.empty(0, np.int64)
    save_workload(tmp_path / "net.h5", NeuronGraph.of_pairs(nothing, nothing, nothing))
    assert load_workload(tmp_path / "net.h5").n_cells == 0


def _without(file, name):
    del file[name]


def _replaced(file, name, value):
    del file[name]
    file[name] = value


def _linked(h5py, file, name):
    del file[name]
    file[name] = h5py.ExternalLink("other.h5", "/secret")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _, file: _without(file, "spikes"), "spikes: there is none"),
        (lambda _, file: _without(file, "edges"), "edges: there is none"),
        (lambda _, file: _linked(_, file, "spikes"), "spikes: it is a link, not a part of this file"),
        (lambda _, file: _linked(_, file, "edges"), "edges: it is a link, not a part of this file"),
        (lambda _, file: _replaced(file, "edges/pre", [0.5]), "edges: pre: float64 of shape"),
        (lambda _, file: _replaced(file, "spikes", [[1]]), "must be a list of whole numbers"),
        (lambda _, file: _replaced(file, "spikes", np.full(50, -1)), "spikes: number 0 is -1, must be"),
        (
            lambda _, file: _replaced(file, "is_neuron", np.zeros(50, bool)),
            r"net\.h5: cell 1\d: is_neuron is false, but it has \d+ synapses? onto it",
        ),
        (
            lambda _, file: file.attrs.modify("format", "other"),
            "format = 'other', must be 'neurohw workload 1'",
        ),
    ],
)
def test_contents_that_cannot_be(h5py, tmp_path, change, message):
    save_workload(tmp_path / "net.h5", _graph())
    with h5py.File(tmp_path / "net.h5", "r+") as file:
        change(h5py, file)
    with pytest.raises(SettingError, match=message):
        load_workload(tmp_path / "net.h5")


def test_data_in_another_file_are_not_read(h5py, tmp_path):
    (tmp_path / "secret").write_bytes(bytes(400))
    save_workload(tmp_path / "net.h5", _graph())
    with h5py.File(tmp_path / "net.h5", "r+") as file:
        del file["spikes"]
        file.create_dataset("spikes", (50,), "i8", external=[(str(tmp_path / "secret"), 0, 400)])
    with pytest.raises(SettingError, match="spikes must be a dataset within this file"):
        load_workload(tmp_path / "net.h5")


def test_files_that_are_none(h5py, tmp_path):
    (tmp_path / "net.h5").write_text("no HDF5")
    with pytest.raises(SettingError, match="no HDF5, or damaged"):
        load_workload(tmp_path / "net.h5")
    with pytest.raises(SettingError, match="no such file, or a folder"):
        load_workload(tmp_path / "none.h5")
    with pytest.raises(SettingError, match="cannot write"):
        save_workload(tmp_path / "nowhere" / "net.h5", _graph())


def test_without_h5py_the_message_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'neurohw\[hdf5\]', or use JSON"):
        save_workload(tmp_path / "net.h5", _graph())
    with pytest.raises(MissingPackageError, match="h5py, which is not installed"):
        load_workload(tmp_path / "net.h5")
