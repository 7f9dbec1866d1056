"""The simulators that take part: how each is started, and whether it is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
OWN, LIMIT, THREADS = "neurohw", "limit", "neurohw-threads"
N_THREADS = 2
PEERS = {"brian2": "brian2_side", "brian2-float32": "brian2_side", "nest": "nest_side", "genn": "genn_side"}
MODULES = {
    "brian2": "brian2",
    "brian2-float32": "brian2",
    "nest": "nest",
    "genn": "pygenn",
    THREADS: "neurohw",
}
COMPILED = ("brian2", "brian2-float32")  # to a program, before they run
BY_COMPILER = (*COMPILED, "genn")
ELSEWHERE = {
    "sanafe": "simulates chips, and its delays reach no neuron; see python -m benchmarks.sanafe",
}


@dataclass(frozen=True)
class Side:
    """Commands of one simulator for one workload; ``prepare`` is empty where nothing is to be compiled."""

    name: str
    prepare: tuple[str, ...]
    run: tuple[str, ...]


def own_sides(workload: str, seconds: float, has_limit: bool) -> list[Side]:
    """Return neurohw and the limit of the machine."""
    sides = [_own_side(OWN, "neurohw_side", workload, seconds)]
    return [*sides, _own_side(LIMIT, "limits", workload, seconds)] if has_limit else sides


def threads_side(workload: str, seconds: float) -> Side:
    """Return neurohw with several threads."""
    return _own_side(THREADS, "neurohw_side", workload, seconds, str(N_THREADS))


def _own_side(name: str, module: str, workload: str, seconds: float, *rest: str) -> Side:
    return Side(name, (), (*started(sys.executable, module), "run", workload, str(seconds), *rest))


def peer_side(name: str, python: str, file: Path, folder: Path, seconds: float) -> Side:
    """Return a peer that reads the network from ``file`` and may keep its program in ``folder``."""
    command = started(python, PEERS[name])
    if name not in COMPILED:
        return Side(name, (), (*command, "run", str(file), str(seconds)))
    float_type = ("float32",) if name.endswith("float32") else ()
    prepare = (*command, "prepare", str(file), str(folder), str(seconds), *float_type)
    return Side(name, prepare, (*command, "run", str(folder)))


def started(python: str, module: str) -> tuple[str, ...]:
    """Return the command that starts a module of this package."""
    return (python, "-m", f"{__package__}.{module}")


def environment() -> dict[str, str]:
    """Return what every process gets: this package on its path, and one thread if it is not told otherwise."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)}


def missing(pythons: Mapping[str, str]) -> dict[str, str]:
    """Return those peers that cannot run, and why."""
    found = {}
    for name, python in pythons.items():
        if name in ELSEWHERE:
            found[name] = ELSEWHERE[name]
        elif name in BY_COMPILER and shutil.which("g++") is None:
            found[name] = "needs g++"
        elif shutil.which(python) is None:
            found[name] = f"no interpreter {python}"
        elif subprocess.run([python, "-c", f"import {MODULES[name]}"], capture_output=True).returncode:
            found[name] = f"{python} has no {MODULES[name]}"
    return found
