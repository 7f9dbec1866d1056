"""``neurohw validate``: run a PyNN script on two backends and say whether they agree."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import AGAINST, COMMON, RUNNING, SCRIPT_EPILOG, add_options, file
from neurohw.cli.comparison import agreement_of, check_pairs, van_rossum
from neurohw.cli.other_process import running_elsewhere
from neurohw.cli.outcome import DID_NOT_HOLD, DONE, Outcome, note
from neurohw.cli.run import (
    MOST_SHOWN,
    check_folder,
    command_line,
    overrides,
    recordings_of,
    run_data,
    summary_text,
)
from neurohw.cli.script import check_script, run_script
from neurohw.errors import SettingError

if TYPE_CHECKING:
    from neurohw.analysis.compare import Agreement
    from neurohw.analysis.recording import Recording
    from neurohw.pynn.running.open_run import FinishedRun

NAME = "validate"

_OF_SCRIPTS = (*RUNNING, "--out")  # options that need a script

EXAMPLES = """
examples:
  neurohw validate my_script.py --chip mesh --fidelity latency
  neurohw validate --vmm
"""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="run a PyNN script on two backends and compare the spikes",
        description="Run a PyNN script on a backend and, at fidelity ideal, on a reference; compare all "
        "recorded spikes. Exits with 1 when they differ by more than the tolerance that is printed. "
        "The script runs twice, each time in a process of its own.",
        epilog=SCRIPT_EPILOG + EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="neurohw validate [options] SCRIPT [script arguments]\n       neurohw validate --vmm [--against NAME] "
        "[--seed N] [--json]",
        allow_abbrev=False,
    )
    parser.add_argument("script", metavar="SCRIPT", type=file, nargs="?", help="the PyNN script")
    parser.add_argument(
        "--vmm",
        action="store_true",
        help="instead of a script: random products of an analog chip against the same products event by event",
    )
    add_options(parser, AGAINST, RUNNING, COMMON)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Run the script twice and compare; or compare products."""
    if args.vmm:
        return _products(args)
    if args.script is None:
        raise SettingError("nothing to run: give a script, or --vmm; see `neurohw validate --help`")
    runs, tested, references = _run_both(args)
    check_pairs(args.script, tested, references)
    pairs = list(zip(tested, references, strict=True))
    agreements = {own.label: agreement_of(own, other) for own, other in pairs}
    distances = {own.label: van_rossum(own, other) for own, other in pairs}
    data = _verdict(agreements)
    folder = _write_folder(args, runs, pairs, agreements)
    note(f"results in {folder}")
    text = _text(pairs, agreements, distances, data)
    data |= {
        "command": NAME,
        "script": str(args.script),
        "against": args.against,
        "van_rossum": distances,
        "folder": str(folder),
        "runs": [run_data(run, recording) for run, recording in zip(runs, tested, strict=True)],
    }
    return Outcome(DONE if data["holds"] else DID_NOT_HOLD, data, text)


def _products(args: argparse.Namespace) -> Outcome:
    from neurohw.cli import vmm_validation

    if args.script is not None:
        raise SettingError(f"--vmm runs no script; leave {args.script} out")
    given = [flag for flag in _OF_SCRIPTS if getattr(args, flag.removeprefix("--").replace("-", "_"))]
    if given:
        raise SettingError(f"--vmm runs no script and writes no folder; leave {', '.join(given)} out")
    return vmm_validation.execute(args)


def _run_both(args: argparse.Namespace) -> tuple[list[FinishedRun], list[Recording], list[Recording]]:
    """Run the script here and, at the same time, on the reference in another process."""
    from neurohw.backend import load

    check_folder(args)
    check_script(args.script)
    load(args.against)
    with running_elsewhere(
        args.script, args.script_arguments, backend=args.against, seed=args.seed
    ) as reference:
        runs = run_script(args.script, args.script_arguments, **overrides(args))
        return runs, recordings_of(runs), reference.recordings()


def _verdict(agreements: dict[str, Agreement]) -> dict[str, Any]:
    from neurohw.analysis.tolerance import Tolerance

    tolerance = Tolerance()
    misses = {label: tolerance.misses(agreement) for label, agreement in agreements.items()}
    return {
        "holds": not any(misses.values()),
        "misses": misses,
        "tolerance": {**asdict(tolerance), "description": tolerance.describe()},
        "agreements": {label: agreement.to_dict() for label, agreement in agreements.items()},
    }


def _text(
    pairs: Sequence[tuple[Recording, Recording]],
    agreements: dict[str, Agreement],
    distances: dict[str, float | None],
    verdict: dict[str, Any],
) -> str:
    """Return the tables, the tolerance and the verdict."""
    parts = []
    for own, other in pairs:
        distance = distances[own.label]
        shown = "left out, Elephant is not installed" if distance is None else f"{distance:.3g}"
        parts += [summary_text([own, other], agreements), _divergence(agreements[own.label])]
        parts.append(f"van Rossum distance, mean of the busiest cells: {shown}")
        parts += [f"outside: {miss}" for miss in verdict["misses"][own.label]]
    parts.append(f"tolerance: {verdict['tolerance']['description']}")
    parts.append("holds" if verdict["holds"] else "does not hold")
    return "\n\n".join(parts)


def _divergence(agreement: Agreement) -> str:
    from neurohw.wording import counted

    first = agreement.first_divergence
    if first is None:
        return (
            f"identical: all {counted(agreement.spikes[0], 'spike')} of {counted(agreement.n_cells, 'cell')}"
        )
    distances = "; ".join(
        f"{population.name}: rates {population.rate_ks:.3f}, CVs {population.cv_ks:.3f}"
        for population in agreement.populations
    )
    own, other = agreement.spikes
    return "\n".join(
        [
            f"first difference: cell {first.cell} fires at t = {first.time_ms:.6g} ms (tick {first.tick}) in the "
            f"{first.only_in} run only",
            f"{agreement.matched:,} of {own:,} and {other:,} spikes have a partner within "
            f"{agreement.window_ms:g} ms, the largest shift is {agreement.max_shift_ticks} ticks",
            f"Kolmogorov-Smirnov distances over cells: {distances}",
        ]
    )


def _write_folder(
    args: argparse.Namespace,
    runs: Sequence[FinishedRun],
    pairs: Sequence[tuple[Recording, Recording]],
    agreements: dict[str, Agreement],
) -> Path:
    from neurohw.analysis import run_folder
    from neurohw.analysis.report import write_report

    folder = run_folder.make_folder(args.out, args.script)
    chip = runs[-1].program.chip
    both = [recording for pair in pairs for recording in pair]
    run_folder.write_recordings(folder, both)
    run_folder.write_surroundings(folder, chip=chip, script=args.script)
    if not args.no_report:
        shown = both[-MOST_SHOWN:]
        labels = {recording.label for recording in shown}
        write_report(
            folder / run_folder.PAGE,
            pairs[-1][0].report,
            runs=shown,
            agreement={label: agreement for label, agreement in agreements.items() if label in labels},
            chip=chip,
            title=f"{args.script.name} against {args.against}",
            command=command_line(args),
        )
    return folder
