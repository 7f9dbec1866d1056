"""Which events of streamed synapses are under way: they follow from the spikes sent of late, and from the wiring."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.layout import Array, Wiring
from neurohw_event.stored_segments import weights_of, with_weights
from neurohw_event.stream_layout import SENT_CELL, SENT_TICK, SENT_TIMES, Streams
from neurohw_event.streamed import n_streamed


class Events(NamedTuple):
    """Events under way, in the order in which they were sent."""

    due: Array  # int64, tick
    segment: Array  # int64
    synapse: Array  # int64


class Rows(NamedTuple):
    """Where the streamed synapses of arrivals stand; entries by arrival, but of ``own``."""

    own: Array  # int64 [n_cells, 2], the first arrival of a cell in a share, and the one behind the last
    segment: Array  # int64, the first streamed one
    synapse: Array  # int64, its first one
    size: Array  # int64, synapses
    delay: Array  # int64, where their delays begin


def recent(streams: Streams, tick: int) -> Array:
    """Return the spikes of which events may be due behind ``tick``, as in ``Streams.sent``."""
    sent = streams.sent[:, : streams.n_sent[0]]
    return sent.compress(sent[SENT_TICK] + streams.longest > tick, axis=1)


def rows_of(wiring: Wiring, share: int | None) -> Rows:
    """Return where streamed synapses stand; ``share`` is that of their targets, None: all."""
    ends = wiring.segments_of_arrival[1:]
    first = ends - n_streamed(wiring)
    synapse = wiring.synapses_of_segment[first]
    size = wiring.synapses_of_segment[ends] - synapse
    of_cell = wiring.arrivals_of_cell
    own = np.stack([of_cell[:-1], of_cell[1:]], axis=1)
    if share is not None:
        arrival = np.flatnonzero(wiring.tile == share)
        cell = np.repeat(np.arange(len(own)), np.diff(of_cell))[arrival]
        own = np.zeros_like(own)
        own[cell] = np.stack([arrival, arrival + 1], axis=1)
    return Rows(own, first, synapse, size, np.cumsum(size) - size)


def under_way(sent: Array, since: Array, wiring: Wiring, share: int | None, tick: int) -> Events:
    """Return what spikes (``sent`` and ``since`` as in ``Streams``) bring to a share behind ``tick``."""
    cell, sent_at = (np.repeat(sent[row], sent[SENT_TIMES]) for row in (SENT_CELL, SENT_TICK))
    rows = rows_of(wiring, share)
    own = rows.own[cell]
    arrival, spike = _ranges(own[:, 0], own[:, 1] - own[:, 0])
    synapse, row = _ranges(rows.synapse[arrival], rows.size[arrival])
    sent_at, within = sent_at[spike[row]], synapse - rows.synapse[arrival[row]]
    due = sent_at + wiring.stream_delay[rows.delay[arrival[row]] + within]
    segment = np.searchsorted(wiring.synapses_of_segment, synapse, side="right") - 1
    is_under_way = (due > tick) & (sent_at > since[wiring.channel[segment]])
    return Events(due[is_under_way], segment[is_under_way], synapse[is_under_way])


def as_segments(
    streams: Streams | None, wiring: Wiring, kept: list[int], tick: int
) -> tuple[Wiring, Array, Array]:
    """Turn what is under way to groups that are not ``kept`` into segments of one synapse each.

    Returns the wiring with these behind its own segments, the ticks in which they are due, and their numbers.
    """
    if streams is None:
        return wiring, np.empty(0, np.int64), np.empty(0, np.int64)
    events = under_way(recent(streams, tick), streams.since, wiring, None, tick)
    lost = ~np.isin(wiring.channel[events.segment], kept)
    due, segment, synapse = (column[lost] for column in events)
    n, none = len(due), np.full(len(due), -1, np.int32)
    longer = wiring._replace(
        synapses_of_segment=np.append(wiring.synapses_of_segment, len(wiring.target) + 1 + np.arange(n)),
        delay=np.append(wiring.delay, wiring.delay[segment]),
        channel=np.append(wiring.channel, none),
        plastic=np.append(wiring.plastic, none),
        place=np.append(wiring.place, wiring.place[segment]),
        target=np.append(wiring.target, wiring.target[synapse]),
        is_run=np.append(wiring.is_run, none > 0),
        alike=np.append(wiring.alike, np.ones(n, np.uint8)),
    )
    weight = synapse_weights(wiring, segment, synapse)
    return with_weights(longer, weight, np.ones(n, np.int64)), due, len(wiring.delay) + np.arange(n)


def synapse_weights(wiring: Wiring, segment: Array, synapse: Array) -> Array:
    """Return the weights of synapses and their segments."""
    used, at = np.unique(segment, return_inverse=True)
    size = np.diff(wiring.synapses_of_segment)[used]
    first = np.cumsum(size) - size
    return np.asarray(weights_of(wiring, used)[first[at] + synapse - wiring.synapses_of_segment[segment]])


def kept_streams(streams: Streams | None, n_groups: int, kept: list[int], tick: int) -> Streams | None:
    """Return streams from which spikes up to ``tick`` went to none of the groups that are not ``kept``."""
    if streams is None:
        return None
    since = np.full(n_groups, tick, np.int64)
    since[kept] = streams.since[kept]
    return streams._replace(since=since)


def _ranges(begin: Array, size: Array) -> tuple[Array, Array]:
    """Return the numbers of ranges, one range after the other, and to which range each belongs."""
    of = np.repeat(np.arange(len(begin)), size)
    return np.arange(len(of)) + (begin - np.cumsum(size) + size)[of], of
