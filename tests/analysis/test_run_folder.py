"""Run folders: what is written comes back, and nothing in them runs code."""

import json
import pickle

import numpy as np
import pytest

from neurohw.analysis.plain import to_json
from neurohw.analysis.recording import Recording, recorded_populations
from neurohw.analysis.run_folder import (
    RECORDINGS,
    check_out,
    make_folder,
    read_recording,
    write_recording,
    write_recordings,
    write_surroundings,
)
from neurohw.errors import SettingError
from neurohw.hardware import load_chip
from neurohw.network import MODELS, Network, Population, Probe
from tests.analysis.synthetic import chip, poisson_spikes, recording

PATHS = ("spikes.npz", "report.json")


@pytest.fixture
def run():
    return recording("mesh", poisson_spikes(4000, 5.0, 5000), until_tick=5000)


def test_a_recording_comes_back(run, tmp_path):
    paths = [tmp_path / name for name in PATHS]
    write_recording(*paths, run)
    again = read_recording(*paths)
    assert again.spikes.digest() == run.spikes.digest()
    assert again.report.to_dict() == run.report.to_dict()
    assert (again.label, again.timestep_ms, again.until_tick) == ("mesh", 0.1, 5000)
    assert again.network_digest == run.network_digest
    for old, new in zip(run.populations, again.populations, strict=True):
        assert (new.name, new.size, new.is_source) == (old.name, old.size, old.is_source)
        assert new.cells.tolist() == old.cells.tolist()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(PATHS)


def test_several_runs_are_numbered(run, tmp_path):
    write_recordings(tmp_path, [run, run])
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"spikes-1.npz", "spikes-2.npz", "report-1.json", "report-2.json"}


class Trap:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return pytest.fail, ("the file ran code",)


def test_pickles_are_refused(run, tmp_path):
    paths = [tmp_path / name for name in PATHS]
    write_recording(*paths, run)
    np.savez(paths[0], ids=np.array([Trap()], dtype=object))
    with pytest.raises(SettingError, match="not the folder of a run"):
        read_recording(*paths)
    paths[0].write_bytes(pickle.dumps(Trap()))
    with pytest.raises(SettingError, match="not the folder of a run"):
        read_recording(*paths)


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(SettingError, match="not the folder of a run"):
        read_recording(tmp_path / PATHS[0], tmp_path / PATHS[1])


def test_the_surroundings_are_enough_to_run_again(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("print('hello')")
    folder = make_folder(tmp_path / "a" / "b", script)
    write_surroundings(folder, chip=chip(), script=script)
    assert load_chip(folder / "chip.toml") == chip()
    assert (folder / "script.py").read_text() == script.read_text()
    assert json.loads((folder / "versions.json").read_text())["numpy"] == np.__version__


def test_folders_of_one_second_are_numbered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = {make_folder(None, "dir/script.py") for _ in range(3)}
    assert len(folders) == 3
    assert all(
        folder.name.startswith("script-") and folder.parent.name == "neurohw-runs" for folder in folders
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="file"):
        make_folder(tmp_path / "file", "script.py")


def test_json_has_no_nan_or_numpy():
    data = {"a": np.float64("nan"), "b": np.arange(2), "c": (np.int64(1), float("inf")), "d": np.bool_(True)}
    assert json.loads(to_json(data)) == {"a": None, "b": [0, 1], "c": [1, None], "d": True}


def test_the_recorded_cells_are_those_of_the_probes():
    model = MODELS["SpikeSourcePoisson"]
    populations = tuple(
        Population(name, model, first, 4, {key: np.ones(4) for key in model.parameters})
        for name, first in (("a", 0), ("b", 4), ("c", 8))
    )
    probes = (
        Probe(1, "spikes", np.array([2])),
        Probe(1, "spikes", np.array([0, 2])),
        Probe(2, "spikes", np.arange(4)),
    )
    recorded = recorded_populations(Network(0.1, populations, probes=probes))
    assert [population.cells.tolist() for population in recorded] == [[], [4, 6], [8, 9, 10, 11]]
    run = recording("run", poisson_spikes(12, 1.0, 100))
    watched = Recording(**{**vars(run), "populations": recorded}).watched
    assert [population.name for population in watched] == [
        "b",
        "c",
    ]  # sources count where there is nothing else


def test_a_chip_or_script_of_the_user_is_not_written_over(tmp_path):
    script, chip_file = tmp_path / "s.py", tmp_path / "chip.toml"
    script.write_text("own")
    check_out(tmp_path, script)
    chip_file.write_text("own")
    with pytest.raises(SettingError, match=r"chip\.toml is there, not from a run"):
        check_out(tmp_path, script)
    chip_file.unlink()
    (tmp_path / "elsewhere").mkdir()
    other = tmp_path / "elsewhere" / "s.py"
    other.write_text("other")
    with pytest.raises(SettingError, match=r"s\.py is there, not from a run"):
        check_out(tmp_path, other)


@pytest.mark.parametrize("name", ["spikes.npz", "report.json", "spikes-2.npz", "report-13.json"])
def test_no_file_that_is_written_may_be_there(tmp_path, name):
    (tmp_path / name).write_text("own")
    with pytest.raises(SettingError, match=f"{name} is there, not from a run"):
        check_out(tmp_path, written=RECORDINGS)
    check_out(tmp_path, written=["report.html"])


def test_a_run_folder_may_be_used_again(tmp_path):
    script = tmp_path / "s.py"
    script.write_text("")
    folder = make_folder(tmp_path / "run", script)
    write_surroundings(folder, chip=load_chip("mesh"), script=script)
    check_out(folder, script)
