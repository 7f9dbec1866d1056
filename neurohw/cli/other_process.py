"""A run of a script in a process of its own, beside this one: the reference need not wait for the chip."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.script import ScriptError

if TYPE_CHECKING:
    from neurohw.analysis.recording import Recording

LAST_LINES = 5  # of a failed process's messages


@dataclass(frozen=True)
class OtherProcess:
    """A run in progress elsewhere; ``recordings`` waits for it."""

    backend: str
    process: subprocess.Popen[str]
    folder: Path
    messages: Path

    def recordings(self) -> list[Recording]:
        """Wait for the run to end and return what it recorded.

        Raises
        ------
        ScriptError
            When it failed, with its message.
        """
        from neurohw.analysis.run_folder import read_recording

        output, _ = self.process.communicate()
        answer = _parse(output)
        if self.process.returncode or answer is None:
            raise ScriptError(f"on backend {self.backend!r}: {self._reason(answer)}")
        n_runs = len(answer["runs"])
        suffixes = [""] if n_runs == 1 else [f"-{index}" for index in range(1, n_runs + 1)]
        return [
            read_recording(self.folder / f"spikes{suffix}.npz", self.folder / f"report{suffix}.json")
            for suffix in suffixes
        ]

    def _reason(self, answer: dict[str, Any] | None) -> str:
        if answer is not None and "error" in answer:
            return str(answer["error"])
        tail = self.messages.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join([f"the process ended with code {self.process.returncode}", *tail])


@contextmanager
def running_elsewhere(
    script: Path, arguments: Sequence[str], *, backend: str, seed: int | None
) -> Iterator[OtherProcess]:
    """Start a script at fidelity ``ideal`` in another process, which ends with the block at the latest."""
    with tempfile.TemporaryDirectory(prefix="neurohw-") as name:
        folder = Path(name)
        options = ["--backend", backend, "--fidelity", "ideal", "--out", name, "--no-report", "--json"]
        options += [] if seed is None else ["--seed", str(seed)]
        command = [sys.executable, "-m", "neurohw", "run", *options, str(script), "--", *arguments]
        environment = {**os.environ, "NEUROHW_PROGRESS": "0"}
        messages = folder / "messages.txt"
        with messages.open("w") as stderr:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment
            )
        try:
            yield OtherProcess(backend, process, folder, messages)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _parse(output: str) -> dict[str, Any] | None:
    try:
        answer = json.loads(output)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
