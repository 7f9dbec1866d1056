"""Files that are there completely or not at all: written under another name, then renamed.

What a long run is to write is checked before it: that it can be written, and that nothing that is read is lost.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from neurohw.errors import SettingError

Name = str | PathLike[str] | None


def check_written(written: Mapping[str, Name], read: Mapping[str, Name] | None = None) -> None:
    """Refuse files to write that cannot be, that are one and the same, or that would take the place of an input.

    Parameters
    ----------
    written, read : files by what names them in messages, such as an option; None where there is none.

    Raises
    ------
    SettingError
        For a file in a folder that is missing or cannot be written to, for what is there and is no file, and for a
        file that is read or written under another name, too.
    """
    others = {name: Path(path) for name, path in (read or {}).items() if path is not None}
    for name, path in written.items():
        if path is None:
            continue
        target = Path(path)
        _check_writable(name, target)
        for other, other_path in others.items():
            if _is_same(target, other_path):
                raise SettingError(
                    f"{name} {target} would be written over {other} {other_path}: give another name"
                )
        others[name] = target


def _check_writable(name: str, target: Path) -> None:
    folder = target.parent
    if target.exists() and not target.is_file():
        raise SettingError(
            f"{name}: cannot write {target}: it is {'a folder' if target.is_dir() else 'no file'}"
        )
    if not folder.is_dir():
        raise SettingError(f"{name}: cannot write {target}: there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingError(f"{name}: cannot write {target}: folder {folder} may not be written to")


def _is_same(first: Path, second: Path) -> bool:
    """Return whether two paths lead to one file, which need not be there."""
    if first.exists() and second.exists():
        return first.samefile(second)
    return first.resolve() == second.resolve()


@contextmanager
def replacing(path: str | PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside ``path``, which takes its place when the block ends without an error.

    Raises
    ------
    SettingError
        When the folder is missing or cannot be written to.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise SettingError(f"cannot write {target}: {error.strerror}") from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise SettingError(f"cannot write {target}: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | PathLike[str], text: str) -> None:
    """Write a text file in UTF-8, completely or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
