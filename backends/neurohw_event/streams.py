"""Streams of events: the arrays they need, more room for them, and what they hold where a run goes on."""

from __future__ import annotations

import numpy as np

from neurohw_event.layout import Array, Pending, Wiring
from neurohw_event.stream_events import Events, Rows, recent, rows_of, synapse_weights, under_way
from neurohw_event.stream_layout import Streams

# 64 events: most of what comes to a place in a tick of the benchmark's microcircuit fits into one
CHUNK_BITS = 6
CHUNKS, SPIKES = 256, 4096  # that are free at first


def with_streams(pending: Pending, wiring: Wiring, share: int | None, tick: int) -> Pending:
    """Return the wheel with streams for this wiring; none where no synapses are streamed.

    What is under way after ``tick`` is sent again, with the weights that synapses have now; the spikes to which it
    belongs are known from the streams of before. ``share`` is that of the targets, None: all.
    """
    if not len(wiring.stream_delay):
        return pending._replace(streams=None)
    sent, since = np.empty((3, 0), np.int64), np.full(len(wiring.streamed), -1, np.int64)
    if pending.streams is not None:
        sent, before = recent(pending.streams, tick), pending.streams.since
        since[: len(before)] = before[: len(since)]
    events = under_way(sent, since, wiring, share, tick)
    return pending._replace(streams=_filled(wiring, rows_of(wiring, share), events, sent, since))


def grow_streams(streams: Streams | None, spikes: int, tick: int) -> Streams | None:
    """Return the streams with room for ``spikes`` more; those with nothing due from ``tick`` on are forgotten."""
    if streams is None:
        return None
    sent = recent(streams, tick - 1)
    n, size = sent.shape[1], len(streams.next)
    capacity = max(streams.sent.shape[1], 2 * (n + spikes))
    events = spikes * streams.widest
    missing = (events >> streams.bits) + min(events, streams.head.size) - int(streams.free[1])
    grown = streams._replace(
        sent=np.concatenate([sent, np.zeros((3, capacity - n), np.int64)], axis=1), n_sent=np.array([n])
    )
    if missing <= 0:
        return grown
    more = max(missing, size)
    links = np.arange(1, size + more + 1, dtype=np.int32)
    links[:size], links[-1] = streams.next, streams.free[0]
    return grown._replace(
        next=links,
        target=np.append(streams.target, np.empty(more << streams.bits, streams.target.dtype)),
        weight=np.append(streams.weight, np.empty(more << streams.bits, streams.weight.dtype)),
        free=np.array([size, streams.free[1] + more]),
    )


def _filled(wiring: Wiring, rows: Rows, events: Events, sent: Array, since: Array) -> Streams:
    """Return streams that hold these events."""
    places = np.unique(wiring.place[_streamed_segments(wiring)]).astype(np.int64)
    column = np.full(len(wiring.group), -1, np.int64)
    column[places] = np.arange(len(places))
    longest = int(wiring.stream_delay.max())
    shape = len(places), 1 << longest.bit_length()
    stream = column[wiring.place[events.segment]] * shape[1] + (events.due & (shape[1] - 1))
    size = np.bincount(stream, minlength=shape[0] * shape[1])
    n_chunks = (size + (1 << CHUNK_BITS) - 1) >> CHUNK_BITS
    head = np.where(size > 0, 1 + np.cumsum(n_chunks) - n_chunks, 0)
    used = 1 + int(n_chunks.sum())
    links = np.append(np.arange(1, used + CHUNKS, dtype=np.int32), np.int32(-1))
    target = np.empty(len(links) << CHUNK_BITS, wiring.target.dtype)
    type_ = wiring.weight.dtype if wiring.levels is None else np.float64
    weight = np.empty(len(links) << CHUNK_BITS, type_)
    order = np.argsort(stream, kind="stable")
    within = np.arange(len(order)) - (np.cumsum(size) - size)[stream[order]]
    at = (head[stream[order]] << CHUNK_BITS) + within
    target[at] = wiring.target[events.synapse[order]]
    weight[at] = synapse_weights(wiring, events.segment, events.synapse)[order]
    is_used = size > 0
    return Streams(
        own=rows.own,
        row=np.stack([rows.segment, rows.delay], axis=1),
        column=column,
        place=places,
        cursor=np.where(is_used, (head << CHUNK_BITS) + size, 0).astype(np.uint32).reshape(shape),
        head=head.astype(np.int32).reshape(shape),
        n_due=is_used.reshape(shape).sum(axis=0),
        next=links,
        target=target,
        weight=weight,
        free=np.array([used, CHUNKS]),
        bits=CHUNK_BITS,
        widest=_widest(rows),
        longest=longest,
        sent=np.concatenate([sent, np.zeros((3, SPIKES), np.int64)], axis=1),
        n_sent=np.array([sent.shape[1]]),
        since=since,
    )


def _streamed_segments(wiring: Wiring) -> Array:
    n_segments = int(wiring.segments_of_arrival[-1])
    return np.flatnonzero(wiring.streamed[wiring.channel[:n_segments]])


def _widest(rows: Rows) -> int:
    """Return the streamed synapses of a cell, at most."""
    before = np.concatenate([[0], np.cumsum(rows.size)])
    return int((before[rows.own[:, 1]] - before[rows.own[:, 0]]).max(initial=0))
