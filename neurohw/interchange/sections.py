"""A nested description, read key by key: what is wrong and what nobody asked for is written down with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from neurohw.hardware.quantities import COUNT_LIMIT, shown

_LONGEST_NAME = 100  # characters


@dataclass
class Notes:
    """What came up while a file was read."""

    problems: list[str] = field(default_factory=list)  # mistakes of the file
    left_out: list[str] = field(default_factory=list)  # sound, but without a place in a chip


@dataclass
class Section:
    """One mapping of the file. Wrong or missing entries go to ``notes`` and read as zero, one or an empty text."""

    where: str  # its place in the file, as "architecture.tile[0].attributes"
    entries: Mapping[Any, Any]
    notes: Notes
    used: set[Any] = field(default_factory=set)

    def amount(self, name: str, default: float | None = None) -> float:
        """Return a finite number of at least 0; one that is missing is a mistake unless there is a default."""
        return self._read(name, default, 0.0, as_amount)

    def count(self, name: str, default: int | None = None) -> int:
        """Return a whole number of at least 1."""
        return self._read(name, default, 1, _as_count)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a short printable text."""
        return self._read(name, default, "", _as_text)

    def raw(self, name: str) -> Any:
        """Return an entry as it is, None where it is missing."""
        self.used.add(name)
        return self.entries.get(name)

    def part(self, name: str) -> Section:
        """Return the mapping under a key."""
        return self._section(name, self._read(name, None, {}, _as_mapping))

    def parts(self, name: str) -> list[Section]:
        """Return the mappings under a key, which may hold a list of them or a single one; at least one."""
        value = self.raw(name)
        if not isinstance(value, list):
            return [self.part(name)]
        if not value:
            self.notes.problems.append(f"{self.where}.{name} = [] must have an entry")
            return [self._section(f"{name}[0]", {})]
        parts = []
        for index, entry in enumerate(value):
            if not isinstance(entry, dict):
                self.notes.problems.append(f"{self.where}.{name}[{index}] = {shown(entry)} must be a mapping")
            parts.append(self._section(f"{name}[{index}]", entry if isinstance(entry, dict) else {}))
        return parts

    def leave(self, name: str, why: str) -> None:
        """Write down that an entry is not carried over, where it is there."""
        if name in self.entries:
            self.used.add(name)
            key = name if isinstance(name, str) and name.isidentifier() else shown(name)
            self.notes.left_out.append(f"{self.where}.{key} = {shown(self.entries[name])}: {why}")

    def leave_rest(self, reasons: Mapping[str, str], otherwise: str) -> None:
        """Write down every entry that nobody has asked for."""
        for name in [name for name in self.entries if name not in self.used]:
            self.leave(name, reasons.get(name, otherwise))

    def _section(self, name: str, entries: Mapping[Any, Any]) -> Section:
        return Section(f"{self.where}.{name}", entries, self.notes)

    def _read(self, name: str, default: Any, after_error: Any, convert: Callable[[Any], Any]) -> Any:
        self.used.add(name)
        if name not in self.entries:
            if default is None:
                self.notes.problems.append(f"{self.where}.{name} is missing")
            return after_error if default is None else default
        try:
            return convert(self.entries[name])
        except ValueError as error:
            self.notes.problems.append(f"{self.where}.{name} = {shown(self.entries[name])} {error}")
            return after_error


def as_amount(value: Any) -> float:
    """Return a finite number of at least 0; texts such as ``"1e-9"``, which YAML 1.1 takes for no number, count.

    Raises
    ------
    ValueError
        For anything else.
    """
    number = _number(value)
    if number is None or not 0 <= number < inf:
        raise ValueError("must be a finite number of at least 0")
    return number


def _as_count(value: Any) -> int:
    number = _number(value)
    if number is None or not 1 <= number <= COUNT_LIMIT or number != int(number):
        raise ValueError(f"must be a whole number from 1 to {COUNT_LIMIT}")
    return int(number)


def _as_text(value: Any) -> str:
    text = str(value) if isinstance(value, str | int | float) else ""
    if not text.strip() or len(text) > _LONGEST_NAME or not text.isprintable():
        raise ValueError(f"must be a line of 1 to {_LONGEST_NAME} printable characters")
    return text


def _as_mapping(value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be a mapping")
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
