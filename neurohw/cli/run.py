"""``neurohw run``: run a PyNN script, by choice on another chip than its own, and write a run folder."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, RUNNING, SCRIPT_EPILOG, THREADS, TRACING, add_options, file
from neurohw.cli.outcome import DONE, Outcome, note, table
from neurohw.cli.script import run_script

if TYPE_CHECKING:
    from neurohw.analysis.recording import Recording
    from neurohw.pynn.running.open_run import FinishedRun

NAME = "run"
MOST_SHOWN = 4  # runs side by side in tables and figures


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="run a PyNN script and write a report",
        description="Run a PyNN script and write spikes, a report, the chip and the versions to a folder.",
        epilog=SCRIPT_EPILOG
        + "\nexample:\n  neurohw run --chip mesh --fidelity fcfs my_script.py --n 1000\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="neurohw run [options] SCRIPT [script arguments]",
        allow_abbrev=False,
    )
    parser.add_argument("script", metavar="SCRIPT", type=file, help="the PyNN script")
    add_options(parser, RUNNING, THREADS, TRACING, COMMON)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Run the script and write the folder."""
    from neurohw.tracing import Tracing

    check_folder(args)
    traces = trace_files(args)
    tracing = Tracing() if traces else None
    runs = run_script(args.script, args.script_arguments, tracing=tracing, **overrides(args))
    recordings = recordings_of(runs)
    folder = write_folder(args, runs, recordings)
    for path, write in traces.items():
        write(path, runs[-1].program, runs[-1].result)
        note(f"wrote {path}")
    note(f"results in {folder}")
    data = {
        "command": NAME,
        "script": str(args.script),
        "folder": str(folder),
        "runs": [run_data(run, recording) for run, recording in zip(runs, recordings, strict=True)],
    }
    return Outcome(DONE, data, summary_text(recordings[-MOST_SHOWN:]))


def check_folder(args: argparse.Namespace) -> None:
    """Refuse a folder with files of others that :func:`write_folder` would write over.

    Raises
    ------
    SettingError
        As of ``check_out``.
    """
    from neurohw.analysis.run_folder import PAGE, RECORDINGS, check_out

    check_out(args.out, args.script, RECORDINGS if args.no_report else (*RECORDINGS, PAGE))


def trace_files(args: argparse.Namespace) -> dict[Path, Callable[..., None]]:
    """Return how to write each file of packets that was asked for.

    Raises
    ------
    SettingError
        For a file that cannot be written, is given twice, or is the script, its chip or a file of the folder: before
        the run.
    """
    from neurohw.analysis.run_folder import CHIP, PAGE, REPORT, SPIKES, VERSIONS
    from neurohw.analysis.trace import write_messages, write_trace
    from neurohw.files import check_written

    names = () if args.out is None else (SPIKES, REPORT, PAGE, CHIP, VERSIONS)
    check_written(
        {"--trace": args.trace, "--messages": args.messages},
        {
            "SCRIPT": args.script,
            "--chip": args.chip,
            **{f"{name} of --out": args.out / name for name in names},
        },
    )
    wanted = {args.trace: write_trace, args.messages: write_messages}
    return {path: write for path, write in wanted.items() if path is not None}


def overrides(args: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that win over the script's."""
    names = ("chip", "fidelity", "backend", "seed", "threads")
    return {name: getattr(args, name, None) for name in names}


def recordings_of(runs: Sequence[FinishedRun]) -> list[Recording]:
    """Return the recordings of finished runs, with labels that tell them apart."""
    from neurohw.analysis.recording import Recording

    labels = [run_label(run) for run in runs]
    if len(labels) > 1:
        labels = [f"{index}: {label}" for index, label in enumerate(labels, start=1)]
    return [
        Recording.of(label, run.program.network, run.result) for label, run in zip(labels, runs, strict=True)
    ]


def run_label(run: FinishedRun) -> str:
    """Return backend, chip and fidelity of a run."""
    report = run.result.report
    return ", ".join(part for part in (report.backend, report.chip, report.fidelity) if part)


def run_data(run: FinishedRun, recording: Recording) -> dict[str, Any]:
    """Return what programs want to know of a run."""
    return {
        "label": recording.label,
        "spikes": recording.spikes.ids.size,
        "spikes_digest": recording.spikes.digest(),
        "network_digest": recording.network_digest,
        "build_s": run.build_s,
        "compile_s": run.compile_s,
        "run_s": run.run_s,
        "report": recording.report.to_dict(),
    }


def summary_text(recordings: Sequence[Recording], agreements: Any = None) -> str:
    """Return the summary as a table of text."""
    from neurohw.analysis.summary import summary_rows

    rows = [[row.name, *row.values] for row in summary_rows(recordings, agreements or {})]
    return table(["", *(recording.label for recording in recordings)], rows)


def write_folder(
    args: argparse.Namespace, runs: Sequence[FinishedRun], recordings: Sequence[Recording]
) -> Path:
    """Write the run folder and return its path."""
    from neurohw.analysis import run_folder

    folder = run_folder.make_folder(args.out, args.script)
    chip = runs[-1].program.chip
    run_folder.write_recordings(folder, recordings)
    run_folder.write_surroundings(folder, chip=chip, script=args.script)
    if not args.no_report:
        from neurohw.analysis.report import write_report

        write_report(
            folder / run_folder.PAGE,
            recordings[-1].report,
            runs=recordings[-MOST_SHOWN:],
            chip=chip,
            title=args.script.name,
            command=command_line(args),
        )
    return folder


def command_line(args: argparse.Namespace) -> str:
    """Return the command that repeats the run."""
    import shlex

    flags = ("chip", "fidelity", "backend", "against", "seed", "threads")
    given = [(flag, getattr(args, flag, None)) for flag in flags]
    options = [part for flag, value in given if value is not None for part in (f"--{flag}", str(value))]
    command = "validate" if hasattr(args, "against") else "run"
    rest = ["--", *args.script_arguments] if args.script_arguments else []
    return shlex.join(["neurohw", command, *options, str(args.script), *rest])
