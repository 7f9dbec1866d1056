"""A chip or an analog unit read from the tables of its file; every mistake is collected before one error is raised."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from neurohw.errors import did_you_mean
from neurohw.hardware.chip import OWN_NUMBERS, PARTS, Chip, Provenance
from neurohw.hardware.quantities import QUANTITIES, Number, Quantity, normalised, shown, value_problem
from neurohw.hardware.units import units_of

KINDS = ("measured", "published", "estimate")
_TEXTS = ("name", "description")
_KEYS = ("value", "unit", "kind", "source")
_LONGEST_TEXT = 500  # characters
_TEXT = f"a line of at most {_LONGEST_TEXT} printable characters"

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "chip": (*_TEXTS, *OWN_NUMBERS),
    **{part: tuple(item.name for item in fields(type_)) for part, type_ in PARTS.items()},
}

NUMBERS = tuple(
    (section, name) for section, names in SECTIONS.items() for name in names if name in QUANTITIES
)

# numbers of stages and limits that a chip need not have
DEFAULTED = frozenset(
    item.name for type_ in PARTS.values() for item in fields(type_) if item.default is not MISSING
)


@dataclass(frozen=True)
class Schema:
    """What a kind of file may say."""

    sections: Mapping[str, tuple[str, ...]]  # names of each section
    quantities: Mapping[str, Number]
    defaulted: frozenset[str]  # numbers that need not be there


CHIP_SCHEMA = Schema(SECTIONS, QUANTITIES, DEFAULTED)


@dataclass
class Description:
    """What a file says, as far as it has been read, and what is wrong with it."""

    origin: str  # source of the numbers for which the file names none
    texts: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    schema: Schema = CHIP_SCHEMA

    @classmethod
    def of(cls, chip: Chip, origin: str) -> Description:
        """Start from the numbers of another chip."""
        return cls(origin, numbers=chip.numbers(), provenance=dict(chip.provenance))

    def read(self, table: Mapping[str, Any], *, complete: bool = True) -> None:
        """Take in the sections of a file, after which all numbers must be there where ``complete``."""
        for section, entries in table.items():
            if section not in self.schema.sections:
                self.problems.append(_unknown(f"section [{_key(section)}]", section, self.schema.sections))
            elif not isinstance(entries, dict):
                self.problems.append(f"{section} = {shown(entries)} must be a section, [{section}]")
            else:
                self._read_section(section, entries)
        if complete:
            self.problems += [
                f"[{section}] {name} is missing"
                for section, names in self.schema.sections.items()
                for name in names
                if name not in self.numbers and name not in (*_TEXTS, *self.schema.defaulted)
            ]

    def chip(self, name: str) -> Chip:
        """Return the chip, once everything has been read and nothing was wrong."""
        arguments: dict[str, Any] = {"name": name, "description": "", **self.texts}
        arguments |= {number: self.numbers[number] for number in OWN_NUMBERS}
        for part, type_ in PARTS.items():
            arguments[part] = type_(
                **{name: self.numbers[name] for name in SECTIONS[part] if name in self.numbers}
            )
        return Chip(**arguments, provenance=self.provenance)

    def _read_section(self, section: str, entries: Mapping[str, Any]) -> None:
        for name, entry in entries.items():
            where = f"[{section}] {_key(name)}"
            if name not in self.schema.sections[section]:
                self.problems.append(_unknown_entry(where, name, section, self.schema.sections))
            elif name in _TEXTS:
                self._read_text(where, name, entry)
            else:
                self._read_number(where, name, entry)

    def _read_text(self, where: str, name: str, entry: Any) -> None:
        if _is_text(entry) and (entry.strip() or name == "description"):
            self.texts[name] = entry
        else:
            self.problems.append(f"{where} = {shown(entry)} must be {_TEXT}")

    def _read_number(self, where: str, name: str, entry: Any) -> None:
        full = entry if isinstance(entry, dict) else {"value": entry}
        self.problems += [_unknown(f"{where}: {_key(key)}", key, _KEYS) for key in full if key not in _KEYS]
        self.provenance[name] = self._read_provenance(where, full)
        try:
            if "value" not in full:
                raise ValueError("has no value")
            quantities = self.schema.quantities
            value = _converted(quantities[name], full["value"], full.get("unit"))
            self.numbers[name] = normalised(name, _checked(name, value, quantities), quantities)
        except ValueError as error:
            self.problems.append(f"{where} {error}")
            self.numbers.setdefault(name, None)  # wrong, so not reported as missing, too

    def _read_provenance(self, where: str, full: Mapping[str, Any]) -> Provenance:
        kind, source = full.get("kind", "estimate"), full.get("source", self.origin)
        if kind not in KINDS:
            self.problems.append(_unknown(f"{where} kind = {shown(kind)}", str(kind), KINDS))
        if not _is_text(source):
            self.problems.append(f"{where} source = {shown(source)} must be {_TEXT}")
        return Provenance(str(kind), str(source))


def _is_text(entry: Any) -> bool:
    return isinstance(entry, str) and len(entry) <= _LONGEST_TEXT and entry.isprintable()


def _converted(quantity: Number, value: Any, unit: Any) -> Any:
    """Return a value in the unit in which its holder keeps it."""
    own = quantity.unit if isinstance(quantity, Quantity) else ""
    units = units_of(own)
    if unit is None or unit == own:
        return value
    if not isinstance(unit, str) or unit not in units:
        raise ValueError(f"unit = {shown(unit)} is none of {', '.join(repr(known) for known in units)}")
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > sys.float_info.max:
        return value
    return value * units[unit]


def _checked(name: str, value: Any, quantities: Mapping[str, Number]) -> Any:
    problem = value_problem(name, value, quantities)
    if problem is not None:
        raise ValueError(problem)
    return value


def _key(name: str) -> str:
    """Return a key as a message shows it: a file may hold any characters."""
    return name if name.isidentifier() and len(name) < _LONGEST_TEXT else shown(name)


def _unknown_entry(where: str, name: str, section: str, sections: Mapping[str, tuple[str, ...]]) -> str:
    home = next((other for other, names in sections.items() if name in names), None)
    return f"{where} stands in [{home}]" if home else _unknown(where, name, sections[section])


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    return f"{what} is unknown{did_you_mean(name, known)} known: {', '.join(known)}"
