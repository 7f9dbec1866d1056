"""The command ``neurohw compile``: throughput that is guaranteed, that which is simulated, and what limits it."""

import json
from fractions import Fraction

import pytest

from neurohw.compiler import PARTITIONERS
from neurohw.dataflow import certificate_problems
from neurohw.interchange import read_certificate
from tests.cli.test_compile import CHIP, LAYERS


def test_guaranteed_and_simulated_throughput(call, call_json, script, write, working_folder):
    chip = write(CHIP, "small.toml")
    code, data = call_json("compile", script, "--chip", chip, "--out", "mapped")
    assert code == 0
    (row,) = data["mappings"]
    assert 0 < row["guaranteed_hz"] <= row["simulated_hz"]
    certificate = read_certificate(working_folder / "mapped" / "certificate.json")
    assert certificate_problems(certificate) == []
    assert str(certificate.period) == row["period_cycles"]
    files = {path.name for path in (working_folder / "mapped").iterdir()}
    pictures = {f"{name}.{suffix}" for name in ("mapping", "schedule") for suffix in ("png", "svg")}
    assert files == {
        "report.html", "mappings.json", "certificate.json", "platform.json", "tiles.txt", "chip.toml", "versions.json",
        script, *pictures,
    }  # fmt: skip
    check = ("sdf", "--check", "mapped/certificate.json", "--platform", "mapped/platform.json")
    assert call_json(*check) == (0, {
        "command": "sdf", "graph": certificate.graph.name, "period": str(certificate.period), "problems": []
    })  # fmt: skip
    platform = working_folder / "mapped" / "platform.json"
    data = json.loads(platform.read_text())
    for connection in data["connections"]:
        connection["delay"] = str(Fraction(connection["delay"]) + 1)
    platform.write_text(json.dumps(data))
    code, data = call_json(*check)
    assert code == 1
    assert "cluster_0" in data["problems"][0]
    page = (working_folder / "mapped" / "report.html").read_text()
    assert page.count("<svg") == 2
    assert len((working_folder / "mapped" / "tiles.txt").read_text().splitlines()) == 1 + 12
    code, out, _ = call("compile", script, "--chip", chip)
    for words in ("guaranteed", "simulated", "times biological speed", "limited by ", "buffers"):
        assert words in out


def test_empty_cells_have_a_reason(call, call_json, script, write, monkeypatch):
    chip = write(CHIP, "small.toml")
    options = ("compile", script, "--chip", chip, "--compare", "--placer", "snake", "--seconds", "0.2")
    limits = "neurohw.compiler.schedule.throughput"
    monkeypatch.setattr(f"{limits}._steps", lambda *_: 10**9)
    few = "an iteration has 1,000,000,000 steps of packets over links; at most 30,000,000 are simulated"
    assert f"snake and {len(PARTITIONERS) - 1} more: {few}" in call(*options)[1]
    _, data = call_json(*options)
    assert all(row["simulated_hz"] is None and row["not_simulated"] == few for row in data["mappings"])
    monkeypatch.setattr(f"{limits}.MOST_CONNECTIONS", 1)
    assert (
        "pairs of clusters with spikes between them; a throughput is guaranteed for 1 at most"
        in call(*options)[1]
    )


def test_the_longest_step_is_named_where_a_chip_has_a_barrier(call, script, write):
    lines = {}
    for sync in ("barrier", "async"):
        chip = write(CHIP + f'[synchronisation]\nsync = "{sync}"\n', "small.toml")
        code, out, _ = call("compile", script, "--chip", chip)
        assert code == 0
        lines[sync] = [line for line in out.splitlines() if line.startswith("longest step")]
    assert len(lines["barrier"]) == 1
    assert "all cells that fire in one tick, then the barrier" in lines["barrier"][0]
    assert not lines["async"]


def test_copies_of_tiles_raise_the_throughput(call, call_json, script, write, working_folder):
    layers = write(LAYERS, "layers.py")
    chip = write(CHIP.replace("[crossbar]", "[tile]\nread_cycles = 1000\n[crossbar]"), "slow.toml")
    options = (layers, "--chip", chip, "--duplicate", "2")
    code, data = call_json("compile", *options)
    assert code == 0
    found = data["duplicated"]
    assert found["before_hz"] == data["mappings"][0]["guaranteed_hz"] < found["guaranteed_hz"]
    assert found["guaranteed_hz"] <= found["simulated_hz"] * (1 + 1e-12)
    assert all(len(tiles) == 2 for tiles in found["copies_of_tile"].values())
    code, out, _ = call("compile", *options, "--out", "copied")
    assert "with copies" in out
    assert "with copies" in (working_folder / "copied" / "report.html").read_text()
    # what waits for its own spikes is not helped
    code, out, err = call("compile", script, "--chip", "mesh", "--duplicate", "2")
    assert (code, "with copies" in out) == (0, False)
    assert "no copy of a tile raises the throughput" in err


def test_a_shorter_iteration_comes_more_often(call, call_json, script, write):
    chip = write(CHIP, "small.toml")
    rates = [
        call_json("compile", script, "--chip", chip, *more)[1]["mappings"][0]["guaranteed_hz"]
        for more in ([], ["--iteration", "10"], ["--iteration", "60"])
    ]
    assert rates[1] > rates[0] == rates[2]
    code, _, err = call("compile", script, "--chip", chip, "--iteration", "61")
    assert code == 2
    assert "must be from a tick of 0.1 ms to the 60 ms that the script runs" in err


@pytest.mark.parametrize("cells", ["IF_curr_exp()", "SpikeSourceArray(spike_times=[1.0])"])
def test_networks_in_which_nothing_limits(call, write, cells):
    text = f"import pyNN.neurohw as sim\nsim.setup()\nsim.Population(3, sim.{cells})\nsim.run(5.0)\n"
    code, out, _ = call("compile", write(text, "few.py"), "--chip", "mesh", "--out", "few")
    assert code == 0
    assert ("no limit" in out) == ("IF" in cells)
