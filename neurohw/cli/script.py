"""A PyNN script run in this process, under settings that win over its own."""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.outcome import note
from neurohw.errors import NeurohwError, SettingError

if TYPE_CHECKING:
    from neurohw.pynn.running.open_run import FinishedRun


class ScriptError(NeurohwError, RuntimeError):
    """A script that raised an error, or did not do what a command needs."""


def run_script(path: Path, arguments: Sequence[str], **overrides: Any) -> list[FinishedRun]:
    """Run a script as ``__main__`` and return its finished runs.

    Parameters
    ----------
    path : the script.
    arguments : its command line.
    overrides : chip, fidelity, backend, seed, threads; None leaves a setting to the script.

    Raises
    ------
    ScriptError
        When the script raises, exits with an error or never runs anything.
    SettingError
        When there is no such script.
    """
    check_script(path)
    from neurohw.pynn.overrides import collect_runs, override

    with override(**overrides), _as_main(path, arguments):
        _execute(path)
        runs = collect_runs()
    if not runs:
        raise ScriptError(
            f"{path}: the script ended without a run() of pyNN.neurohw. It should `import pyNN.neurohw as "
            f"sim` and call sim.run(ms); a script that takes the simulator's name as an argument needs it: "
            f"neurohw run {path} neurohw"
        )
    return runs


def check_script(path: Path) -> None:
    """Refuse what is no script.

    Raises
    ------
    SettingError
        With what the path is instead.
    """
    if not path.exists():
        raise SettingError(f"script {path}: no such file")
    if not path.is_file():
        raise SettingError(f"script {path}: a folder, not a Python script")


def _execute(path: Path) -> None:
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as error:
        if error.code not in (None, 0):
            raise ScriptError(f"{path}: the script ended with sys.exit({error.code!r})") from None
    except SyntaxError as error:
        raise ScriptError(f"{_place(path, error)}: {error.msg}") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a script may raise anything
        raise ScriptError(_describe(path, error)) from error


def _place(path: Path, error: SyntaxError) -> str:
    return f"{error.filename or path}, line {error.lineno}"


def _describe(path: Path, error: BaseException) -> str:
    """Return the error with the script's line; unless it is one of neurohw's, show the script's frames."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if _is_of_script(frame.filename, path)
    ]
    where = f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else str(path)
    if isinstance(error, NeurohwError):
        return f"{where}: {error}"
    if frames:
        note("".join(["Traceback (of the script):\n", *traceback.format_list(frames)]).rstrip())
    return f"{where}: {type(error).__name__}: {error}"


def _is_of_script(filename: str, script: Path) -> bool:
    if filename.startswith("<"):  # "<frozen runpy>"
        return False
    file = Path(filename)
    return file.resolve().is_relative_to(script.resolve().parent) and "site-packages" not in file.parts


@contextmanager
def _as_main(path: Path, arguments: Sequence[str]) -> Iterator[None]:
    """Give a script what ``python script.py`` would, and take back what it changed: arguments, path, folder."""
    argv, folders, working_folder = sys.argv, list(sys.path), Path.cwd()
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, str(path.resolve().parent))
    try:
        yield
    finally:
        sys.argv = argv
        sys.path[:] = folders
        os.chdir(working_folder)
