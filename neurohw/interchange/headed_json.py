"""Files of ours in JSON, whose first entry says what they hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TypeVar

from neurohw.errors import GraphError, SettingError
from neurohw.interchange.json_entry import Entry

T = TypeVar("T")


def content_of(path: str | PathLike[str]) -> bytes:
    """Return what a file holds.

    Raises
    ------
    GraphError
        For a file that is missing or unreadable.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise GraphError(f"{path}: cannot be read: {error.strerror}") from error


def made_of(
    path: str | PathLike[str], content: bytes, kind: str, format_: str, make: Callable[[Entry], T]
) -> T:
    """Return what ``make`` makes of the content of a file.

    Parameters
    ----------
    kind : of thing, for messages.
    format_ : that the file must name.

    Raises
    ------
    GraphError
        For what is no JSON, names another format, or is no such thing.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise GraphError(f"{path}: no {kind}, as it is no JSON: {error}") from error
    said = data.get("format") if isinstance(data, dict) else None
    if said != format_:
        raise GraphError(f"{path}: no {kind}: its format is {said!r}, {format_!r} is read")
    try:
        return make(Entry(data))
    except (ValueError, SettingError) as error:
        raise GraphError(f"{path}: no {kind}: {error}") from error
