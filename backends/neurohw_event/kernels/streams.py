"""Streams of events: synapses whose delays differ, sorted by tick and place as they are sent.

A row of such synapses is read once, in order, when its cell fires; each event is appended to the stream of the tick in
which it arrives and of the population and receptor to which it goes. What is due lies together then, and goes to cells
that lie together. That is a radix partition, as databases sort rows for joins (Manegold, Boncz and Kersten 2002,
doi:10.1109/TKDE.2002.1019210): a cursor for each of some ten streams written at a time stays in the first cache.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.pending import add_synapses, weight_at
from neurohw_event.kernels.prefetch import prefetch, prefetch_lines
from neurohw_event.kernels.weights import levels_of, value
from neurohw_event.layout import TICK, TIMES
from neurohw_event.stream_layout import DELAY, SEGMENT, SENT_CELL, SENT_TICK, SENT_TIMES


@inlined
def _has_chunks(streams, n_spikes):
    """True when there are chunks enough for so many spikes, whatever their cells."""
    if streams is None:
        return True
    events = n_spikes * streams.widest
    chunks = (events >> streams.bits) + min(events, streams.head.size)
    return streams.free[1] >= chunks and streams.sent.shape[1] - streams.n_sent[0] >= n_spikes


@inlined
def has_room_for_spikes(pending, wiring, n):
    """True when wheel and streams can take ``n`` spikes, whatever their cells."""
    return pending.free[1] >= n * wiring.widest and _has_chunks(pending.streams, n)


@inlined
def is_stream_due(streams, tick):
    """True when an event arrives at ``tick``."""
    if streams is None:
        return False
    return streams.n_due[tick & (streams.n_due.size - 1)] > 0


@inner
def send_rows(streams, wiring, fired, n):
    """Append the streamed synapses of the first ``n`` spikes on hand to the streams in which they arrive."""
    if streams is None:
        return
    for index in range(n):
        _fetch_rows(streams, wiring, fired.cell[index])
    for index in range(n):
        cell, tick, times = np.int64(fired.cell[index]), fired.sent[TICK, index], fired.sent[TIMES, index]
        at = streams.n_sent[0]
        streams.sent[SENT_CELL, at], streams.sent[SENT_TICK, at] = cell, tick
        streams.sent[SENT_TIMES, at] = times
        streams.n_sent[0] = at + 1
        for _ in range(times):
            for arrival in range(streams.own[cell, 0], streams.own[cell, 1]):
                _send_row(streams, wiring, arrival, tick)


@inlined
def _fetch_rows(streams, wiring, cell):
    """Have the streamed synapses of a cell fetched: a few KB that no other cell reads."""
    for arrival in range(streams.own[cell, 0], streams.own[cell, 1]):
        first, delays = streams.row[arrival, SEGMENT], streams.row[arrival, DELAY]
        begin = wiring.synapses_of_segment[first]
        n = wiring.synapses_of_segment[wiring.segments_of_arrival[arrival + 1]] - begin
        if n > 0:
            at = weight_at(wiring, first)
            prefetch(wiring.place, first)
            prefetch_lines(wiring.target, begin, begin + n)
            prefetch_lines(wiring.weight, max(at, ~at), max(at, ~at) + (n if at >= 0 else 1))
            prefetch_lines(wiring.stream_delay, delays, delays + n)


@inlined
def _send_row(streams, wiring, arrival, tick):
    """Append the streamed synapses of an arrival."""
    delays = streams.row[arrival, DELAY]
    for segment in range(streams.row[arrival, SEGMENT], wiring.segments_of_arrival[arrival + 1]):
        begin, end = wiring.synapses_of_segment[segment], wiring.synapses_of_segment[segment + 1]
        column, at = streams.column[wiring.place[segment]], weight_at(wiring, segment)
        _append(
            streams,
            column,
            tick,
            wiring.stream_delay[delays : delays + end - begin],
            wiring.target[begin:end],
            wiring.weight[max(at, ~at) :],
            levels_of(wiring.level_at, wiring.levels, segment),
            np.int64(at >= 0),
        )
        delays += end - begin


@inlined
def _append(streams, column, tick, delay, target, weight, levels, step):
    """Append events to the streams of a column; ``step`` as in ``add_in_span``."""
    cursor, targets, weights = streams.cursor[column], streams.target, streams.weight
    slots, in_chunk = np.uint64(cursor.size - 1), np.uint64((1 << streams.bits) - 1)
    now = np.uint64(tick)
    for i in range(delay.size):
        slot = (now + np.uint64(delay[i])) & slots
        at = np.uint64(cursor[slot])
        if at & in_chunk == np.uint64(0):
            at = _open_chunk(streams, column, slot, at)
        targets[at] = target[i]
        weights[at] = value(levels, weight[np.uint64(step * i)])
        cursor[slot] = at + np.uint64(1)


@inlined
def _open_chunk(streams, column, slot, at):
    """Begin a new chunk of the stream that is full at ``at``; returns where it begins."""
    chunk = streams.free[0]
    streams.free[0] = streams.next[chunk]
    streams.free[1] -= 1
    if at == 0:
        streams.head[column, slot] = chunk
        streams.n_due[slot] += 1
    else:
        streams.next[np.int64(at - np.uint64(1)) >> streams.bits] = chunk
    return np.uint64(chunk << streams.bits)


@inlined
def deliver_streams(streams, wiring, groups, grid, values, tick):
    """Add to the inputs of all targets the events that arrive at ``tick``, and touch them.

    Places follow in one order; to each, events come in the order in which they were sent: by tick, and by cell.
    """
    if streams is None:
        return
    slot = tick & (streams.n_due.size - 1)
    if streams.n_due[slot] == 0:
        return
    streams.n_due[slot] = 0
    for column in range(streams.place.size):
        end = np.int64(streams.cursor[column, slot])
        if end > 0:
            streams.cursor[column, slot] = 0
            _deliver_stream(streams, column, slot, end, wiring, groups, grid, values, tick)


@inlined
def _deliver_stream(streams, column, slot, end, wiring, groups, grid, values, tick):
    """Deliver the events of a stream whose last one stands before ``end``, and free its chunks."""
    place, bits = streams.place[column], streams.bits
    chunk, last = np.int64(streams.head[column, slot]), (end - 1) >> bits
    n = 1
    while True:
        begin = chunk << bits
        stop = end if chunk == last else begin + (1 << bits)
        target, weight = streams.target[begin:stop], streams.weight[begin:stop]
        add_synapses(wiring, place, target, weight, None, False, False, groups, grid, values, tick)
        if chunk == last:
            break
        chunk = np.int64(streams.next[chunk])
        n += 1
    streams.next[last] = streams.free[0]
    streams.free[0] = streams.head[column, slot]
    streams.free[1] += n
