"""XML files of strangers, read as plain elements with their line numbers: no document types, so no entities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from xml.parsers import expat

from neurohw.errors import GraphError

LARGEST_FILE = 20_000_000  # bytes; a graph of 10,000 channels takes some 3,000,000
DEEPEST = 50  # elements in each other


@dataclass(frozen=True)
class Element:
    """One element: its attributes, the elements in it and its place in the file."""

    tag: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[Element]:
        """Yield the elements of this name directly in this one."""
        return (child for child in self.children if child.tag == tag)

    def first(self, *path: str) -> Element | None:
        """Return the first element under a path of names, None if there is none."""
        found: Element | None = self
        for tag in path:
            found = next(found.all(tag), None) if found else None
        return found


def read_xml(path: str | PathLike[str]) -> Element:
    """Return the root element of an XML file; texts between elements are left out.

    Raises
    ------
    GraphError
        For a file that is missing, unreadable, too large, nested too deeply, not XML, or has a document type.
    """
    data = _bytes(Path(path))
    reader = _Reader(path)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise GraphError(f"{path}: line {error.lineno}: not XML: {expat.ErrorString(error.code)}") from error
    return reader.opened[0]


class _Reader:
    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = path
        self.opened: list[Element] = []  # the root and the elements that are not closed
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close

    def _doctype(self, *_: object) -> None:
        raise GraphError(
            f"{self.path}: line {self.parser.CurrentLineNumber}: document types (<!DOCTYPE ...>) are not read"
        )

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.opened) == DEEPEST:
            raise GraphError(f"{self.path}: line {line}: more than {DEEPEST} elements in each other")
        element = Element(tag, line, attributes)
        if self.opened:
            self.opened[-1].children.append(element)
        self.opened.append(element)

    def _close(self, _: str) -> None:
        if len(self.opened) > 1:
            self.opened.pop()


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise GraphError(f"{path}: not a file")
        if size > LARGEST_FILE:
            raise GraphError(f"{path}: {size:,} bytes, at most {LARGEST_FILE:,} are read")
        return path.read_bytes()
    except OSError as error:
        raise GraphError(f"{path}: cannot be read: {error.strerror}") from error
