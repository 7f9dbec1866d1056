"""Names with ranges, and things of which a chip has room for the first kind only."""

from __future__ import annotations

import re
from typing import Any

from neurohw.hardware.quantities import COUNT_LIMIT
from neurohw.interchange.sections import Section

UNKNOWN = "neurohw knows no such entry"
_RANGE = re.compile(r"[^\[\]]*\[(\d{1,10})\.\.(\d{1,10})\]")
_LONGEST_LIST = 300  # characters


def count_of_name(section: Section) -> int:
    """Return how many things a section stands for: 32 with the name ``"tile[0..31]"``, 1 without a range."""
    name = section.text("name")
    if ".." not in name:
        return 1
    match = _RANGE.fullmatch(name)
    count = int(match[2]) - int(match[1]) + 1 if match else 0
    if 1 <= count <= COUNT_LIMIT:
        return count
    section.notes.problems.append(
        f"{section.where}.name = {name!r} must end in a range such as [0..31], the larger number last"
    )
    return 1


def note_unlike(sections: list[Section], why: str) -> None:
    """Write down which sections differ from the first in more than their names."""
    first = sections[0]
    for other in sections[1:]:
        if _content(other) != _content(first):
            other.notes.left_out.append(f"{_titled(other)}: {why}; {_titled(first)} is taken")


def note_unused(units: list[Section], taken: Section, why: str) -> None:
    """Write down the units beside the one that is taken, each with its numbers."""
    for unit in units:
        if unit is not taken:
            unit.notes.left_out.append(
                f"{_titled(unit)} = {_numbers(unit)}: {why}; {_titled(taken)} is taken"
            )


def _content(section: Section) -> dict[Any, Any]:
    return {key: value for key, value in section.entries.items() if key != "name"}


def _titled(section: Section) -> str:
    return f"{section.where} ({str(section.entries.get('name', ''))[:100]})"


def _numbers(unit: Section) -> str:
    attributes = unit.entries.get("attributes")
    if not isinstance(attributes, dict):
        return "nothing"
    return ", ".join(f"{key} {value}" for key, value in attributes.items())[:_LONGEST_LIST]
