"""The runs of the benchmark, in turn, and what they found."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from benchmarks.vmm import per_cell
from benchmarks.vmm.peer import Peer, opened
from benchmarks.vmm.workloads import SHAPES, Workload, workload
from neurohw.backend import load_matrix
from neurohw.hardware.analog import AnalogUnit, load_unit

CELL_NOISE = 0.05  # relative; of the order of a memristive cell's read noise
CELL_BY_CELL_MACS = 2_000_000  # of a run that draws a number for each
PRODUCT, CHIP, CHIP_PATTERN, CHIP_CELLS, CELL_BY_CELL = (
    "float32 product",
    "chip, noise",
    "chip, noise and pattern",
    "chip, cell noise",
    "noise cell by cell",
)
TORCH, TILE = "torch float32 product", "aihwkit torch tile"


@dataclass
class Found:
    """What was measured of one workload."""

    name: str
    shape: tuple[int, int, int]  # vectors, rows, columns
    macs: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    statistics: dict[str, dict[str, float]] = field(default_factory=dict)

    def speeds(self, name: str) -> list[float]:
        """Return GMAC/s of each run."""
        return [self.macs[name] / seconds / 1e9 for seconds in self.seconds[name]]

    def gmacs(self, name: str) -> float:
        """Return the median of the speeds."""
        return median(self.speeds(name))

    def of_product(self, name: str) -> float:
        """Return the median share of the speed of the product in the same turn."""
        pairs = zip(self.speeds(name), self.speeds(PRODUCT), strict=True)
        return median(own / product for own, product in pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "name": self.name,
            "shape": self.shape,
            "gmacs": {name: self.gmacs(name) for name in self.seconds},
            "of_product": {name: self.of_product(name) for name in self.seconds},
            "seconds": self.seconds,
            "statistics": self.statistics,
        }


def run_all(repeats: int, aihwkit_python: str | None) -> list[Found]:
    """Measure every workload; a run that is not counted compiles and warms."""
    unit = load_unit("brainscales2")
    works = [workload(name) for name in SHAPES]
    with ExitStack() as stack:
        peer = stack.enter_context(opened(aihwkit_python, unit, works)) if aihwkit_python else None
        return [measure(unit, work, peer, repeats) for work in works]


def measure(unit: AnalogUnit, work: Workload, peer: Peer | None, repeats: int) -> Found:
    """Run everything in turn on one workload."""
    own = candidates(unit, work)
    found = Found(work.name, (*work.inputs.shape, work.weights.shape[1]))
    for name, (part, noisy, run) in own.items():
        found.macs[name], found.seconds[name] = part.macs, []
        codes = run()
        if noisy is not None:
            error = codes - noisy.gain * part.sums
            expected = part.variance(noisy)
            found.statistics[name] = {
                "mean": float(error.mean()),
                "variance": float(error.var()),
                "expected": expected,
            }
    asked = {TORCH: "product", TILE: "tile"} if peer else {}
    for name, task in asked.items():
        found.macs[name], found.seconds[name] = work.macs, []
        peer.ask(task, work.name)
    if peer:
        found.statistics[TILE] = {**peer.ask("statistics", work.name), "expected": work.variance(unit)}
    for _ in range(repeats):
        for name, (_, _, run) in own.items():
            found.seconds[name].append(timed(run))
        for name, task in asked.items():
            found.seconds[name].append(peer.ask(task, work.name)["seconds"])
    return found


def candidates(
    unit: AnalogUnit, work: Workload
) -> dict[str, tuple[Workload, AnalogUnit | None, Callable[[], Any]]]:
    """Return what runs in this process: on which vectors, as which unit (None: its results are not looked at)."""
    backend = load_matrix("analog")
    cells = unit.replace(cell_noise=CELL_NOISE)
    few = work.first(max(1, CELL_BY_CELL_MACS // work.weights.size))
    chip, uneven, cell_chip = backend.chip(unit), backend.chip(unit, 1), backend.chip(cells)
    rng = np.random.default_rng(1)
    return {
        PRODUCT: (work, None, lambda: work.inputs @ work.weights),
        CHIP: (work, unit, lambda: chip.multiply(work.inputs, work.weights)),
        CHIP_PATTERN: (work, None, lambda: uneven.multiply(work.inputs, work.weights)),
        CHIP_CELLS: (work, cells, lambda: cell_chip.multiply(work.inputs, work.weights)),
        CELL_BY_CELL: (few, cells, lambda: per_cell.multiply(cells, few.inputs, few.weights, rng)),
    }


def timed(run: Callable[[], Any]) -> float:
    """Return the seconds that a run takes of this thread."""
    started = time.thread_time()
    run()
    return time.thread_time() - started
