"""``neurohw demo``: one network ideal, on a chip and on the reference; and what the chip did to it."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, add_options, positive_count, positive_ms
from neurohw.cli.comparison import agreement_of
from neurohw.cli.effects import compare_chips, effects_text
from neurohw.cli.other_process import running_elsewhere
from neurohw.cli.outcome import DID_NOT_HOLD, DONE, Outcome, note, showing_progress, timed
from neurohw.cli.run import run_data, summary_text
from neurohw.cli.script import run_script

if TYPE_CHECKING:
    from neurohw.analysis.compare import Agreement
    from neurohw.analysis.recording import Recording
    from neurohw.hardware import Chip
    from neurohw.pynn.running.open_run import FinishedRun

NAME = "demo"
SCRIPT = Path(__file__).parents[1] / "demo" / "vogels_abbott.py"
REFERENCE = "brian2"
FIDELITY = "fcfs"
DEFAULT_SEED = 1
_ENOUGH = 400  # neurons that are simulated by the kernels of thousands


@dataclass(frozen=True)
class _Runs:
    """The three runs, and the chip's effects by the label of a chip."""

    ideal: FinishedRun
    on_chip: FinishedRun
    recordings: Sequence[Recording]  # ideal, on the chip, reference
    effects: dict[str, Agreement]


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="run the Vogels-Abbott network ideal, on a chip and on Brian2",
        description="Run the Vogels-Abbott CUBA benchmark from the PyNN script that ships with neurohw: "
        "ideal, on a simulated chip, and on the Brian2 reference. Prints a table and writes a report.",
        allow_abbrev=False,
    )
    parser.add_argument("--chip", metavar="CHIP", default="mesh", help="preset or TOML file (default: mesh)")
    parser.add_argument("--neurons", metavar="N", type=positive_count, default=4000, help="default: 4000")
    parser.add_argument("--duration", metavar="MS", type=positive_ms, default=1000.0, help="default: 1000")
    add_options(parser, COMMON)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Run all three, compare and write the folder."""
    from neurohw.analysis.run_folder import PAGE, RECORDINGS, check_out
    from neurohw.analysis.tolerance import Tolerance
    from neurohw.hardware import load_chip

    check_out(args.out, SCRIPT, (*RECORDINGS, PAGE))
    args.seed = DEFAULT_SEED if args.seed is None else args.seed
    runs = _run_all(load_chip(args.chip), args)
    *own, reference = runs.recordings
    agreements = {recording.label: agreement_of(recording, reference) for recording in own}
    misses = Tolerance().misses(agreements[own[0].label])
    folder = _write_folder(args, runs, agreements)
    text = [summary_text(runs.recordings, agreements), effects_text(runs.effects)]
    text += [f"outside the tolerance: {miss}" for miss in misses]
    text.append(f"report: {folder / PAGE}")
    data = {
        "command": NAME,
        "holds": not misses,
        "misses": misses,
        "tolerance": Tolerance().describe(),
        "folder": str(folder),
        "agreements": {label: agreement.to_dict() for label, agreement in agreements.items()},
        "effects": {label: agreement.to_dict() for label, agreement in runs.effects.items()},
        "runs": [run_data(run, each) for run, each in zip((runs.ideal, runs.on_chip), own, strict=True)],
        "reference": reference.report.to_dict(),
    }
    return Outcome(DID_NOT_HOLD if misses else DONE, data, "\n\n".join(text))


def _run_all(chip: Chip, args: argparse.Namespace) -> _Runs:
    """Run the reference in another process and the others here, at the same time."""
    from neurohw.analysis.recording import Recording

    arguments = [f"--neurons={args.neurons}", f"--duration={args.duration}", f"--seed={args.seed}"]
    labels = ("ideal", f"{chip.name}, {FIDELITY}", f"reference ({REFERENCE})")
    settings = {"backend": "event", "seed": args.seed}
    with (
        showing_progress(),
        running_elsewhere(SCRIPT, arguments, backend=REFERENCE, seed=args.seed) as elsewhere,
    ):
        note(f"{SCRIPT.name} {' '.join(arguments)}")
        note(f"[3/3] {labels[2]}: started beside the others")
        with timed("      kernels, which take a minute to compile the first time"):
            _compile_kernels(min(args.neurons, _ENOUGH), chip, **settings)
        ideal = _run(f"[1/3] {labels[0]}", arguments, fidelity="ideal", **settings)
        on_chip = _run(f"[2/3] {labels[1]}", arguments, chip=chip, fidelity=FIDELITY, **settings)
        plain = Recording.of(labels[0], ideal.program.network, ideal.result)
        chipped = Recording.of(labels[1], on_chip.program.network, on_chip.result)
        effects = compare_chips(ideal.program.network, plain, chipped, chip, FIDELITY, args.seed)
        with timed(f"[3/3] {labels[2]}: waiting"):
            (reference,) = elsewhere.recordings()
    return _Runs(ideal, on_chip, (plain, chipped, replace(reference, label=labels[2])), effects)


def _compile_kernels(neurons: int, chip: Chip, **settings: Any) -> None:
    """Take one step of a small network in the same two ways, so that no run is timed with compilation in it."""
    arguments = [f"--neurons={neurons}", "--duration=0.1"]
    with redirect_stdout(StringIO()):
        run_script(SCRIPT, arguments, fidelity="ideal", **settings)
        run_script(SCRIPT, arguments, chip=chip, fidelity=FIDELITY, **settings)


def _run(label: str, arguments: list[str], **overrides: Any) -> FinishedRun:
    # what the script prints stands in the table, too
    with timed(label), redirect_stdout(StringIO()):
        return run_script(SCRIPT, arguments, **overrides)[-1]


def _write_folder(args: argparse.Namespace, runs: _Runs, agreements: dict[str, Agreement]) -> Path:
    from neurohw.analysis import run_folder
    from neurohw.analysis.report import write_report

    chip = runs.on_chip.program.chip
    command = ["neurohw", NAME, f"--chip={args.chip}", f"--neurons={args.neurons}"]
    command += [f"--duration={args.duration}", f"--seed={args.seed}"]
    with timed("      report"):
        folder = run_folder.make_folder(args.out, NAME)
        run_folder.write_recordings(folder, runs.recordings)
        run_folder.write_surroundings(folder, chip=chip, script=SCRIPT)
        write_report(
            folder / run_folder.PAGE,
            runs.on_chip.result.report,
            runs=runs.recordings,
            agreement=agreements,
            effects=runs.effects,
            chip=chip,
            title=f"Vogels-Abbott CUBA: {args.neurons:,} neurons on the chip {args.chip}",
            command=shlex.join(command),
        )
    return folder
