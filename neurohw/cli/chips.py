"""``neurohw chips``: the chips and analog units that ship with the package, and where their numbers come from."""

from __future__ import annotations

import argparse
from collections import Counter
from math import isinf
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, add_options, folder
from neurohw.cli.outcome import DONE, Outcome, note, table
from neurohw.errors import SettingError

if TYPE_CHECKING:
    from neurohw.hardware import Chip
    from neurohw.hardware.analog import AnalogUnit
    from neurohw.hardware.writer import Number

NAME = "chips"
_NOTE_WIDTH = 110

OUT = {"type": folder, "metavar": "DIR", "help": "folder to write chips to, one TOML file each"}


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="list chips, or the numbers of one with their sources",
        description="List the chips and analog units that ship with neurohw. With the name of one, or its TOML "
        "file: all its numbers with unit, kind (measured, published, estimate) and source. With --from-sanafe: "
        "those of an architecture of SANA-FE, and what of it a chip cannot hold. With --out, write chips as TOML "
        "files to edit.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "chip", metavar="CHIP", nargs="?", help="name of a preset, or a TOML file (not SANA-FE's YAML)"
    )
    parser.add_argument(
        "--from-sanafe", metavar="FILE", help="architecture of SANA-FE (YAML), in place of CHIP"
    )
    add_options(parser, {"--out": OUT, "--json": COMMON["--json"]})
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """List chips or the numbers of one."""
    if args.from_sanafe is not None:
        return _from_sanafe(args)
    chips, units = _asked_for(args.chip)
    if args.out is not None:
        _write(args.out, chips, units)
    return _list(chips, units) if args.chip is None else _described(args.chip, chips, units)


def _asked_for(name: str | None) -> tuple[list[Chip], list[AnalogUnit]]:
    """Return the chips and analog units of a name, which may be that of one of each; None: all presets."""
    from neurohw.hardware import load_chip, preset_names
    from neurohw.hardware.analog import describes_unit, load_unit, unit_names
    from neurohw.hardware.loader import is_path

    if name is None:
        return [load_chip(one) for one in preset_names()], [load_unit(one) for one in unit_names()]
    if name.lower().endswith((".yaml", ".yml")):
        raise SettingError(
            f"{name} is no TOML file; an architecture of SANA-FE is read with --from-sanafe {name}"
        )
    if is_path(name):
        return ([], [load_unit(name)]) if describes_unit(Path(name)) else ([load_chip(name)], [])
    units = [load_unit(name)] if name in unit_names() else []
    return ([] if units and name not in preset_names() else [load_chip(name)]), units


def _list(chips: list[Chip], units: list[AnalogUnit]) -> Outcome:
    data = {
        "command": NAME,
        "chips": [_overview(chip) for chip in chips],
        "analog_units": [_unit_overview(unit) for unit in units],
    }
    return Outcome(DONE, data, _list_text(chips, units))


def _described(name: str, chips: list[Chip], units: list[AnalogUnit]) -> Outcome:
    """Return the numbers of the chip of a name, of the analog unit, or of both."""
    from neurohw.hardware import chip_notes
    from neurohw.hardware.analog import numbers_of_unit, unit_notes
    from neurohw.hardware.without_effect import without_effect
    from neurohw.hardware.writer import numbers_of

    data: dict[str, Any] = {"command": NAME}
    texts = []
    for chip in chips:
        notes, numbers, idle = chip_notes(name), numbers_of(chip), without_effect(chip)
        data |= {**_overview(chip), "notes": notes, "numbers": _numbers(numbers), "without_effect": idle}
        texts.append(_numbers_text(f"{chip.name}: {chip.description}", [*notes, *idle], numbers))
    for unit in units:
        notes, numbers = unit_notes(name), numbers_of_unit(unit)
        data["analog_unit"] = {**_unit_overview(unit), "notes": notes, "numbers": _numbers(numbers)}
        title = f"analog unit {unit.name} (`neurohw vmm`): {unit.description}"
        texts.append(_numbers_text(title, notes, numbers))
    return Outcome(DONE, data, "\n\n\n".join(texts))


def _from_sanafe(args: argparse.Namespace) -> Outcome:
    from neurohw.hardware.writer import numbers_of
    from neurohw.interchange import read_sanafe_architecture

    if args.chip is not None:
        raise SettingError(
            f"--from-sanafe {args.from_sanafe} takes the place of CHIP; leave {args.chip!r} out"
        )
    chip, left_out = read_sanafe_architecture(args.from_sanafe)
    if args.out is not None:
        _write(args.out, [chip], [])
    told = "\n".join(["Not in the chip, or only in part:", *(f"  {line}" for line in left_out)])
    data = {"command": NAME, **_overview(chip), "numbers": _numbers(numbers_of(chip)), "left_out": left_out}
    text = _numbers_text(f"{chip.name}: {chip.description}", [], numbers_of(chip))
    return Outcome(DONE, data, f"{text}\n\n{told}")


def _overview(chip: Chip) -> dict[str, Any]:
    return {
        "name": chip.name,
        "description": chip.description,
        "tiles": chip.n_tiles,
        "neurons": chip.n_neurons,
        "inputs_per_neuron": chip.inputs_per_neuron,
        "topology": chip.interconnect.topology,
        "sync": chip.synchronisation.sync,
        "kinds": dict(Counter(origin.kind for origin in chip.provenance.values())),
        "digest": chip.digest(),
    }


def _unit_overview(unit: AnalogUnit) -> dict[str, Any]:
    return {
        "name": unit.name,
        "description": unit.description,
        "kinds": dict(Counter(origin.kind for origin in unit.provenance.values())),
        "digest": unit.digest(),
    }


def _numbers(numbers: list[Number]) -> dict[str, Any]:
    return {
        number.name: {
            "value": number.value,
            "unit": number.unit,
            "kind": number.kind,
            "source": number.source,
        }
        for number in numbers
    }


def _list_text(chips: list[Chip], units: list[AnalogUnit]) -> str:
    headings = ["chip", "tiles", "neurons", "inputs each", "topology", "sync"]
    rows = [
        [
            chip.name,
            f"{chip.n_tiles:,}",
            f"{chip.n_neurons:,}",
            f"{chip.inputs_per_neuron:,}",
            chip.interconnect.topology,
            chip.synchronisation.sync,
        ]
        for chip in chips
    ]
    descriptions = ["description", "-----------", *(chip.description for chip in chips)]
    lines = _beside(table(headings, rows).splitlines(), descriptions)
    units_heading = (
        "analog units, which multiply vectors by matrices (`neurohw vmm characterise --unit NAME`):"
    )
    width = max(len(unit.name) for unit in units)
    unit_lines = [f"  {unit.name.ljust(width)}  {unit.description}" for unit in units]
    hint = "`neurohw chips NAME` shows all numbers of a chip or unit and where they come from."
    return "\n".join([*lines, "", units_heading, *unit_lines, "", hint])


def _numbers_text(title: str, notes: list[str], numbers: list[Number]) -> str:
    from neurohw.hardware.writer import value_text

    rows = [
        [f"{entry.section}.{entry.name}", value_text(entry) or _quantity_text(entry), entry.kind]
        for entry in numbers
    ]
    lines = table(["number", "value", "kind"], rows).splitlines()
    sources = ["source", "------", *(entry.source for entry in numbers)]
    paragraphs = [fill(note, _NOTE_WIDTH, break_on_hyphens=False) + "\n" for note in notes]
    return "\n".join([title, "", *paragraphs, *_beside(lines, sources)])


def _quantity_text(entry: Number) -> str:
    from neurohw.hardware.units import units_of
    from neurohw.wording import number

    if isinf(entry.value):
        return number(entry.value)
    plural = f"{entry.unit}s"
    is_word = entry.unit.islower()  # LSB and degC are none
    unit = plural if is_word and entry.value != 1 and plural in units_of(entry.unit) else entry.unit
    return f"{number(entry.value, 6)} {unit}".rstrip()


def _beside(lines: list[str], texts: list[str]) -> list[str]:
    """Put a text to the right of each line, the texts in one column."""
    width = max(len(line) for line in lines)
    return [f"{line.ljust(width)}  {text}" for line, text in zip(lines, texts, strict=True)]


def _write(folder: Path, chips: list[Chip], units: list[AnalogUnit]) -> None:
    from neurohw.analysis.run_folder import make_folder
    from neurohw.files import write_text
    from neurohw.hardware.analog import unit_to_toml
    from neurohw.hardware.writer import chip_to_toml

    files = {f"{Path(chip.name).name}.toml": chip_to_toml(chip) for chip in chips}
    # a chip and a unit may have the same name
    files |= {f"{unit.name}-unit.toml": unit_to_toml(unit) for unit in units}
    for name, text in files.items():
        path = make_folder(folder, name) / name
        write_text(path, text)
        note(f"wrote {path}")
