"""Attributes of XML elements as texts and exact numbers; a mistake is named with its file, line, element and value."""

from __future__ import annotations

import re
from fractions import Fraction
from os import PathLike

from neurohw.errors import GraphError
from neurohw.hardware.quantities import shown
from neurohw.interchange.xml_file import Element, read_xml

MOST_DIGITS = 18  # of a whole number, so that it fits 64 bits, and of each part of a fraction
LONGEST_NAME = 500  # characters
_DIGITS = f"[0-9]{{1,{MOST_DIGITS}}}"
_COUNT = re.compile(_DIGITS)
_AMOUNT = re.compile(rf"{_DIGITS}(\.{_DIGITS}|/{_DIGITS})?")


class XmlFile:
    """An XML file that is being read."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = path
        self.root = read_xml(path)

    def error(self, element: Element, problem: str) -> GraphError:
        """Return an error that names the file, the line and the element."""
        name = element.attributes.get("name")
        tag = element.tag if name is None else f"{element.tag} name={shown(name)}"
        return GraphError(f"{self.path}: line {element.line}: <{tag}>: {problem}")

    def part(self, element: Element, tag: str) -> Element:
        """Return the first element of a name in another.

        Raises
        ------
        GraphError
            Where there is none.
        """
        found = element.first(tag)
        if found is None:
            raise self.error(element, f"it has no <{tag}>")
        return found

    def text(self, element: Element, name: str) -> str:
        """Return an attribute that may be any line of text.

        Raises
        ------
        GraphError
            Where it is missing, empty, too long or not printable.
        """
        value = element.attributes.get(name)
        if value is None:
            raise self.error(element, f"it has no {name}")
        if not value or len(value) > LONGEST_NAME or not value.isprintable():
            raise self.error(
                element, f"{name}={shown(value)} must be 1 to {LONGEST_NAME} printable characters"
            )
        return value

    def count(self, element: Element, name: str, default: int | None = None, least: int = 0) -> int:
        """Return a whole number of at least ``least``, of up to ``MOST_DIGITS`` digits.

        Raises
        ------
        GraphError
            For anything else, and where it is missing and has no default.
        """
        if default is not None and name not in element.attributes:
            return default
        value = self.text(element, name)
        if not _COUNT.fullmatch(value) or int(value) < least:
            raise self.error(
                element,
                f"{name}={shown(value)} must be a whole number of at least {least}, with at most {MOST_DIGITS} "
                "digits",
            )
        return int(value)

    def amount(self, element: Element, name: str) -> Fraction:
        """Return a number of at least 0, as ``12``, ``1.5`` or ``3/2``, each part of up to ``MOST_DIGITS`` digits.

        Raises
        ------
        GraphError
            For anything else.
        """
        value = self.text(element, name)
        if not _AMOUNT.fullmatch(value) or re.search("/0+$", value):
            raise self.error(
                element,
                f"{name}={shown(value)} must be a number of at least 0, as 12, 1.5 or 3/2, with at most {MOST_DIGITS} "
                "digits in each part",
            )
        return Fraction(value)
