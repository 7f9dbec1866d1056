"""``neurohw vmm calibrate``: a chip before and after its circuits have been made more alike."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from neurohw.cli.arguments import add_options, positive_count
from neurohw.cli.outcome import DONE, Outcome, showing_progress, table, timed
from neurohw.cli.vmm.options import (
    BACKEND,
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

NAME = "calibrate"
FILE = "calibration.npz"
DESCRIPTION = """\
Calibrate an analog chip through its results alone, as calix does BrainScaleS-2: probe vectors, a binary search for the
trim bits of every driver and column, medians of the chip as targets. Writes the settings, a table and a plot of before
and after.
"""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="find the trim bits that make a chip's circuits alike",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--runs", type=positive_count, default=60, metavar="N", help="of each probe (default: 60)"
    )
    add_options(parser, CHIP, OUTPUT)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Calibrate a chip and write the folder."""
    from neurohw.analysis.run_folder import check_out
    from neurohw.analysis.vmm import characterise
    from neurohw.backend import load_matrix

    check_out(args.out, written=(UNIT, FILE, "calibration.json"))
    chip = chip_of(args)
    backend = load_matrix(BACKEND)
    name = chip_text(args)
    before = characterise(chip, label=f"{name}, before")
    with timed(f"calibrating {name}"), showing_progress():
        calibration = backend.calibrate(chip, runs=args.runs, noise_seed=args.noise_seed)
    apply(calibration, chip)
    after = characterise(chip, label=f"{name}, calibrated")
    folder = _write(args, calibration, (before, after))
    success = {
        "columns": float(calibration.column_success.mean()),
        "drivers": float(calibration.driver_success.mean()),
    }
    data = {
        "command": f"vmm {NAME}",
        "unit": args.unit,
        "seed": seed_of(args),
        "noise_seed": args.noise_seed,
        "runs": args.runs,
        "table": calibration.table(),
        "success": success,
        "calibration": str(folder / FILE),
        "folder": str(folder),
    }
    text = [
        f"{name}: {args.runs} runs of each probe",
        _table_text(calibration.table()),
        f"succeeded: {100 * success['columns']:.1f} % of columns, {100 * success['drivers']:.1f} % of drivers",
        f"settings, table and plot: {folder}",
    ]
    return Outcome(DONE, data, "\n\n".join(text))


def _table_text(lines: list[dict[str, Any]]) -> str:
    keys = ("mean_before", "spread_before", "mean_after", "spread_after")
    rows = [[_name(line), *(f"{line[key]:.4f}" for key in keys)] for line in lines]
    return table(["property", "mean before", "spread", "mean after", "spread"], rows)


def _name(line: dict[str, Any]) -> str:
    return f"{line['property']} ({line['unit']})" if line["unit"] else f"{line['property']} (over the median)"


def _write(args: argparse.Namespace, calibration: Any, characterised: tuple[Any, Any]) -> Path:
    from neurohw.analysis.plain import to_json
    from neurohw.analysis.plots.style import write_figure
    from neurohw.analysis.plots.vmm import calibration_plot, characterisation_plot
    from neurohw.analysis.run_folder import make_folder, write_surroundings
    from neurohw.backend import load_matrix
    from neurohw.files import write_text

    folder = make_folder(args.out, f"vmm-{NAME}")
    load_matrix(BACKEND).save_calibration(calibration, folder / FILE)
    write_text(folder / "calibration.json", to_json(calibration.table(), indent=1))
    write_figure(folder / "calibration", calibration_plot(calibration.before, calibration.after))
    write_figure(folder / "before_and_after", characterisation_plot(*characterised))
    write_unit(folder, args)
    write_surroundings(folder, chip=None, script=None)
    note_written(folder, NAME, *chip_options(args), f"--runs={args.runs}")
    return folder
