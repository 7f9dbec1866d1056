"""What a command leaves: an exit code, a text for people and an object for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from neurohw.progress import VARIABLE

DONE, DID_NOT_HOLD, BAD_INPUT = 0, 1, 2


@dataclass(frozen=True)
class Outcome:
    """Exit code, JSON object and text of a finished command."""

    code: int
    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""


def emit(outcome: Outcome, as_json: bool) -> None:
    """Print the object or the text on stdout; a reader that has gone away (``| head``) is no error."""
    from neurohw.analysis.plain import to_json

    text = to_json(outcome.data) if as_json else outcome.text
    try:
        if text:
            print(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit, and would complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(message: str) -> None:
    """Print a message on stderr."""
    print(message, file=sys.stderr, flush=True)


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Send everything written to stdout to stderr instead, also by compiled code and child processes."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


@contextmanager
def without_empty_folder(folder: Path | None) -> Iterator[None]:
    """Take a folder away again that the block has made and left empty by an error."""
    was_there = folder is None or folder.exists()
    try:
        yield
    except BaseException:
        if folder is not None and not was_there and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        raise


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return columns of text, the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    lines = [_line(headings, widths), "  ".join("-" * width for width in widths)]
    return "\n".join([*lines, *(_line(row, widths) for row in rows)])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = row
    cells = [
        first.ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)),
    ]
    return "  ".join(cells).rstrip()


@contextmanager
def timed(label: str) -> Iterator[None]:
    """Say on stderr what begins, and how long it took."""
    note(f"{label} ...")
    started = perf_counter()
    yield
    note(f"{label}: {perf_counter() - started:.1f} s")


@contextmanager
def showing_progress() -> Iterator[None]:
    """Ask simulations for progress bars although stderr may be no terminal."""
    with _progress("1"):
        yield


@contextmanager
def silent_progress() -> Iterator[None]:
    """Show no progress bars, unless the environment asks for them."""
    with _progress(os.environ.get(VARIABLE, "0")):
        yield


@contextmanager
def _progress(value: str) -> Iterator[None]:
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = value
    try:
        yield
    finally:
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before
