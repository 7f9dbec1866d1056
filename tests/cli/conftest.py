"""Scripts and a way to call the command line in this process."""

import json

import pytest

from neurohw.cli import main

SCRIPT = """
import sys
from pyNN.random import NumpyRNG
import pyNN.neurohw as sim

sim.setup(timestep=0.1)
cells = sim.Population(12, sim.IF_curr_exp(i_offset=0.9, tau_refrac=2.0), label="cells")
noise = sim.Population(6, sim.SpikeSourcePoisson(rate=120.0), label="noise")
rng = NumpyRNG(seed=4)
sim.Projection(noise, cells, sim.FixedProbabilityConnector(0.5, rng=rng), sim.StaticSynapse(weight=0.8, delay=0.5))
sim.Projection(cells, cells, sim.FixedProbabilityConnector(0.3, rng=rng), sim.StaticSynapse(weight=0.3, delay=0.2))
RECORD
sim.run(60.0)
print("arguments:", sys.argv[1:])
sim.end()
"""


@pytest.fixture(autouse=True)
def working_folder(tmp_path, monkeypatch):
    """Keep run folders out of the tree."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(working_folder):
    """Return a function that writes a script and returns its name."""

    def write_script(text, name="script.py"):
        (working_folder / name).write_text(text)
        return name

    return write_script


@pytest.fixture
def script(write):
    """A small network on any backend, its neurons recorded."""
    return write(SCRIPT.replace("RECORD", 'cells.record("spikes")'))


@pytest.fixture
def call(capfd):
    """Return a function that runs the command line: (exit code, stdout, stderr)."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def call_json(call):
    """Return a function that runs the command line with --json: (exit code, object)."""

    def run(*arguments):
        code, out, _ = call(*arguments, "--json")
        return code, json.loads(out)

    return run
