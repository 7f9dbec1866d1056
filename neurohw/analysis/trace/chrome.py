"""A run as a trace in Chrome's trace-event format, which Perfetto shows: who took which link when.

Tiles and links are tracks; waiting packets are counters; spikes are flows from the tile that fires over links to
the tiles that receive. The format: "Trace Event Format", Google, 2016 (bit.ly/chrome-trace-event).
"""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from neurohw.analysis.trace.counters import counters
from neurohw.analysis.trace.flows import flow_events
from neurohw.analysis.trace.messages import open_text
from neurohw.analysis.trace.names import cell_names, traced
from neurohw.analysis.trace.slices import Clock, receive_slices, slice_events, transfer_slices
from neurohw.analysis.trace.tracks import Tracks
from neurohw.analysis.trace.ways import links_of_messages
from neurohw.files import replacing
from neurohw.program import Program
from neurohw.result import Result
from neurohw.tracing import LINK_CROSSBAR, Messages, Transfers

Array = np.ndarray
Event = dict[str, Any]

MOST_EVENTS = 200_000


def write_trace(
    path: str | PathLike[str], program: Program, result: Result, *, most_events: int = MOST_EVENTS
) -> None:
    """Write a trace; compressed where the name ends in ``.gz``.

    Parameters
    ----------
    path : where to write; the file appears completely or not at all.
    program, result : what ran, and what a run of it with ``trace=True`` gave.
    most_events : the trace ends before it has more, and says so in its metadata.

    Raises
    ------
    SettingError
        When the run noted no packets, or the file cannot be written.
    """
    trace = make_trace(program, result, most_events=most_events)
    with replacing(path) as temporary, open_text(temporary, Path(path)) as file:
        json.dump(trace, file, separators=(",", ":"))


def make_trace(program: Program, result: Result, *, most_events: int = MOST_EVENTS) -> Event:
    """Return the trace as it is written: events by time, and what the run was."""
    placement, messages, transfers = traced(program, result)
    ways = links_of_messages(messages, transfers)
    end, is_capped = _end(messages, transfers, ways, most_events)
    report = result.report
    tracks = Tracks()
    clock = Clock((report.cycle_ns or 0.0) * 1e-3)
    names = cell_names(program)
    carried = np.flatnonzero((transfers.start < end) & (transfers.link_kind[transfers.link] != LINK_CROSSBAR))
    delivered = np.flatnonzero(messages.arrived < end)
    links = transfer_slices(tracks, transfers, carried)
    tiles = receive_slices(tracks, messages, delivered, placement.tile_of_cell)
    events = slice_events(clock, links, names[transfers.cell[carried]])
    events += slice_events(clock, tiles.fires, tiles.fire_names)
    events += slice_events(clock, tiles.receives, tiles.receive_names)
    events += counters(tracks, clock, transfers, carried)
    rows = dict(zip(carried.tolist(), range(carried.size), strict=True))
    events += flow_events(clock, links, tiles, delivered, ways, rows)
    events.sort(key=lambda event: event["ts"])
    return {
        "traceEvents": tracks.metadata() + events,
        "displayTimeUnit": "ns",
        "otherData": _about(result, transfers, end if is_capped else None, clock),
    }


def _end(
    messages: Messages, transfers: Transfers, ways: list[list[int]], most_events: int
) -> tuple[int, bool]:
    """Return the cycle up to which events fit, and whether it comes before the end of the run."""
    waits = transfers.start > transfers.since
    cycle = np.concatenate([transfers.start, messages.arrived])
    # a transfer is a slice, and two changes of a counter where it waits; a message two slices and a flow
    count = np.concatenate([1 + 2 * waits, np.array([4 + len(way) for way in ways], dtype=np.int64)])
    order = np.argsort(cycle, kind="stable")
    fits = np.cumsum(count[order]) <= most_events
    ends = [int(cycle[order[np.argmin(fits)]])] if not fits.all() else []
    if transfers.n_begun > transfers.start.size:
        ends.append(int(transfers.since.max(initial=0)))  # what stood before a link until then was noted
    last = int(cycle.max(initial=0)) + 1
    return min([*ends, last]), bool(ends)


def _about(result: Result, transfers: Transfers, end: int | None, clock: Clock) -> Event:
    report = result.report
    about: Event = {
        "chip": report.chip,
        "fidelity": report.fidelity,
        "seed": report.seed,
        "biological_ms": report.biological_ms,
        "clock": "time on the chip",
        "capped": end is not None,
    }
    if end is not None:
        about["note"] = (
            f"capped: ends at {clock.us(end):.9g} us of the chip's time; "
            f"{transfers.n_begun:,} links were taken in the run"
        )
    return about
