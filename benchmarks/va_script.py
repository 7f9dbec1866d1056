"""PyNN's own script of the Vogels-Abbott benchmark, VAbenchmarks.py CUBA, on neurohw and on NEST.

    PYNN_SRC=/path/to/PyNN python -m benchmarks.va_script [--nest-python python] [--repeats 3] [--json]

Runs the script as it is, in turn on both, each time in a fresh process. PYNN_SRC is a copy of PyNN's source tree, of
the version that is installed; ``--nest-python`` an interpreter whose PyNN finds NEST, which may be this one. "Script"
is what the script itself measures: building, running and writing, after the simulator is set up. "Process" is all,
the start of Python and all imports with it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 10.0  # times faster than NEST
PHASES = ("Build", "Simulation", "Writing")
Times = dict[str, float]  # by phase, in s


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nest-python", default=sys.executable)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if "PYNN_SRC" not in os.environ:
        parser.error("PYNN_SRC must name a copy of PyNN's source tree")
    script = Path(os.environ["PYNN_SRC"]).resolve() / "examples" / "VAbenchmarks.py"

    pythons = {"neurohw": sys.executable, "nest": options.nest_python}
    runs: dict[str, list[Times]] = {name: [] for name in pythons}
    for name in [*pythons] * (options.repeats + 1):
        runs[name].append(run_script(pythons[name], script, name))
    median = {
        name: {phase: statistics.median(run[phase] for run in taken[1:]) for phase in taken[0]}
        for name, taken in runs.items()
    }
    show(options, median)


def run_script(python: str, script: Path, simulator: str) -> Times:
    """Return the times that the script prints, their sum, and the time of the process, in s."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Results").mkdir()
        started = time.perf_counter()
        done = subprocess.run(
            [python, str(script), simulator, "CUBA"], cwd=folder, capture_output=True, text=True, check=False
        )
        process_s = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{script} {simulator}, run by {python}, failed:\n{done.stderr}")
    found = {phase: re.search(rf"{phase} time +: ([\d.e-]+) s", done.stdout) for phase in PHASES}
    times = {phase: float(match[1]) for phase, match in found.items() if match}
    return {**times, "Script": sum(times.values()), "Process": process_s}


def show(options: argparse.Namespace, median: dict[str, Times]) -> None:
    """Print what was measured."""
    ratios = {phase: seconds / median["neurohw"][phase] for phase, seconds in median["nest"].items()}
    if options.json:
        print(json.dumps({"goal": GOAL, "median_s": median, "nest_over_neurohw": ratios}))
        return
    print(f"VAbenchmarks.py CUBA, seconds, median of {options.repeats} runs in turn after a first one\n")
    print(f"{'':12s}{'neurohw':>10s}{'nest':>10s}{'ratio':>8s}")
    for phase, ratio in ratios.items():
        print(f"{phase:12s}{median['neurohw'][phase]:10.3f}{median['nest'][phase]:10.3f}{ratio:8.1f}")
    verdict = "reached" if ratios["Script"] >= GOAL else "not reached"
    print(f"\nthe script is to be {GOAL:g} times faster than on NEST: {verdict}")


if __name__ == "__main__":
    main()
