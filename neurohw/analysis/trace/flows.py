"""Flows of a trace: an arrow for each message, from the tile that fires over links to the tile that receives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from neurohw.analysis.trace.slices import Clock, Slices, TileSlices

Array = np.ndarray
Event = dict[str, Any]


def flow_events(
    clock: Clock,
    links: Slices,
    tiles: TileSlices,
    delivered: Array,
    ways: Sequence[Sequence[int]],
    row_of_transfer: Mapping[int, int],
) -> list[Event]:
    """Return start, steps and end of the flow of each delivered message.

    A flow is tied to the slices that begin where it starts, goes on and ends. ``row_of_transfer`` gives the slice of
    a transfer in ``links``.
    """
    events = []
    for index, message in enumerate(delivered.tolist()):
        steps = [row_of_transfer[row] for row in ways[message] if row in row_of_transfer]
        places = [
            (tiles.fires, int(tiles.fire_of_message[index])),
            *((links, row) for row in steps),
            (tiles.receives, int(tiles.receive_of_message[index])),
        ]
        phases = ["s", *"t" * len(steps), "f"]
        for phase, (slices, row) in zip(phases, places, strict=True):
            pid, tid = slices.track[row]
            event = {
                "ph": phase,
                "name": "spike",
                "cat": "spike",
                "id": message + 1,
                "pid": pid,
                "tid": tid,
                "ts": clock.us(int(slices.start[row])),
            }
            events.append(event | {"bp": "e"} if phase == "f" else event)
    return events
