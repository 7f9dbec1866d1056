"""The command ``neurohw compile``: what mappings of a script's network cost, and what it says about bad input."""

from types import SimpleNamespace

import pytest

from neurohw.cli.outcome import silent_progress
from neurohw.compiler import PARTITIONERS, PLACERS
from neurohw.progress import shows_progress
from neurohw.workload import load_workload

CHIP = """
base = "mesh"
[chip]
name = "small"
[interconnect]
width = 3
height = 2
[crossbar]
rows = 20
columns = 4
"""

LAYERS = """
import pyNN.neurohw as sim

sim.setup(timestep=0.1)
pixels = sim.Population(4, sim.SpikeSourceArray(spike_times=[[1.0, 3.0]] * 4))
layers = [sim.Population(4, sim.IF_curr_exp(), label=f"layer {i}") for i in range(3)]
for pre, post in zip([pixels, *layers], layers):
    sim.Projection(pre, post, sim.AllToAllConnector(), sim.StaticSynapse(weight=20.0, delay=0.5))
sim.run(20.0)
"""


def comparison(write):
    """Return the options for a quick comparison on a small chip."""
    return "--chip", write(CHIP, "small.toml"), "--compare", "--seconds", "0.02"


def test_one_mapping(call_json, script):
    code, data = call_json("compile", script, "--chip", "mesh", "--partitioner", "multilevel")
    assert code == 0
    assert (data["cells"], data["chip"]) == (18, "mesh")
    assert data["spikes"] > 0
    (row,) = data["mappings"]
    assert (row["partitioner"], row["placer"], row["clusters"], row["tiles"]) == ("multilevel", "snake", 1, 1)
    # all cells are where spikes of sources enter
    assert row["packets"] == row["hops"] == row["max_link_load"] == row["synapse_spikes"] == 0


def test_all_mappings_side_by_side(call_json, script, write):
    code, data = call_json("compile", script, *comparison(write))
    assert code == 0
    rows = {(row["partitioner"], row["placer"]): row for row in data["mappings"]}
    assert set(rows) == {(partitioner, placer) for partitioner in PARTITIONERS for placer in PLACERS}
    for partitioner in PARTITIONERS:
        # where the clusters lie changes ways, not clusters
        assert len({rows[partitioner, placer]["clusters"] for placer in PLACERS}) == 1
        assert rows[partitioner, "anneal"]["hops"] <= rows[partitioner, "snake"]["hops"] * 1.2
    assert all(row["hops"] >= row["packets"] > 0 for row in rows.values())
    assert all(row["max_link_load"] <= row["hops"] for row in rows.values())


def test_what_is_compared_and_how_long_it_takes_is_said_first(call, script, write):
    _, _, said = call("compile", script, *comparison(write), "--partitioner", "greedy")
    *before, announced = said[: said.index("[1/6]")].splitlines()
    assert f"{script}, fidelity ideal, to count spikes ..." in before
    assert announced == (
        "comparing 6 mappings by greedy, each with anneal, force_directed, hilbert, hillclimb, pso, snake. "
        "Placers that search take up to 0.02 s each, 0.08 s together"
    )
    assert [line.split(":")[0] for line in said.splitlines() if line.startswith("[")] == [
        f"[{number}/6] greedy, {placer}" for number, placer in enumerate(sorted(PLACERS), start=1)
    ]
    _, _, said = call("compile", script, "--chip", "mesh")
    assert "mapping" not in said


def test_a_partitioner_with_all_placers(call_json, script, write):
    _, data = call_json("compile", script, *comparison(write), "--partitioner", "greedy")
    assert {(row["partitioner"], row["placer"]) for row in data["mappings"]} == {
        ("greedy", placer) for placer in PLACERS
    }


def test_a_workload_that_partition_can_read(call, call_json, script, working_folder):
    code, out, _ = call("compile", script, "--chip", "mesh", "--workload", "net.json")
    assert code == 0
    assert "sequential, snake" in out
    assert load_workload(working_folder / "net.json").n_cells == 18
    code, data = call_json("partition", "--workload", "net.json", "--columns", "4")
    assert (code, data["neurons"], data["inputs"]) == (0, 12, 6)


def test_arguments_of_the_script_are_its_own(call, script):
    code, out, _ = call("compile", script, "--chip", "mesh", "--n", "5")
    assert code == 0
    assert "arguments: ['--n', '5']" in out


def test_a_network_that_does_not_fit(call, call_json, script, write):
    chip = write(CHIP.replace("columns = 4", "columns = 1"), "tiny.toml")
    code, _, err = call("compile", script, "--chip", chip)
    assert code == 2
    assert "needs 12 tiles" in err
    code, data = call_json("compile", script, "--chip", chip, "--compare", "--seconds", "0.02")
    assert code == 1
    assert all("needs 12 tiles" in row["error"] for row in data["mappings"])


@pytest.mark.parametrize(
    ("objective", "column", "sign"),
    [("max_link_load", "max_link_load", 1), ("energy", "energy_pj", 1), ("throughput", "guaranteed_hz", -1)],
)
def test_the_best_mapping_comes_first(call_json, script, write, objective, column, sign):
    options = comparison(write)
    _, data = call_json("compile", script, *options, "--objective", objective)
    values = [sign * row[column] for row in data["mappings"]]
    assert values == sorted(values)
    assert data["objective"] == objective


@pytest.mark.parametrize(("way", "code"), [("error", 2), ("merge", 0), ("unroll", 0)])
def test_neurons_with_more_inputs_than_rows(call, script, write, way, code):
    chip = write(
        CHIP.replace("rows = 20", "rows = 6").replace("[crossbar]", "[tile]\ncrossbars = 6\n[crossbar]"),
        "narrow.toml",
    )
    found, out, err = call("compile", script, "--chip", chip, "--fan-in", way)
    assert found == code
    assert ("results change" in err) == (way == "unroll")
    assert ("with relays, and" in err) == (way == "unroll")
    assert ("distinct presynaptic cells" in err) == (way == "error")
    if way == "merge":
        assert "18 cells" in out


def test_a_script_that_runs_for_no_time(call, write):
    text = LAYERS.replace("sim.run(20.0)", "sim.run(0.0)")
    code, _, err = call("compile", write(text, "still.py"), "--chip", "mesh")
    assert code == 2
    assert "still.py: the script runs for 0 ms, in which no cell can fire" in err


def test_what_a_chip_does_not_allow(call, script):
    code, _, err = call("compile", script, "--chip", "odin")
    assert code == 2
    assert "has delay_ticks = 1" in err
    assert call("compile", script, "--chip", "odin", "--no-strict")[0] == 0


def test_progress_is_for_those_who_watch(call, script, write, monkeypatch):
    options = comparison(write)
    assert "mappings:" not in call("compile", script, *options)[2]
    monkeypatch.setattr("neurohw.progress.shows_progress", lambda: True)
    assert "mappings:" in call("compile", script, *options)[2]


def test_json_silences_bars_on_a_terminal(monkeypatch):
    monkeypatch.setattr("neurohw.progress.sys.stderr", SimpleNamespace(isatty=lambda: True))
    monkeypatch.delenv("NEUROHW_PROGRESS", raising=False)
    assert shows_progress()
    with silent_progress():
        assert not shows_progress()
    monkeypatch.setenv("NEUROHW_PROGRESS", "1")
    with silent_progress():
        assert shows_progress()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give --chip CHIP"),
        (["--chip", "mesh", "--objective", "hop"], "unknown objective 'hop'; did you mean 'hops'?"),
        (["--chip", "mesh", "--fan-in", "unrol"], "unknown way of --fan-in 'unrol'; did you mean 'unroll'?"),
        (["--chip", "mesh", "--duplicate", "1"], "--duplicate 1: must be at least 2"),
        (["--chip", "mesh", "--iteration", "-1"], "'-1' must be a number of ms above 0"),
        (["--chip", "mesh", "--workload", "none/net.json"], "there is no folder none"),
        (
            ["--chip", "mesh", "--workload", "w.yaml"],
            "w.yaml: the name of a workload must end in .json, .h5 or",
        ),
        (
            ["--chip", "mesh", "--partitioner", "gready"],
            "unknown partitioner 'gready'; did you mean 'greedy'?",
        ),
        (["--chip", "mesh", "--placer", "hilbart"], "unknown placer 'hilbart'; did you mean 'hilbert'?"),
        (["--chip", "mesh", "--seconds", "0"], "'0' must be a number of seconds above 0"),
    ],
)
def test_bad_options(call, script, options, message):
    code, _, err = call("compile", script, *options)
    assert code == 2
    assert message in err


@pytest.mark.parametrize(
    ("file", "name"),
    [("script.py", "SCRIPT"), ("small.toml", "--chip"), ("out/report.html", "report.html of --out")],
)
def test_a_workload_takes_no_other_files_place(call, script, write, working_folder, file, name):
    (working_folder / "out").mkdir()
    options = ("--chip", write(CHIP, "small.toml"), "--workload", file, "--out", "out")
    code, _, err = call("compile", script, *options)
    assert code == 2
    assert f"--workload {file} would be written over {name} {file}" in err


@pytest.mark.parametrize("name", ["report.html", "mapping.png", "schedule.svg", "tiles.txt"])
def test_a_file_of_others_in_the_folder_is_kept(call, script, write, working_folder, name):
    (working_folder / "mine").mkdir()
    write("mine", f"mine/{name}")
    code, _, err = call("compile", script, "--chip", "mesh", "--out", "mine")
    assert code == 2
    assert f"{name} is there, not from a run, and would be written over" in err
    assert (working_folder / "mine" / name).read_text() == "mine"
