"""Recorded data in files, by the suffix of the name."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.util import find_spec

import neo
import numpy as np
import pytest

from neurohw.errors import UnknownNameError, UnsupportedError
from neurohw.pynn.data import files

SUFFIXES = [
    pytest.param(suffix, marks=pytest.mark.skipif(missing, reason=f"{suffix} files need {packages}"))
    for suffix, packages in files.PACKAGES.items()
    for missing in [any(find_spec(package) is None for package in packages)]
]


@pytest.fixture
def cells(sim, book):
    """Two kinds of cells with two segments of spikes and signals."""
    sources = sim.Population(3, sim.SpikeSourceArray(spike_times=[[1.0, 3.0], [], [2.0, 4.0]]), label="s")
    neurons = sim.Population(2, sim.IF_cond_exp(), label="c")
    both = sources + neurons
    both.record("spikes")
    neurons.record("v")
    sim.run(5.0)
    sim.reset()
    sim.run(2.5)
    return both


def read(path):
    if path.suffix == ".nwb":
        return neo.io.NWBIO(str(path), mode="r").read_block()
    return files.get_io(str(path)).read_block()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_written_can_be_read(sim, cells, tmp_path, suffix):
    path = tmp_path / "folder" / f"all{suffix}"
    cells.write_data(str(path))
    long, short = read(path).segments
    times = [train.rescale("ms").magnitude.tolist() for train in long.spiketrains]
    assert [pytest.approx(expected) for expected in ([1, 3], [], [2, 4], [], [])] == times
    assert [train.size for train in short.spiketrains] == [1, 0, 1, 0, 0]
    assert [segment.analogsignals[0].shape for segment in (long, short)] == [(51, 2), (26, 2)]
    np.testing.assert_allclose(long.analogsignals[0].rescale("mV").magnitude[7], [7.0, 7.001])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_of_record_are_written_at_the_end(sim, book, tmp_path, suffix):
    path = tmp_path / f"v{suffix}"
    neurons = sim.Population(2, sim.IF_cond_exp())
    neurons.record("v", to_file=str(path))
    sim.run(1.0)
    sim.end()
    assert read(path).segments[0].analogsignals[0].shape == (11, 2)


def test_an_assembly_is_recorded_to_one_file(sim, cells, tmp_path):
    path = tmp_path / "spikes.pkl"
    sim.reset()
    cells.record("spikes", to_file=str(path))
    sim.run(1.5)
    sim.end()
    assert [train.size for train in read(path).segments[-1].spiketrains] == [1, 0, 0, 0, 0]


def test_recording_to_an_io(sim, book, tmp_path):
    path = tmp_path / "v.pkl"
    neurons = sim.Population(2, sim.IF_cond_exp())
    neurons.record("v", to_file=neo.io.PickleIO(str(path)))
    sim.run(1.0)
    sim.end()
    assert read(path).segments[0].analogsignals[0].shape == (11, 2)


def test_pickles_can_be_read_without_neurohw(sim, cells, tmp_path):
    path = tmp_path / "all.pkl"
    cells.write_data(str(path))
    code = f"""
import pickle, sys
sys.modules["neurohw"] = None
block = pickle.load(open({str(path)!r}, "rb"))
print([train.size for train in block.segments[0].spiketrains])"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[2, 0, 2, 0, 0]"


def test_a_copy_holds_the_same_trains(sim, cells):
    trains = cells.populations[0].get_data().segments[0].spiketrains
    copy = pickle.loads(pickle.dumps(trains))
    assert [train.magnitude.tolist() for train in copy] == [train.magnitude.tolist() for train in trains]
    assert copy[2].annotations == trains[2].annotations
    for one, other in zip(copy.multiplexed, trains.multiplexed, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_missing_package_is_named_before_the_run(sim, cells, monkeypatch):
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    for suffix, package in ((".nix", "nixio"), (".nwb", "pynwb"), (".mat", "scipy")):
        with pytest.raises(UnsupportedError, match=f"x{suffix}: .* files need .*pip install .*{package}"):
            cells.populations[1].record("v", to_file=f"x{suffix}")
        with pytest.raises(UnsupportedError, match=package):
            sim.get_io(f"x{suffix}")


@pytest.mark.parametrize("name", ["x.txt", "x"])
def test_a_suffix_that_nothing_writes(sim, cells, name):
    for write in (cells.write_data, lambda target: cells.populations[0].record("spikes", to_file=target)):
        with pytest.raises(UnknownNameError, match=r"unknown file format .* Known: .*\.nix"):
            write(name)
