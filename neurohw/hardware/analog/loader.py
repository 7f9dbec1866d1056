"""Analog units by the name of a preset, or from a TOML file; and back to TOML.

A file with ``base = "brainscales2"`` gives only what differs from that preset, as those of chips do.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from neurohw.errors import ChipError, UnknownNameError
from neurohw.hardware.analog.quantities import SECTIONS_OF_NUMBERS, UNIT_QUANTITIES
from neurohw.hardware.analog.unit import AnalogUnit
from neurohw.hardware.description import SECTIONS, Description, Schema
from neurohw.hardware.loader import is_path, notes_of, parse_file, preset_names, read_file
from neurohw.hardware.writer import Number, sections_to_toml

_PRESETS = Path(__file__).with_name("presets")
_SECTIONS = {
    "unit": ("name", "description"),
    **{section: tuple(numbers) for section, numbers in SECTIONS_OF_NUMBERS.items()},
}
_DEFAULTED = frozenset(item.name for item in fields(AnalogUnit) if item.default is not MISSING)
_SCHEMA = Schema(_SECTIONS, UNIT_QUANTITIES, _DEFAULTED)


def load_unit(unit: AnalogUnit | str | PathLike[str]) -> AnalogUnit:
    """Return a unit by the name of a preset or the path of a TOML file; an ``AnalogUnit`` is returned as it is.

    A string that ends in ``.toml`` or holds a path separator is a path, any other the name of a preset.

    Raises
    ------
    UnknownNameError
        For a name that no preset has.
    ChipError
        For a file that is missing or unreadable, is no TOML, or describes no unit; every mistake is listed.
    """
    if isinstance(unit, AnalogUnit):
        return unit
    if not isinstance(unit, str | PathLike):
        raise ChipError(
            f"an analog unit is the name of a preset, a path or an AnalogUnit, not {type(unit).__name__} {unit!r}"
        )
    if isinstance(unit, str) and not is_path(unit):
        if unit not in unit_names():
            raise UnknownNameError.of("analog unit", unit, unit_names())
        return _load_file(_PRESETS / f"{unit}.toml")
    return _load_file(Path(unit))


def unit_names() -> list[str]:
    """Return the names of the analog units that ship with the package."""
    return sorted(path.stem for path in _PRESETS.glob("*.toml"))


def describes_unit(path: Path) -> bool:
    """Return whether a TOML file describes an analog unit, not a chip: by its sections, else by its base.

    Raises
    ------
    ChipError
        For a file that is missing or unreadable, or is no TOML.
    """
    table = parse_file(path, [*preset_names(), *unit_names()])
    base = table.get("base")
    if table.keys().isdisjoint((*_SECTIONS, *SECTIONS)):
        return base in unit_names() and base not in preset_names()
    return not table.keys().isdisjoint(_SECTIONS)


def unit_notes(unit: str) -> list[str]:
    """Return the paragraphs of the comment at the head of the file of a unit: name of a preset, or a path."""
    return notes_of(Path(unit) if is_path(unit) else _PRESETS / f"{unit}.toml")


def numbers_of_unit(unit: AnalogUnit) -> list[Number]:
    """Return every number of a unit in the order of its file, without those of effects that it does not have."""
    numbers = []
    for section, names in SECTIONS_OF_NUMBERS.items():
        for name, quantity in names.items():
            value, origin = getattr(unit, name), unit.provenance.get(name)
            kind, source = (origin.kind, origin.source) if origin else ("", "")
            if value is not None:
                numbers.append(Number(section, name, value, quantity.unit, kind, source))
    return numbers


def unit_to_toml(unit: AnalogUnit) -> str:
    """Return a unit as the text of a TOML file that ``load_unit`` reads."""
    texts = {"name": unit.name, "description": unit.description}
    return sections_to_toml(_SECTIONS, texts, numbers_of_unit(unit))


def _load_file(path: Path) -> AnalogUnit:
    description = read_file(path, unit_names(), partial(Description, schema=_SCHEMA), _based_on)
    given: dict[str, Any] = {"name": path.stem, **description.texts, **description.numbers}
    return AnalogUnit(**given, provenance=description.provenance)


def _based_on(name: str, origin: str) -> Description:
    unit = load_unit(name)
    numbers = {number.name: number.value for number in numbers_of_unit(unit)}
    return Description(origin, numbers=numbers, provenance=dict(unit.provenance), schema=_SCHEMA)
