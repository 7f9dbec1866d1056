"""``neurohw validate`` and ``neurohw demo``: agreement with the reference, and its exit codes."""

import json

from neurohw.cli import demo


def test_the_event_backend_agrees_with_brian2(call, script, working_folder):
    code, out, _ = call("validate", script, "--out", "out")
    assert code == 0
    assert "identical: all" in out
    assert "tolerance: identical, or" in out
    assert out.strip().endswith("holds")
    page = (working_folder / "out" / "report.html").read_text()
    assert "neurohw validate --against brian2 script.py" in page
    assert "are identical" in page


def test_a_chip_that_loses_its_spikes_does_not_hold(call_json, write, script):
    chip = write(
        'base = "mesh"\n[interconnect]\nlink_bandwidth = 0.2\nhop_cycles = 100000\n[crossbar]\ncolumns = 1\n',
        "slow.toml",
    )
    code, data = call_json("validate", script, "--chip", chip)
    assert code == 1
    assert not data["holds"]
    (agreement,) = data["agreements"].values()
    assert not agreement["identical"]
    assert agreement["first_divergence"]["tick"] > 0
    assert any("mean rate" in miss for misses in data["misses"].values() for miss in misses)


def test_a_backend_agrees_with_itself(call_json, script):
    code, data = call_json("validate", script, "--against", "event", "--seed", 3)
    assert (code, data["holds"], data["against"]) == (0, True, "event")


def test_without_recorded_spikes_there_is_nothing_to_compare(call, write, script, working_folder):
    text = (working_folder / script).read_text().replace('cells.record("spikes")', 'cells.record("v")')
    code, _, err = call("validate", write(text), "--against", "event")
    assert code == 2
    assert "records no spikes" in err


def test_an_unseeded_network_is_noted(call, write, script, working_folder):
    text = (working_folder / script).read_text().replace("NumpyRNG(seed=4)", "NumpyRNG()")
    _, _, err = call("validate", write(text), "--against", "event")
    assert "built different networks" in err


def test_a_script_that_fails_on_the_reference_alone_is_an_error(call, write, script, working_folder):
    text = (working_folder / script).read_text()
    text = text.replace(
        "sim.run(60.0)", "sim.run(60.0)\nif sim.simulator.state.settings.fidelity == 'ideal': 1 / 0"
    )
    code, _, err = call("validate", write(text), "--chip", "mesh", "--against", "event")
    assert code == 2
    assert "on backend 'event': " in err
    assert "ZeroDivisionError" in err


def test_runs_of_other_lengths_are_refused(call, write, script, working_folder):
    text = (working_folder / script).read_text()
    text = text.replace(
        "sim.run(60.0)", "sim.run(30.0 if sim.simulator.state.settings.fidelity == 'ideal' else 60.0)"
    )
    code, _, err = call("validate", write(text), "--chip", "mesh", "--against", "event")
    assert code == 2
    assert "duration" in err


def test_the_demo_in_small(call, working_folder):
    code, out, err = call("demo", "--neurons", 400, "--duration", 80, "--out", "out", "--json")
    data = json.loads(out)
    assert code == 0
    assert data["holds"]
    assert data["agreements"]["ideal"]["identical"]
    as_it_is, *changed = data["effects"].values()
    assert as_it_is["share_identical"] > min(effect["share_identical"] for effect in changed)
    on_chip = data["runs"][1]["report"]
    traffic = on_chip["traffic"]
    assert traffic["sent"] == traffic["delivered"] + traffic["dropped"] + traffic["in_flight"]
    assert on_chip["latency"]["max"] > 0
    for label in ("[1/3] ideal", "[2/3] mesh, fcfs", "[3/3] reference (brian2)"):
        assert label in err
    names = {path.name for path in (working_folder / "out").iterdir()}
    assert {"report.html", "chip.toml", "versions.json", "spikes-3.npz", "vogels_abbott.py"} <= names
    page = (working_folder / "out" / "report.html").read_text()
    for part in (
        "Vogels-Abbott CUBA: 400 neurons",
        "What the chip does to the network",
        "with hop_cycles = ",
    ):
        assert part in page


def test_the_demo_on_a_chip_of_one_tile(call, working_folder):
    code, _, err = call("demo", "--chip", "odin", "--neurons", 100, "--duration", 20, "--out", "out")
    assert code == 0, err
    assert (working_folder / "out" / "report.html").exists()


def test_the_demo_is_an_ordinary_script():
    text = demo.SCRIPT.read_text()
    assert "import pyNN.neurohw as sim" in text
    assert "neurohw." not in text.replace("pyNN.neurohw", "")
