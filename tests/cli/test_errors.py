"""Bad input: exit code 2, one message that names what is wrong, no traceback from the depths."""

import re

import pytest

SETUP = "import pyNN.neurohw as sim\nsim.setup(timestep=0.1)\n"
CELLS = SETUP + "cells = sim.Population(9, sim.IF_curr_exp())\n"
CONNECT = CELLS + "sim.Projection(cells, cells, sim.AllToAllConnector(), sim.StaticSynapse({}))\n"

SCRIPTS = {
    "below the timestep": (CONNECT.format("delay=0.05"), r"script\.py, line 4: .*0\.05.*timestep"),
    "negative delay": (CONNECT.format("delay=-1.0"), r"script\.py, line 4: .*-1"),
    "NaN weight": (CONNECT.format("weight=float('nan')") + "sim.run(1.0)\n", r"script\.py, line \d: .*nan"),
    "unknown chip": (
        SETUP.replace("0.1", "0.1, chip='mehs'"),
        r"line 2: unknown chip 'mehs'; did you mean 'mesh'",
    ),
    "unsupported model": (SETUP + "sim.ElectricalSynapse()\n", r"line 3: .*ElectricalSynapse"),
    "too large": (
        SETUP.replace("0.1", "0.1, chip='mesh'")
        + "sim.Population(90000, sim.IF_curr_exp()).record('spikes')\nsim.run(1.0)\n",
        r"line 4: .*tiles",
    ),
    "syntax": ("def f(:\n", r"script\.py, line 1: invalid syntax"),
    "exit": ("import sys\nsys.exit(3)\n", r"sys\.exit\(3\)"),
    "never runs": ("print(1)\n", r"without a run\(\) of pyNN\.neurohw"),
    "raises": (
        "def f(x):\n    return 1 / x\nf(0)\n",
        r"script\.py, line 2: ZeroDivisionError: division by zero",
    ),
}


@pytest.mark.parametrize("case", SCRIPTS)
def test_scripts(call, write, case):
    text, message = SCRIPTS[case]
    code, _, err = call("run", write(text))
    assert code == 2
    assert "Traceback (most recent call last)" not in err
    *_, last = err.strip().splitlines()
    assert last.startswith("neurohw: ")
    assert re.search(message, last), last


def test_a_script_that_raises_shows_its_own_frames_only(call, write):
    _, _, err = call("run", write("import json\ndef f(x):\n    return json.loads(x)\nf('{')\n"))
    files = [line for line in err.splitlines() if line.lstrip().startswith("File ")]
    assert len(files) == 2
    assert all("script.py" in line for line in files)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "required: COMMAND"),
        ("runn", "invalid choice: 'runn'"),
        ("run", "required: SCRIPT"),
        ("run nothere.py", "script nothere.py: no such file"),
        ("run .", "script .: a folder"),
        ("run --bogus script.py", "unrecognized arguments: --bogus"),
        ("run script.py --seed x", "invalid int value: 'x'"),
        ("run script.py --seed -5", "seed = -5"),
        ("run script.py --backend", "--backend: expected one argument"),
        ("run script.py --chip mehs", "unknown chip 'mehs'; did you mean 'mesh'"),
        ("run script.py --chip nothere.toml", "nothere.toml: no such file"),
        ("run script.py --backend evnt", "unknown backend 'evnt'; did you mean 'event'"),
        ("run script.py --fidelity fast", "unknown fidelity 'fast'"),
        ("run script.py --out script.py", "cannot create the run folder script.py"),
        ("validate script.py --against bryan2", "unknown backend 'bryan2'; did you mean 'brian2'"),
        ("chips mehs", "unknown chip 'mehs'"),
        ("demo --chip mehs", "unknown chip 'mehs'"),
        ("demo --neurons few", "'few' must be a whole number above 0"),
        ("demo --neurons -5", "'-5' must be a whole number above 0"),
        ("demo --duration nan", "'nan' must be a number of ms above 0"),
    ],
)
def test_arguments(call, script, arguments, message):
    code, out, err = call(*arguments.split())
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


def test_with_json_the_error_is_an_object(call_json):
    code, data = call_json("run", "nothere.py")
    assert code == 2
    assert data == {"error": "script nothere.py: no such file"}


def test_all_mistakes_of_a_chip_file_are_listed(call, script, write):
    chip = write('base = "mesh"\n[interconnect]\nhop_cycle = 3\nwidth = 0\n', "chip.toml")
    code, _, err = call("run", script, "--chip", chip)
    assert code == 2
    assert "hop_cycle" in err
    assert "did you mean 'hop_cycles'" in err
    assert "width" in err
