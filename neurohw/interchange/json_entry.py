"""Values of JSON that know where they stand, so that one that is wrong can be named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_FRACTION = re.compile(r"-?\d{1,1000}(/\d{1,1000})?")
_MOST_SHOWN = 40  # characters of a value


@dataclass(frozen=True)
class Entry:
    """A value and its place, as ``graph.channels[3].tokens``; what asks for another type raises ValueError."""

    value: Any
    place: str = ""

    def __getitem__(self, key: str) -> Entry:
        """Return an entry of an object, which must be there."""
        if key not in self._checked(dict, "an object"):
            raise ValueError(f"{self.place or 'it'} has no {key!r}")
        return self._within(key)

    def __contains__(self, key: str) -> bool:
        return key in self._checked(dict, "an object")

    def items(self) -> Iterator[tuple[str, Entry]]:
        """Yield the entries of an object by name."""
        return ((key, self._within(key)) for key in self._checked(dict, "an object"))

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries of a list."""
        values = self._checked(list, "a list")
        return (Entry(value, f"{self.place}[{number}]") for number, value in enumerate(values))

    def text(self) -> str:
        """Return a text."""
        return str(self._checked(str, "a text"))

    def whole(self) -> int:
        """Return a whole number."""
        if isinstance(self.value, bool):
            raise self._error("a whole number")
        return int(self._checked(int, "a whole number"))

    def fraction(self) -> Fraction:
        """Return a number that is whole, or written as ``"79/2"``."""
        if isinstance(self.value, str) and _FRACTION.fullmatch(self.value):
            numerator, _, denominator = self.value.partition("/")
            if denominator == "" or int(denominator):
                return Fraction(int(numerator), int(denominator or 1))
        elif isinstance(self.value, int) and not isinstance(self.value, bool):
            return Fraction(self.value)
        raise self._error('a whole number or a fraction such as "79/2"')

    def _within(self, key: str) -> Entry:
        return Entry(self.value[key], f"{self.place}.{key}" if self.place else key)

    def _checked(self, type_: type, what: str) -> Any:
        if not isinstance(self.value, type_):
            raise self._error(what)
        return self.value

    def _error(self, what: str) -> ValueError:
        shown = repr(self.value)
        shown = shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}..."
        return ValueError(f"{self.place or 'it'} = {shown}, must be {what}")
