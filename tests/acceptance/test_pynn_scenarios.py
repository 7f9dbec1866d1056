"""PyNN's own tests and examples on neurohw, from a copy of its source tree that ``PYNN_SRC`` names.

Nothing of PyNN is kept here: its tests run where they are, in a process of their own, with neurohw in the place of the
simulators that they name (``pynn_in_place.py``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

if "PYNN_SRC" not in os.environ:
    pytest.skip("PYNN_SRC names no copy of PyNN's source tree", allow_module_level=True)

PYNN_SRC = Path(os.environ["PYNN_SRC"]).resolve()
ROOT = Path(__file__).parents[2]

# cells with compartments, which no chip here has; skipped by PyNN where it finds no reader of morphologies
COMPARTMENTS = {"test_mc", "test_scenario5"}
# the mock makes spikes up where nothing fires
EXPECTED_FAILURES = {
    "AssemblyTest.test_mean_spike_count",
    "PopulationTest.test_get_spike_counts",
    "PopulationTest.test_get_spikes_with_gather",
    "PopulationTest.test_mean_spike_count",
    "PopulationViewTest.test_get_data_with_gather",
    "PopulationViewTest.test_get_spike_counts",
    "PopulationViewTest.test_mean_spike_count",
}
OTHER_SIMULATORS = ("test_arbor", "test_brian", "test_nest", "test_neuron")

# those for cells of one compartment, without packages or languages of their own
EXAMPLES = [
    "HH_cond_exp2",
    "Izhikevich",
    "StepCurrentSource",
    "VAbenchmarks CUBA",
    "VAbenchmarks COBA",
    "brunel",
    "cell_type_demonstration",
    "connections",
    "current_injection",
    "gif_neuron",
    "inhomogeneous_network",
    "monolith_vs_composed",
    "multi_synapse",
    "parameter_changes",
    "random_distributions",
    "random_numbers",
    "simpleRandomNetwork",
    "simple_STDP",
    "small_network",
    "specific_network",
    "stdp_network",
    "stochastic_deterministic_comparison",
    "stochastic_synapses",
    "stochastic_tsodyksmarkram",
    "synaptic_input",
    "tsodyksmarkram",
    "update_spike_source_array",
    "varying_poisson",
]


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in ``folder``, where it finds neurohw and writes no byte code next to PyNN's sources."""
    (folder / "Results").mkdir()
    path = os.pathsep.join([str(ROOT), str(ROOT / "backends"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path, "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def outcomes(folder: Path, tests: Path, *options: str) -> dict[str, str]:
    """Run tests of PyNN; return what became of each: ``passed``, ``failure``, ``error`` or ``skipped``."""
    report = folder / "report.xml"
    plugins = ("-p", "no:cacheprovider", "-p", "tests.acceptance.pynn_in_place")
    alone = ("-c", os.devnull, "--rootdir", str(folder))
    done = python(folder, "-m", "pytest", *alone, *plugins, f"--junit-xml={report}", *options, str(tests))
    assert report.exists(), done.stdout + done.stderr
    cases = ElementTree.parse(report).iter("testcase")
    return {f"{case.get('classname')}.{case.get('name')}": _outcome(case) for case in cases}


def _outcome(case: ElementTree.Element) -> str:
    return next((child.tag for child in case if child.tag in ("failure", "error", "skipped")), "passed")


def test_all_scenarios_of_point_neurons_pass(tmp_path: Path) -> None:
    found = outcomes(tmp_path, PYNN_SRC / "test" / "system" / "scenarios")
    of_points = {name: what for name, what in found.items() if name.split(".")[-2] not in COMPARTMENTS}
    assert len(of_points) >= 67
    assert {name: what for name, what in of_points.items() if what != "passed"} == {}


def test_unit_tests_pass_but_for_what_only_a_mock_does(tmp_path: Path) -> None:
    tests = PYNN_SRC / "test" / "unittests"
    ignored = [f"--ignore={tests / name}.py" for name in OTHER_SIMULATORS]
    found = outcomes(tmp_path, tests, *ignored)
    failures = {
        ".".join(name.split(".")[-2:]) for name, what in found.items() if what not in ("passed", "skipped")
    }
    assert failures == EXPECTED_FAILURES
    assert list(found.values()).count("passed") >= 440


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_runs_to_its_end(tmp_path: Path, example: str) -> None:
    name, *arguments = example.split()
    done = python(tmp_path, str(PYNN_SRC / "examples" / f"{name}.py"), "neurohw", *arguments)
    assert done.returncode == 0, done.stderr
