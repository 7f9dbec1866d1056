"""The command ``neurohw compile``: what mappings of a script's network cost, and what it says about bad input."""

import pytest

from neurohw.compiler import PARTITIONERS, PLACERS
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
    options = ("--chip", write(CHIP, "small.toml"), "--compare", "--seconds", "0.02")
    code, data = call_json("compile", script, *options)
    assert code == 0
    rows = {(row["partitioner"], row["placer"]): row for row in data["mappings"]}
    assert set(rows) == {(partitioner, placer) for partitioner in PARTITIONERS for placer in PLACERS}
    for partitioner in PARTITIONERS:
        # where the clusters lie changes ways, not clusters
        assert len({rows[partitioner, placer]["clusters"] for placer in PLACERS}) == 1
        assert rows[partitioner, "anneal"]["hops"] <= rows[partitioner, "snake"]["hops"] * 1.2
    assert all(row["hops"] >= row["packets"] > 0 for row in rows.values())
    assert all(row["max_link_load"] <= row["hops"] for row in rows.values())


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
    ("options", "message"),
    [
        ([], "give --chip CHIP"),
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
