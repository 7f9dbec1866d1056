"""The runs of one workload: each in a process of its own, all simulators in turn."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.sides import (
    LIMIT,
    OWN,
    THREADS,
    environment,
    own_sides,
    peer_side,
    started,
    threads_side,
)
from benchmarks.speed.workloads import ALL


@dataclass(frozen=True)
class Measured:
    """What was found of one workload; runs by simulator, the limit among them."""

    workload: str
    cells: int
    synapses: int
    runs: Mapping[str, list[dict[str, Any]]]
    compile_s: Mapping[str, float]

    @property
    def simulators(self) -> list[str]:
        """All that simulated, neurohw first."""
        return [name for name in self.runs if name != LIMIT]

    @property
    def peers(self) -> list[str]:
        """All simulators but neurohw."""
        return [name for name in self.simulators if name not in (OWN, THREADS)]

    @property
    def seconds(self) -> float:
        """How long the network ran, simulated time."""
        return ALL[self.workload].seconds

    def median(self, name: str, key: str = "") -> float:
        """Return the median over the runs of a simulator, of their seconds where no ``key`` is given."""
        return statistics.median(run[key or time_key(name)] for run in self.runs[name])

    def best_s(self, name: str) -> float:
        """Return the shortest run."""
        return min(run[time_key(name)] for run in self.runs[name])

    def build_s(self, name: str) -> float:
        """Return the seconds before a run, those of a compiler included."""
        return self.compile_s.get(name) or self.median(name, "build_s")

    def ratio(self, name: str) -> float:
        """Return how many times longer a peer takes than neurohw."""
        return self.median(name) / self.median(OWN)

    def ns_per_event(self, name: str) -> float:
        """Return nanoseconds per synaptic event of neurohw's run."""
        return 1e9 * self.median(name) / self.median(OWN, "events")

    def rate_hz(self, name: str) -> float:
        """Return the mean rate of all recorded cells."""
        return self.median(name, "spikes") / self.cells / self.seconds

    def agrees(self, name: str) -> bool:
        """True when the rate is neurohw's."""
        return rates_agree(self.rate_hz(name), self.rate_hz(OWN), ALL[self.workload].rates_agree)

    @property
    def has_limit(self) -> bool:
        """Whether the limit was measured."""
        return LIMIT in self.runs

    @property
    def limit_s(self) -> float:
        """Seconds of the limit: delivery and update."""
        return self.median(LIMIT, "deliver_s") + self.median(LIMIT, "update_s")

    @property
    def over_limit(self) -> float:
        """How many times the limit neurohw takes."""
        return self.median(OWN) / self.limit_s

    @property
    def drives_s(self) -> float:
        """Seconds of the limit's Poisson drives, which ``limit_s`` leaves out."""
        return self.median(LIMIT, "drives_s")

    @property
    def over_limit_with_drives(self) -> float:
        """How many times the limit neurohw takes when Poisson drives count as work that nobody can leave out."""
        return self.median(OWN) / (self.limit_s + self.drives_s)

    @property
    def bytes_per_synapse(self) -> float:
        """Memory of neurohw's synapses."""
        return self.median(OWN, "synapse_bytes") / self.synapses


def time_key(name: str) -> str:
    """Return which of the times counts: of the processor, or on the wall where threads share the work."""
    return "wall_s" if name == THREADS else "cpu_s"


def rates_agree(rate_hz: float, own_hz: float, within: float = 0.03) -> bool:
    """True when two mean rates differ by no more than a part of the second."""
    return abs(rate_hz - own_hz) <= within * own_hz


def measure(workload: str, pythons: Mapping[str, str], repeats: int) -> Measured:
    """Compile what needs compiling, then take all simulators in turn; a first turn of neurohw is not counted."""
    seconds = ALL[workload].seconds
    sides = own_sides(workload, seconds, ALL[workload].has_limit)
    n_own = len(sides)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "network.npz")
        sizes = printed(*started(pythons[OWN], "neurohw_side"), "write", workload, str(file))
        for peer, python in pythons.items():
            if peer == THREADS:
                sides.append(threads_side(workload, seconds))
            elif peer != OWN:
                sides.append(peer_side(peer, python, file, Path(name, peer), seconds))
        compile_s = {side.name: printed(*side.prepare)["build_s"] for side in sides if side.prepare}
        for side in sides[:n_own]:
            printed(*side.run)
        runs: dict[str, list[dict[str, Any]]] = {side.name: [] for side in sides}
        for side in sides * repeats:
            runs[side.name].append(printed(*side.run))
    return Measured(workload, sizes["cells"], sizes["synapses"], runs, compile_s)


def printed(*command: str) -> dict[str, Any]:
    """Run a command and return the JSON object in the last line that it prints."""
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
