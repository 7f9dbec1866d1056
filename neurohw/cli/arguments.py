"""Options that commands share, and the parting of neurohw's arguments from the script's."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from math import inf, nan
from pathlib import Path
from typing import Any, NoReturn

from neurohw.errors import SettingError

FIDELITY = (
    "ideal: programmed delays only; latency: plus the way through the chip; fcfs: plus contention for links; "
    "credit: plus buffers that keep packets back"
)


def positive_count(text: str) -> int:
    """Read a whole number above 0.

    Raises
    ------
    ArgumentTypeError
        For anything else.
    """
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number above 0")
    return int(text)


def positive_seconds(text: str) -> float:
    """Read a finite number of seconds above 0.

    Raises
    ------
    ArgumentTypeError
        For anything else.
    """
    return _positive(text, "seconds")


def positive_ms(text: str) -> float:
    """Read a finite number of ms above 0.

    Raises
    ------
    ArgumentTypeError
        For anything else.
    """
    return _positive(text, "ms")


def _positive(text: str, unit: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not 0 < value < inf:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of {unit} above 0, and finite")
    return value


def folder(text: str) -> Path:
    """Return the path of a folder to write to."""
    if not text:
        raise argparse.ArgumentTypeError("the name of a folder is empty; '.' is the one you are in")
    return Path(text)


def file(text: str) -> Path:
    """Return the path of a file."""
    if not text:
        raise argparse.ArgumentTypeError("the name of a file is empty")
    return Path(text)


COMMON: Mapping[str, Mapping[str, Any]] = {
    "--seed": {"type": int, "metavar": "N", "help": "seed of the run, instead of the script's"},
    "--out": {
        "type": folder,
        "metavar": "DIR",
        "help": "folder to write to (default: neurohw-runs/NAME-TIME)",
    },
    "--json": {"action": "store_true", "help": "print one JSON object on stdout, messages on stderr"},
}
RUNNING: Mapping[str, Mapping[str, Any]] = {
    "--chip": {"metavar": "CHIP", "help": "name of a preset (see `neurohw chips`) or a TOML file"},
    "--fidelity": {"metavar": "LEVEL", "help": FIDELITY},
    "--backend": {"metavar": "NAME", "help": "backend that simulates (default: the script's, else event)"},
    "--no-report": {"action": "store_true", "help": "write the data, but no HTML page"},
}
THREADS: Mapping[str, Mapping[str, Any]] = {
    "--threads": {
        "type": positive_count,
        "metavar": "N",
        "help": "that may simulate (default: the script's, else 1); spikes are the same",
    },
}
TRACING: Mapping[str, Mapping[str, Any]] = {
    "--trace": {
        "type": file,
        "metavar": "FILE",
        "help": "write a trace for Perfetto (out.json or out.json.gz) of the last run's packets",
    },
    "--messages": {
        "type": file,
        "metavar": "FILE",
        "help": "write a table of the messages delivered in the last run (out.csv or out.csv.gz)",
    },
}
AGAINST: Mapping[str, Mapping[str, Any]] = {
    "--against": {"metavar": "NAME", "default": "brian2", "help": "reference backend (default: brian2)"},
}
MAPPING: Mapping[str, Mapping[str, Any]] = {
    "--chip": RUNNING["--chip"],
    "--partitioner": {
        "metavar": "NAME",
        "help": "greedy, kernighan_lin, multilevel, sequential or spinemap (default: sequential; --compare: all)",
    },
    "--placer": {
        "metavar": "NAME",
        "help": "anneal, force_directed, hilbert, hillclimb, pso or snake (default: snake; --compare: all)",
    },
    "--fan-in": {
        "metavar": "WAY",
        "default": "error",
        "help": "neurons with more inputs than a crossbar has rows: error: refuse them; merge: join columns of several "
        "crossbars of a tile; unroll: put chains of relays before them, which changes results (default: error)",
    },
    "--no-strict": {
        "action": "store_true",
        "help": "map what the chip's circuits, tables or delays do not allow as if they did (strict=False)",
    },
    "--compare": {
        "action": "store_true",
        "help": "try all partitioners with all placers (or the one that is given), and take the best by --objective",
    },
    "--objective": {
        "metavar": "NAME",
        "default": "hops",
        "help": "what is best: energy, hops, latency, max_link_load, packets, synapse_spikes or throughput; placers "
        "lower energy, latency, max_link_load or else hops (default: hops)",
    },
    "--iteration": {
        "type": positive_ms,
        "metavar": "MS",
        "help": "what throughput counts: runs of so many ms, each cell with the most spikes that it has in any "
        "(default: the script's)",
    },
    "--duplicate": {
        "type": positive_count,
        "metavar": "N",
        "help": "run the tiles that bound the throughput on up to N tiles each, as far as tiles are free, which take "
        "turns: for iterations that do not depend on each other",
    },
    "--seconds": {
        "type": positive_seconds,
        "metavar": "S",
        "help": "the longest that a partitioner may take, and a placer (default: 5 for placers)",
    },
    "--workload": {
        "type": file,
        "metavar": "FILE",
        "help": "write cells, synapses and spikes, as JSON (.json) or HDF5 (.h5, .hdf5)",
    },
    "--out": {
        "type": folder,
        "metavar": "DIR",
        "help": "folder for report.html, the mapping as a picture, the schedule as a Gantt chart, and its certificate",
    },
}

SCRIPT_EPILOG = """\
Options of neurohw may stand before or after SCRIPT. Whatever follows SCRIPT and is not one of them goes to
the script, and so does everything behind `--`.
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are those of neurohw: one message, exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise what the command line prints.

        Raises
        ------
        SettingError
            Always.
        """
        raise SettingError(f"{message}; see `{self.prog} --help`")


def add_options(parser: argparse.ArgumentParser, *groups: Mapping[str, Mapping[str, Any]]) -> None:
    """Add the options of some groups to a parser."""
    for group in groups:
        for flag, settings in group.items():
            parser.add_argument(flag, **settings)


def split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Part ``COMMAND [options] SCRIPT [...]`` into arguments of neurohw and arguments of the script.

    Before SCRIPT everything is neurohw's. After it, known options are neurohw's, with their values; the rest
    is the script's, in order, and so is everything behind ``--``.
    """
    options = {
        **COMMON,
        **(MAPPING if arguments[0] == "compile" else {**RUNNING, **TRACING, **AGAINST}),
        **(THREADS if arguments[0] == "run" else {}),
    }
    own = [arguments[0]]
    script: list[str] = []
    has_script = False
    rest = iter(arguments[1:])
    for argument in rest:
        flag, _, value = argument.partition("=")
        if argument == "--":
            script += rest
        elif flag in options:
            own.append(argument)
            if not value and "action" not in options[flag]:
                own += [following for following in [next(rest, None)] if following is not None]
        elif has_script:
            script.append(argument)
        else:
            own.append(argument)
            has_script = not argument.startswith("-")
    return own, script
