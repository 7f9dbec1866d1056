"""aihwkit in a process of its own, asked for one run at a time."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from benchmarks.vmm.workloads import Workload
from neurohw.hardware.analog import AnalogUnit

SIDE = Path(__file__).with_name("aihwkit_side.py")


class Peer:
    """The other process; it ends when its input is closed."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions, self._answers = questions, answers

    def ask(self, task: str, name: str) -> dict[str, float]:
        """Return what a run on the other side gives."""
        self._questions.write(f"{task} {name}\n")
        self._questions.flush()
        answer: dict[str, float] = json.loads(self._answers.readline())
        return answer


@contextmanager
def opened(python: str, unit: AnalogUnit, workloads: Sequence[Workload]) -> Iterator[Peer]:
    """Start the other interpreter with the same operands."""
    arrays = {
        f"{work.name}/{part}": getattr(work, part) for work in workloads for part in ("inputs", "weights")
    }
    numbers = {name: getattr(unit, name) for name in ("rows", "columns", "gain", "noise")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "workloads.npz")
        np.savez(path, **arrays, **numbers)
        with subprocess.Popen(
            (python, "-P", str(SIDE), str(path)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            yield Peer(process.stdin, process.stdout)
            process.stdin.close()
