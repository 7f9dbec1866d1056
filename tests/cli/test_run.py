"""``neurohw run``: what it runs, prints and writes."""

import gzip
import json

import numpy as np
import pytest

from neurohw import backend
from neurohw.hardware import load_chip


def test_a_run_writes_its_folder(call, script, working_folder):
    code, out, err = call("run", script, "--out", "here", "--chip", "mesh", "one", "--two")
    assert code == 0
    assert "arguments: ['one', '--two']" in out
    assert "rate, cells" in out
    assert "event, mesh, fcfs" in out
    assert "results in here" in err
    folder = working_folder / "here"
    assert {path.name for path in folder.iterdir()} == {
        "chip.toml", "report.html", "report.json", "script.py", "spikes.npz", "versions.json",
    }  # fmt: skip
    assert load_chip(folder / "chip.toml") == load_chip("mesh")
    assert json.loads((folder / "report.json").read_text())["chip"] == "mesh"
    assert np.load(folder / "spikes.npz")["ids"].size > 0
    assert "neurohw run --chip mesh script.py -- one --two" in (folder / "report.html").read_text()


@pytest.mark.parametrize("command", ["run", "validate", "demo"])
@pytest.mark.parametrize("name", ["report.html", "report.json", "spikes-2.npz", "chip.toml"])
def test_a_file_of_others_in_the_folder_is_kept(call, script, write, working_folder, command, name):
    (working_folder / "mine").mkdir()
    write("mine", f"mine/{name}")
    code, _, err = call(command, *([] if command == "demo" else [script]), "--out", "mine")
    assert code == 2
    assert f"{name} is there, not from a run, and would be written over" in err
    assert [path.name for path in (working_folder / "mine").iterdir()] == [name]


def test_a_report_of_others_is_in_the_way_of_reports_only(call, script, write, working_folder):
    (working_folder / "mine").mkdir()
    write("mine", "mine/report.html")
    for _ in range(2):  # the second time, too, for which the folder is that of a run
        assert call("run", script, "--out", "mine", "--no-report")[0] == 0
    assert (working_folder / "mine" / "report.html").read_text() == "mine"


@pytest.mark.parametrize("option", ["--trace", "--messages"])
def test_packets_take_no_place_of_another_file_of_the_run(call, script, option):
    code, _, err = call("run", script, "--out", "here", option, "here/report.json")
    assert code == 2
    assert f"{option} here/report.json would be written over report.json of --out here/report.json" in err


def test_without_out_the_folder_is_named_after_the_script(call, script, working_folder):
    assert call("run", script, "--no-report")[0] == 0
    (folder,) = (working_folder / "neurohw-runs").iterdir()
    assert folder.name.startswith("script-")
    assert not (folder / "report.html").exists()


def test_json_is_one_object_and_the_script_prints_elsewhere(call, write, script, working_folder):
    noisy = (working_folder / script).read_text() + "import os\nos.system('echo from a child')\n"
    code, out, err = call("run", "--json", write(noisy, "noisy.py"), "x")
    data = json.loads(out)
    assert code == 0
    assert out.count("\n") == 1
    assert data["command"] == "run"
    assert "arguments: ['x']" in err
    assert "from a child" in err
    (run,) = data["runs"]
    assert run["spikes"] > 0
    assert run["report"]["populations"]["name"] == ["cells", "noise"]


def test_the_seed_decides(call_json, script):
    digests = [call_json("run", script, "--seed", seed)[1]["runs"][0]["spikes_digest"] for seed in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


def test_threads_change_no_spike(call_json, write, script, working_folder):
    text = (working_folder / script).read_text().replace("timestep=0.1", "timestep=0.1, threads=3")
    scripts = [(script,), (script, "--threads", 2), (write(text),)]
    digests = {call_json("run", *given)[1]["runs"][0]["spikes_digest"] for given in scripts}
    assert len(digests) == 1


def test_threads_that_a_script_s_chip_does_not_use_are_told_in_a_line(
    call, write, script, working_folder, caplog
):
    backend._log_one_thread.cache_clear()
    text = (working_folder / script).read_text().replace("timestep=0.1", 'timestep=0.1, chip="mesh"')
    code, _, _ = call("run", write(text), "--threads", 2, "--no-report")
    assert code == 0
    told = [message for message in caplog.messages if "thread" in message]
    assert told == [
        "threads = 2: one thread simulates: the interconnect of a chip (fidelity 'fcfs') is not shared"
    ]


def test_options_win_over_the_script(call_json, write, script, working_folder):
    text = (working_folder / script).read_text().replace("timestep=0.1", 'timestep=0.1, chip="mesh"')
    _, data = call_json("run", write(text), "--fidelity", "ideal")
    assert data["runs"][0]["report"]["fidelity"] == "ideal"


def test_every_reset_is_a_run_of_its_own(call_json, write, script, working_folder):
    text = (working_folder / script).read_text().replace("sim.end()", "sim.reset()\nsim.run(30.0)")
    code, data = call_json("run", write(text), "--out", "two")
    assert code == 0
    assert [run["report"]["biological_ms"] for run in data["runs"]] == [60.0, 30.0]
    assert (working_folder / "two" / "spikes-2.npz").exists()
    assert "1: event, ideal" in (working_folder / "two" / "report.html").read_text()


def test_a_script_finds_its_neighbours_and_leaves_no_trace(call, write, script, working_folder):
    import os
    import sys

    before = list(sys.path), list(sys.argv)
    (working_folder / "folder").mkdir()
    write("VALUE = 7\n", "folder/neighbour_of_the_script.py")
    text = (working_folder / script).read_text()
    text += "import os\nfrom neighbour_of_the_script import VALUE\nprint('value', VALUE, __name__)\nos.chdir('/')\n"
    code, out, _ = call("run", write(text, "folder/main.py"))
    assert code == 0
    assert "value 7 __main__" in out
    assert (list(sys.path), list(sys.argv)) == before
    assert os.getcwd() == str(working_folder)


def test_a_script_may_exit(call, write, script, working_folder):
    text = (working_folder / script).read_text() + "sys.exit(0)\n"
    assert call("run", write(text))[0] == 0


def test_packets_are_written_as_trace_and_table(call, script, working_folder):
    code, _, err = call(
        "run", script, "--chip", "mesh", "--trace", "out.json.gz", "--messages", "out.csv", "--out", "here"
    )
    assert code == 0
    assert "wrote out.json.gz" in err
    trace = json.loads(gzip.decompress((working_folder / "out.json.gz").read_bytes()))
    assert any(event["ph"] == "X" for event in trace["traceEvents"])
    head, *rows = (working_folder / "out.csv").read_text().splitlines()
    assert head.startswith("timestep,mid,src_neuron,src_hw,dest_hw,hops,spikes,")
    delivered = json.loads((working_folder / "here" / "report.json").read_text())["traffic"]["delivered"]
    assert len(rows) == delivered > 0


@pytest.mark.parametrize(
    ("trace", "why"), [("nowhere/out.json", "there is no folder nowhere"), (".", "a folder")]
)
def test_a_trace_that_cannot_be_written_is_refused_before_the_run(call, script, trace, why):
    code, out, err = call("run", script, "--chip", "mesh", "--trace", trace)
    assert code == 2
    assert why in err
    assert "arguments:" not in out


def test_a_run_without_packets_cannot_be_traced(call, script):
    code, _, err = call("run", script, "--messages", "out.csv")
    assert code == 2
    assert "without a chip there are no packets" in err
