"""Counters of a trace: the packets that wait at each router and in each tile."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurohw.analysis.trace.slices import Clock
from neurohw.analysis.trace.tracks import Tracks
from neurohw.hardware.topology import LINK_IN
from neurohw.tracing import LINK_ENCODER, Transfers

Array = np.ndarray
Event = dict[str, Any]


def counters(tracks: Tracks, clock: Clock, transfers: Transfers, rows: Array) -> list[Event]:
    """Return a counter event at each change of the number of packets that wait at a router or in a tile."""
    waits = rows[transfers.start[rows] > transfers.since[rows]]
    link = transfers.link[waits]
    in_tile = np.isin(transfers.link_kind[link], (LINK_IN, LINK_ENCODER))
    place = np.where(in_tile, transfers.link_tile[link], transfers.link_router[link])
    cycle, change = (
        np.concatenate([transfers.since[waits], transfers.start[waits]]),
        np.repeat([1, -1], waits.size),
    )
    keys, which = np.unique(
        np.stack([np.tile(in_tile, 2), np.tile(place, 2), cycle], axis=1), axis=0, return_inverse=True
    )
    total = np.bincount(which.reshape(-1), weights=change, minlength=len(keys)).astype(np.int64)
    # the changes at a place add up to 0, so one sum over all places is right for each
    waiting = np.cumsum(total)
    events = []
    for (tile_or_router, number, now), count, step in zip(
        keys.tolist(), waiting.tolist(), total.tolist(), strict=True
    ):
        if step == 0:
            continue
        name = f"{'tile' if tile_or_router else 'router'} {number}"
        pid, tid = tracks.of("waiting packets", name, int(number))
        event = {
            "ph": "C",
            "name": name,
            "pid": pid,
            "tid": tid,
            "ts": clock.us(now),
            "args": {"packets": count},
        }
        events.append(event)
    return events
