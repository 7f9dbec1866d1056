"""``neurohw vmm characterise``: results over weights at constant inputs, as the published figure has them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import add_options, positive_count
from neurohw.cli.outcome import DONE, Outcome, table
from neurohw.cli.vmm.options import (
    BACKEND,
    CALIBRATION,
    CHIP,
    OUTPUT,
    UNIT,
    apply,
    chip_of,
    chip_options,
    chip_text,
    note_written,
    seed_of,
    write_unit,
)

if TYPE_CHECKING:
    from neurohw.analysis.vmm import Characterisation

NAME = "characterise"
DESCRIPTION = """\
Multiply constant inputs by 127 columns of constant weights, from -63 to 63, again and again: mean and standard
deviation of the results over the weights, as figure 4 of Weis et al. 2020 (arXiv 2006.13177) shows them.
"""


def _inputs(text: str) -> list[int]:
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} must be whole numbers, as 0,3,7")
    return [int(part) for part in parts]


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="results over weights at constant inputs",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--inputs",
        type=_inputs,
        default=[0, 3, 7],
        metavar="X,Y,...",
        help="constant inputs (default: 0,3,7)",
    )
    parser.add_argument(
        "--runs", type=positive_count, default=30, metavar="N", help="of each input (default: 30)"
    )
    add_options(parser, CHIP, CALIBRATION, OUTPUT)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Characterise a chip and write the folder."""
    from neurohw.analysis.run_folder import check_out
    from neurohw.analysis.vmm import characterise
    from neurohw.backend import load_matrix

    check_out(args.out, written=(UNIT, "characterisation.csv"))
    chip = chip_of(args)
    if args.calibration is not None:
        apply(load_matrix(BACKEND).load_calibration(args.calibration), chip)
    measured = characterise(chip, args.inputs, args.runs, label=chip_text(args))
    folder = _write(args, measured)
    data = {
        "command": f"vmm {NAME}",
        "unit": args.unit,
        "seed": seed_of(args),
        "noise_seed": args.noise_seed,
        **measured.to_dict(),
        "folder": str(folder),
    }
    return Outcome(DONE, data, f"{_text(measured)}\n\nplot and table: {folder}")


def _text(measured: Characterisation) -> str:
    rows = [
        [
            str(line.input),
            f"{line.slope:.4f}",
            f"{line.offset:.2f}",
            f"{line.noise:.2f}",
            "-" if line.linearity is None else f"{line.linearity:.4f}",
            "-" if line.ordered is None else f"{100 * line.ordered:.0f} %",
        ]
        for line in measured.lines()
    ]
    headings = [
        "input",
        "slope (LSB per weight)",
        "offset (LSB)",
        "noise (LSB)",
        "R^2 of the line",
        "above the next smaller input",
    ]
    return (
        f"{measured.label}: {measured.weights.size} columns, {measured.runs} runs\n\n{table(headings, rows)}"
    )


def _write(args: argparse.Namespace, measured: Characterisation) -> Path:
    from neurohw.analysis.plots.style import write_figure
    from neurohw.analysis.plots.vmm import characterisation_plot
    from neurohw.analysis.run_folder import make_folder, write_surroundings
    from neurohw.files import write_text

    folder = make_folder(args.out, f"vmm-{NAME}")
    write_text(folder / "characterisation.csv", measured.to_csv())
    write_figure(folder / "characterisation", characterisation_plot(measured))
    write_unit(folder, args)
    write_surroundings(folder, chip=None, script=None)
    calibration = [] if args.calibration is None else [f"--calibration={args.calibration}"]
    measured_as = [f"--inputs={','.join(map(str, args.inputs))}", f"--runs={args.runs}"]
    note_written(folder, NAME, *chip_options(args), *calibration, *measured_as)
    return folder
