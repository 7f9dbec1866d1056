"""Messages as a CSV table, with the column names of SANA-FE's message trace where they mean the same."""

from __future__ import annotations

import csv
import gzip
from io import TextIOWrapper
from os import PathLike
from pathlib import Path
from typing import IO

import numpy as np

from neurohw.analysis.trace.names import cell_names, core_names, traced
from neurohw.files import replacing
from neurohw.program import Program
from neurohw.result import Result

Array = np.ndarray

SHARED = (
    "timestep", "mid", "src_neuron", "src_hw", "dest_hw", "hops", "spikes", "send_timestamp", "received_timestamp",
    "processed_timestamp", "generation_delay", "processing_delay", "network_delay", "blocking_delay", "min_hop_delay",
)  # fmt: skip
OWN = ("arrival_timestep", "fifo_delay")


def write_messages(path: str | PathLike[str], program: Program, result: Result) -> None:
    """Write one row per delivered message; compressed where the name ends in ``.gz``.

    Parameters
    ----------
    path : where to write; the file appears completely or not at all.
    program, result : what ran, and what a run of it with ``trace=True`` gave.

    Raises
    ------
    SettingError
        When the run noted no packets, or the file cannot be written.
    """
    columns = message_columns(program, result)
    with replacing(path) as temporary, open_text(temporary, Path(path)) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def message_columns(program: Program, result: Result) -> dict[str, list[object]]:
    """Return the columns by name; times in s, those of a message since the beginning of its tick."""
    placement, messages, _ = traced(program, result)
    seconds = (result.report.cycle_ns or 0.0) * 1e-9

    def time(cycles: Array) -> list[object]:
        return [float(f"{value:.9g}") for value in cycles * seconds]

    cells = messages.cell
    values = (
        messages.fired_tick.tolist(),
        list(range(cells.size)),
        cell_names(program)[cells].tolist(),
        core_names(program, placement)[cells].tolist(),
        messages.tile.tolist(),
        messages.hops.tolist(),
        messages.synapses.tolist(),
        time(messages.entered - messages.fired),
        time(messages.begun - messages.fired),
        time(messages.arrived - messages.fired),
        time(messages.entered - messages.fired),
        time(messages.arrived - messages.begun),
        time(messages.reached - messages.entered),
        time(messages.reached - messages.entered - messages.least),
        time(messages.least),
        messages.arrived_tick.tolist(),
        time(messages.begun - messages.reached),
    )
    return dict(zip((*SHARED, *OWN), values, strict=True))


def open_text(temporary: Path, path: Path) -> IO[str]:
    """Open a file for writing text; compressed, and the same for the same text, where ``path`` ends in ``.gz``."""
    if path.suffix != ".gz":
        return temporary.open("w", encoding="utf-8", newline="")
    packed = gzip.GzipFile(filename="", mode="wb", fileobj=temporary.open("wb"), mtime=0)
    return TextIOWrapper(packed, encoding="utf-8", newline="")
