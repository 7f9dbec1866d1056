"""The command ``neurohw``: run PyNN scripts on simulated chips and compare them with a reference.

Nothing heavy is imported until a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from neurohw.cli import chips, compile_script, demo, noc, partition, place, run, sdf, validate, vmm
from neurohw.cli.arguments import Parser, split
from neurohw.cli.outcome import (
    BAD_INPUT,
    Outcome,
    emit,
    silent_progress,
    stdout_to_stderr,
    without_empty_folder,
)
from neurohw.errors import NeurohwError

COMMANDS = (demo, run, validate, compile_script, noc, partition, place, sdf, vmm, chips)
INTERRUPTED = 130  # what shells give for Ctrl-C

EPILOG = """\
examples:
  neurohw demo                                      4,000 neurons: ideal, on a chip, and on Brian2
  neurohw run script.py                             as the script says
  neurohw run --chip mesh --fidelity fcfs script.py on the chip, with contention for its links
  neurohw validate script.py                        the same spikes as Brian2?
  neurohw compile script.py --chip mesh --compare   mappings by all algorithms
  neurohw noc --topology torus                      latency over load of an interconnect alone
  neurohw partition --connections F --spikes F      neurons of text tables to crossbars
  neurohw place cluster.ir --mesh 19x19             clusters of a file on tiles
  neurohw sdf graph.xml                             throughput of a dataflow graph, exactly
  neurohw vmm characterise                          what an analog chip makes of inputs and weights
  neurohw chips mesh                                a chip's numbers and where they come from

exit codes: 0 done, 1 ran but did not hold, 2 bad input
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code.

    Parameters
    ----------
    argv : arguments without the program's name, by default those of the process.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        with ExitStack() as stack:
            if as_json:
                stack.enter_context(stdout_to_stderr())
                stack.enter_context(silent_progress())
            outcome = _execute(arguments)
    except NeurohwError as error:
        print(f"neurohw: {error}", file=sys.stderr)
        outcome = Outcome(BAD_INPUT, {"error": str(error)})
    except KeyboardInterrupt:
        print("neurohw: interrupted", file=sys.stderr)
        return INTERRUPTED
    emit(outcome, as_json)
    return outcome.code


def _execute(arguments: list[str]) -> Outcome:
    parser = build_parser()
    script_arguments: list[str] = []
    if arguments and arguments[0] in (run.NAME, validate.NAME, compile_script.NAME):
        arguments, script_arguments = split(arguments)
    parsed = parser.parse_args(arguments)
    parsed.script_arguments = script_arguments
    with without_empty_folder(getattr(parsed, "out", None)):
        outcome: Outcome = parsed.execute(parsed)
    return outcome


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = Parser(
        prog="neurohw",
        description="Run your PyNN script on a neuromorphic chip you don't have.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"neurohw {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for command in COMMANDS:
        command.add_to(commands)
    return parser


def _version() -> str:
    from importlib.metadata import version

    return version("neurohw")
