"""Chips to TOML: what ``load_chip`` reads, with the source of every number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neurohw.hardware.chip import Chip
from neurohw.hardware.description import NUMBERS, SECTIONS
from neurohw.hardware.quantities import QUANTITIES, Quantity, normalised


@dataclass(frozen=True)
class Number:
    """One number of a chip, with its unit and where it comes from; all three may be empty."""

    section: str
    name: str
    value: Any
    unit: str
    kind: str
    source: str


def numbers_of(chip: Chip) -> list[Number]:
    """Return every number of a chip in the order of its file."""
    values = chip.numbers()
    numbers = []
    for section, name in NUMBERS:
        quantity, origin = QUANTITIES[name], chip.provenance.get(name)
        unit = quantity.unit if isinstance(quantity, Quantity) else ""
        kind, source = (origin.kind, origin.source) if origin else ("", "")
        numbers.append(Number(section, name, normalised(name, values[name]), unit, kind, source))
    return numbers


def value_text(number: Number) -> str | None:
    """Return a value that is no quantity as people read it: yes or no, a choice, names; None for a quantity."""
    if isinstance(number.value, bool):
        return "yes" if number.value else "no"
    if isinstance(number.value, tuple):
        return ", ".join(number.value) or "none"
    return number.value if isinstance(number.value, str) else None


def chip_to_toml(chip: Chip) -> str:
    """Return a chip as the text of a TOML file, complete: nothing in it depends on a preset."""
    return sections_to_toml(SECTIONS, {"name": chip.name, "description": chip.description}, numbers_of(chip))


def sections_to_toml(sections: Iterable[str], texts: Mapping[str, str], numbers: Sequence[Number]) -> str:
    """Return the sections of a file, the texts in the first of them; a section without numbers is left out."""
    lines = []
    first = True
    for section in sections:
        entries = [f"{key} = {_string(text)}" for key, text in texts.items() if text and first]
        entries += [f"{number.name} = {_entry(number)}" for number in numbers if number.section == section]
        lines += ["", f"[{section}]", *entries] if entries else []
        first = False
    return "\n".join(lines[1:]) + "\n"


def _entry(number: Number) -> str:
    fields = {"unit": number.unit, "kind": number.kind, "source": number.source}
    entries = [f"{key} = {_string(text)}" for key, text in fields.items() if text]
    return "{ " + ", ".join([f"value = {_literal(number.value)}", *entries]) + " }"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(_string(name) for name in value)}]"
    return _string(value) if isinstance(value, str) else repr(value)


def _string(text: str) -> str:
    """Return a TOML basic string: quotes, backslashes and control characters escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
