"""Chips from TOML: presets that ship with the package, and files of the user.

A number stands plain, or as ``{ value = 3.0, unit = "pJ", kind = "published", source = "..." }``. A file with
``base = "mesh"`` gives only what differs from that preset. All mistakes of a file are reported at once.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Sequence
from itertools import takewhile
from os import PathLike
from pathlib import Path
from typing import Any

from neurohw.errors import ChipError, UnknownNameError, did_you_mean
from neurohw.hardware.chip import Chip
from neurohw.hardware.description import Description
from neurohw.hardware.quantities import shown

_PRESETS = Path(__file__).parent / "presets"
_LARGEST_FILE = 100_000  # bytes; a chip takes some 5,000


def load_chip(chip: Chip | str | PathLike[str]) -> Chip:
    """Return a chip by the name of a preset or the path of a TOML file; a ``Chip`` is returned as it is.

    A string that ends in ``.toml`` or holds a path separator is a path, any other the name of a preset.

    Raises
    ------
    UnknownNameError
        For a name that no preset has.
    ChipError
        For a file that is missing or unreadable, is no TOML, or describes no chip; every mistake is listed.
    """
    if isinstance(chip, Chip):
        return chip
    if isinstance(chip, PathLike):
        return _load_file(Path(chip))
    if not isinstance(chip, str):
        raise ChipError(
            f"a chip is the name of a preset, a path or a Chip, not {type(chip).__name__} {chip!r}"
        )
    return _load_file(Path(chip)) if is_path(chip) else _load_preset(chip)


def preset_names() -> list[str]:
    """Return the names of the chips that ship with the package."""
    return sorted(path.stem for path in _PRESETS.glob("*.toml"))


def chip_notes(chip: str | PathLike[str]) -> list[str]:
    """Return the paragraphs of the comment at the head of a chip file: what it describes, and what it does not.

    Parameters
    ----------
    chip : the name of a preset or the path of a TOML file, one that ``load_chip`` takes.
    """
    return notes_of(Path(chip) if isinstance(chip, PathLike) or is_path(chip) else _PRESETS / f"{chip}.toml")


def notes_of(path: Path) -> list[str]:
    """Return the paragraphs of the comment at the head of a file."""
    head = takewhile(lambda line: line.startswith("#"), path.read_text("utf-8").splitlines())
    text = "\n".join(line.removeprefix("#").strip() for line in head)
    return [paragraph.replace("\n", " ") for paragraph in text.split("\n\n") if paragraph]


def is_path(text: str) -> bool:
    """Return whether a text names a file, not a preset."""
    return text.endswith(".toml") or any(
        separator in text for separator in (os.sep, os.altsep, "/") if separator
    )


def _load_preset(name: str) -> Chip:
    if name not in preset_names():
        raise UnknownNameError.of("chip", name, preset_names())
    return _load_file(_PRESETS / f"{name}.toml")


def _load_file(path: Path) -> Chip:
    return read_file(path, preset_names(), Description, _based_on).chip(path.stem)


def _based_on(name: str, origin: str) -> Description:
    return Description.of(_load_preset(name), origin)


def read_file(
    path: Path,
    presets: Sequence[str],
    start: Callable[[str], Description],
    start_from: Callable[[str, str], Description],
) -> Description:
    """Return what a file describes, from nothing or from the preset that is its base.

    Parameters
    ----------
    presets : names that a base may have.
    start : makes the description of nothing; gets the source of the file's numbers.
    start_from : makes that of a preset; gets its name, too.

    Raises
    ------
    ChipError
        For a file that is missing or unreadable, or that has mistakes; every one is listed.
    """
    table = parse_file(path, presets)
    base = table.pop("base", None)
    origin = f"given in {path.name}"
    known_base = isinstance(base, str) and base in presets
    description = start_from(base, origin) if known_base else start(origin)
    if base is not None and not known_base:
        description.problems.append(_base_problem(base, presets))
    description.read(table, complete=known_base or base is None)
    if description.problems:
        raise ChipError(
            f"chip file {path}:\n" + "\n".join(f"  {problem}" for problem in description.problems)
        )
    return description


def _base_problem(base: Any, presets: Sequence[str]) -> str:
    hint = did_you_mean(base, presets) if isinstance(base, str) else ";"
    return f"base = {shown(base)} is not a preset{hint} known: {', '.join(presets)}"


def parse_file(path: Path, presets: Sequence[str]) -> dict[str, Any]:
    """Return the tables of a file that describes a chip.

    Parameters
    ----------
    presets : names that could have been meant.

    Raises
    ------
    ChipError
        For a file that is missing, unreadable, too large or no TOML.
    """
    if not path.exists():
        raise ChipError(
            f"chip file {path}: no such file; presets are named without a suffix: {', '.join(presets)}"
        )
    if not path.is_file():
        raise ChipError(f"chip file {path}: not a file")
    if path.stat().st_size > _LARGEST_FILE:
        raise ChipError(
            f"chip file {path}: {path.stat().st_size} bytes, a chip file has at most {_LARGEST_FILE}"
        )
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ChipError(f"chip file {path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ChipError(f"chip file {path}: byte {error.start} is not UTF-8 text") from error
    except RecursionError as error:
        raise ChipError(f"chip file {path}: nested too deeply") from error
    except ValueError as error:  # TOMLDecodeError, and a number of more digits than Python takes
        raise ChipError(f"chip file {path}: not TOML: {error}") from error
