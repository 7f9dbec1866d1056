"""``neurohw chips``: the chips that ship with the package, and where their numbers come from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, add_options
from neurohw.cli.outcome import DONE, Outcome, note, table

if TYPE_CHECKING:
    from neurohw.hardware import Chip

NAME = "chips"


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="list chips, or the numbers of one with their sources",
        description="List the chips that ship with neurohw. With the name of one, or a TOML file: all its "
        "numbers with unit, kind (measured, published, estimate) and source. With --out, write chips as TOML "
        "files to edit.",
        allow_abbrev=False,
    )
    parser.add_argument("chip", metavar="CHIP", nargs="?", help="name of a preset, or a TOML file")
    add_options(parser, COMMON)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """List chips or the numbers of one."""
    from neurohw.hardware import load_chip, preset_names

    chips = [load_chip(name) for name in ([args.chip] if args.chip else preset_names())]
    if args.out is not None:
        _write(args.out, chips)
    if args.chip is None:
        return Outcome(
            DONE, {"command": NAME, "chips": [_overview(chip) for chip in chips]}, _list_text(chips)
        )
    return Outcome(
        DONE, {"command": NAME, **_overview(chips[0]), "numbers": _numbers(chips[0])}, _chip_text(chips[0])
    )


def _overview(chip: Chip) -> dict[str, Any]:
    return {
        "name": chip.name,
        "description": chip.description,
        "tiles": chip.n_tiles,
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
    width = max((len(chip.name) for chip in chips), default=0)
    lines = [f"{chip.name.ljust(width)}  {chip.description}" for chip in chips]
    return "\n".join(
        [*lines, "", "`neurohw chips NAME` shows all numbers of a chip and where they come from."]
    )


def _chip_text(chip: Chip) -> str:
    from neurohw.analysis.formatting import number
    from neurohw.hardware.writer import numbers_of, value_text

    rows = []
    for entry in numbers_of(chip):
        value = value_text(entry) or f"{number(entry.value, 6)} {entry.unit}".rstrip()
        rows.append([f"{entry.section}.{entry.name}", value, entry.kind])
    lines = table(["number", "value", "kind"], rows).splitlines()
    sources = ["source", "------", *(entry.source for entry in numbers_of(chip))]
    body = [f"{line}  {source}" for line, source in zip(lines, sources, strict=True)]
    return "\n".join([f"{chip.name}: {chip.description}", "", *body])


def _write(folder: Path, chips: list[Chip]) -> None:
    from neurohw.analysis.files import write_text
    from neurohw.analysis.run_folder import make_folder
    from neurohw.hardware.writer import chip_to_toml

    for chip in chips:
        path = make_folder(folder, chip.name) / f"{Path(chip.name).name}.toml"
        write_text(path, chip_to_toml(chip))
        note(f"wrote {path}")
