"""``neurohw chips``: the chips that ship with the package, and where their numbers come from."""

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
    from neurohw.hardware.writer import Number

NAME = "chips"
_NOTE_WIDTH = 110

OUT = {"type": folder, "metavar": "DIR", "help": "folder to write chips to, one TOML file each"}


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="list chips, or the numbers of one with their sources",
        description="List the chips that ship with neurohw. With the name of one, or a TOML file: all its "
        "numbers with unit, kind (measured, published, estimate) and source. With --from-sanafe: those of an "
        "architecture of SANA-FE, and what of it a chip cannot hold. With --out, write chips as TOML files to "
        "edit.",
        allow_abbrev=False,
    )
    parser.add_argument("chip", metavar="CHIP", nargs="?", help="name of a preset, or a TOML file")
    parser.add_argument(
        "--from-sanafe", metavar="FILE", help="architecture of SANA-FE (YAML), in place of CHIP"
    )
    add_options(parser, {"--out": OUT, "--json": COMMON["--json"]})
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """List chips or the numbers of one."""
    from neurohw.hardware import chip_notes, load_chip, preset_names

    if args.from_sanafe is not None:
        return _from_sanafe(args)
    chips = [load_chip(name) for name in ([args.chip] if args.chip else preset_names())]
    if args.out is not None:
        _write(args.out, chips)
    if args.chip is None:
        return Outcome(
            DONE, {"command": NAME, "chips": [_overview(chip) for chip in chips]}, _list_text(chips)
        )
    notes = chip_notes(args.chip)
    data = {"command": NAME, **_overview(chips[0]), "notes": notes, "numbers": _numbers(chips[0])}
    return Outcome(DONE, data, _chip_text(chips[0], notes))


def _from_sanafe(args: argparse.Namespace) -> Outcome:
    from neurohw.interchange import read_sanafe_architecture

    if args.chip is not None:
        raise SettingError(
            f"--from-sanafe {args.from_sanafe} takes the place of CHIP; leave {args.chip!r} out"
        )
    chip, left_out = read_sanafe_architecture(args.from_sanafe)
    if args.out is not None:
        _write(args.out, [chip])
    told = "\n".join(["Not in the chip, or only in part:", *(f"  {line}" for line in left_out)])
    data = {"command": NAME, **_overview(chip), "numbers": _numbers(chip), "left_out": left_out}
    return Outcome(DONE, data, f"{_chip_text(chip, [])}\n\n{told}")


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


def _numbers(chip: Chip) -> dict[str, Any]:
    from neurohw.hardware.writer import numbers_of

    return {
        number.name: {
            "value": number.value,
            "unit": number.unit,
            "kind": number.kind,
            "source": number.source,
        }
        for number in numbers_of(chip)
    }


def _list_text(chips: list[Chip]) -> str:
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
    return "\n".join(
        [*lines, "", "`neurohw chips NAME` shows all numbers of a chip and where they come from."]
    )


def _chip_text(chip: Chip, notes: list[str]) -> str:
    from neurohw.hardware.writer import numbers_of, value_text

    rows = [
        [f"{entry.section}.{entry.name}", value_text(entry) or _quantity_text(entry), entry.kind]
        for entry in numbers_of(chip)
    ]
    lines = table(["number", "value", "kind"], rows).splitlines()
    sources = ["source", "------", *(entry.source for entry in numbers_of(chip))]
    paragraphs = [fill(note, _NOTE_WIDTH, break_on_hyphens=False) + "\n" for note in notes]
    return "\n".join([f"{chip.name}: {chip.description}", "", *paragraphs, *_beside(lines, sources)])


def _quantity_text(entry: Number) -> str:
    from neurohw.analysis.formatting import number
    from neurohw.hardware.units import units_of

    if isinf(entry.value):
        return number(entry.value)
    plural = f"{entry.unit}s"
    unit = plural if entry.value != 1 and plural in units_of(entry.unit) else entry.unit
    return f"{number(entry.value, 6)} {unit}".rstrip()


def _beside(lines: list[str], texts: list[str]) -> list[str]:
    """Put a text to the right of each line, the texts in one column."""
    width = max(len(line) for line in lines)
    return [f"{line.ljust(width)}  {text}" for line, text in zip(lines, texts, strict=True)]


def _write(folder: Path, chips: list[Chip]) -> None:
    from neurohw.analysis.run_folder import make_folder
    from neurohw.files import write_text
    from neurohw.hardware.writer import chip_to_toml

    for chip in chips:
        path = make_folder(folder, chip.name) / f"{Path(chip.name).name}.toml"
        write_text(path, chip_to_toml(chip))
        note(f"wrote {path}")
