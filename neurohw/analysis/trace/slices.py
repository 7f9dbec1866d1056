"""Slices of a trace: links that carry packets, tiles that fire and receive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from neurohw.analysis.trace.tracks import Tracks
from neurohw.tracing import LINK_ENCODER, Messages, Transfers

Array = np.ndarray
Event = dict[str, Any]

FIRES, ENCODER, RECEIVES = range(3)  # order of the tracks of a tile


@dataclass(frozen=True)
class Clock:
    """Cycles as the time of a trace."""

    cycle_us: float

    def us(self, cycle: float) -> float:
        """Return a time in us, without the noise of floats."""
        return float(f"{cycle * self.cycle_us:.12g}")


@dataclass(frozen=True, eq=False)
class Slices:
    """Slices on tracks, in cycles; those of one track do not overlap."""

    track: list[tuple[int, int]]  # process and thread
    start: Array
    length: Array
    args: Sequence[Event]


@dataclass(frozen=True, eq=False)
class TileSlices:
    """What tiles do: a slice for all spikes of a cycle, one for all packets whose reading begins in a cycle."""

    fires: Slices
    fire_names: list[str]
    fire_of_message: Array  # row of ``fires`` for each delivered message
    receives: Slices
    receive_names: list[str]
    receive_of_message: Array


def transfer_slices(tracks: Tracks, transfers: Transfers, rows: Array) -> Slices:
    """Return a slice for each transfer, on the track of its link."""
    link, start = transfers.link[rows], transfers.start[rows]
    track_of_link = {index: _link_track(tracks, transfers, index) for index in np.unique(link).tolist()}
    waited = (start - transfers.since[rows]).tolist()
    return Slices(
        [track_of_link[index] for index in link.tolist()],
        start,
        _lengths(link, start, transfers.end[rows] - start),
        [{"waited_cycles": cycles} for cycles in waited],
    )


def _link_track(tracks: Tracks, transfers: Transfers, link: int) -> tuple[int, int]:
    if transfers.link_kind[link] == LINK_ENCODER:
        tile = int(transfers.link_tile[link])
        return tracks.of("tiles", f"tile {tile} encoder", 3 * tile + ENCODER)
    return tracks.of("links", str(transfers.link_name[link]), link)


def receive_slices(tracks: Tracks, messages: Messages, rows: Array, tile_of_cell: Array) -> TileSlices:
    """Return what the tiles at both ends of messages do."""
    source, target = tile_of_cell[messages.cell[rows]], messages.tile[rows]
    fires, fire_of_message, sent = _merged(
        tracks, source, messages.fired[rows], messages.fired[rows] + 1, "fires", FIRES
    )
    receives, receive_of_message, received = _merged(
        tracks, target, messages.begun[rows], messages.arrived[rows], "receives", RECEIVES
    )
    return TileSlices(
        fires,
        [f"{count} sent" for count in sent],
        fire_of_message,
        receives,
        [f"{count} received" for count in received],
        receive_of_message,
    )


def _merged(
    tracks: Tracks, tile: Array, start: Array, end: Array, what: str, rank: int
) -> tuple[Slices, Array, list[int]]:
    """Return one slice for all messages of a tile and cycle, which slice each is in, and how many a slice has."""
    keys, of_message, counts = np.unique(
        np.stack([tile, start], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    of_message = of_message.reshape(-1)
    last = np.zeros(len(keys), np.int64)
    np.maximum.at(last, of_message, end)
    track = [tracks.of("tiles", f"tile {t} {what}", 3 * t + rank) for t in keys[:, 0].tolist()]
    lengths = _lengths(keys[:, 0], keys[:, 1], last - keys[:, 1])
    args = [{"messages": count} for count in counts.tolist()]
    return Slices(track, keys[:, 1], lengths, args), of_message, counts.tolist()


def _lengths(group: Array, start: Array, length: Array) -> Array:
    """Return how long slices are drawn: at least a cycle, but not into the next one of the same track."""
    order = np.lexsort((start, group))
    shown = np.maximum(length, 1)
    same = np.diff(group[order]) == 0
    gap = np.diff(start[order])
    shown[order[:-1]] = np.where(same, np.minimum(shown[order[:-1]], gap), shown[order[:-1]])
    return shown


def slice_events(clock: Clock, slices: Slices, names: Sequence[str] | Array) -> list[Event]:
    """Return the slices as complete events."""
    return [
        {
            "ph": "X",
            "name": str(name),
            "pid": pid,
            "tid": tid,
            "ts": clock.us(start),
            "dur": clock.us(length),
            "args": args,
        }
        for (pid, tid), start, length, args, name in zip(
            slices.track, slices.start.tolist(), slices.length.tolist(), slices.args, names, strict=True
        )
    ]
