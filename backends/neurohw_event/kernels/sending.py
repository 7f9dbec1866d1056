"""What becomes of the spikes on hand: counted, recorded and, without an interconnect, handed to their synapses."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.account import DELIVERED, EVENTS, SENT
from neurohw_event.kernels.block_due import are_kept, keep
from neurohw_event.kernels.pending import push_sent
from neurohw_event.kernels.sort import sort_ascending
from neurohw_event.kernels.streams import send_rows
from neurohw_event.layout import TICK, TIMES
from neurohw_event.stream_layout import SEGMENT


@inlined
def put_in_order(fired, tick):
    """Sort the spikes on hand, all of one tick, by cell."""
    sort_ascending(fired.cell[: fired.size[0]])
    for index in range(fired.size[0]):
        fired.sent[TIMES, index] = fired.times[fired.cell[index]]
        fired.sent[TICK, index] = tick


@inlined
def record(log, fired):
    """Count the spikes on hand and note those that a probe asked for."""
    size = log.size[0]
    for index in range(fired.size[0]):
        cell, times = fired.cell[index], fired.sent[TIMES, index]
        log.spikes[cell] += times
        if log.recorded[cell]:
            for _ in range(times):
                log.ids[size] = cell
                log.ticks[size] = fired.sent[TICK, index]
                size += 1
    log.size[0] = size


@inlined
def hand_over(account, pending, wiring, fired, block):
    """Bring the spikes on hand to their synapses without an interconnect, or have them wait for the next block."""
    n, count, sent = fired.size[0], account.counters, fired.sent
    # looked up for all cells first: in loops as short as these the processor fetches many places at once
    for index in range(n):
        cell = np.uint64(fired.cell[index])
        first, end = wiring.arrivals_of_cell[cell], wiring.arrivals_of_cell[cell + np.uint64(1)]
        sent[0, index] = wiring.segments_of_arrival[first]
        sent[1, index] = wiring.segments_of_arrival[end]
        sent[2, index] = sent[TIMES, index] if first < end else 0
    for index in range(n):
        begin, end = wiring.synapses_of_segment[sent[0, index]], wiring.synapses_of_segment[sent[1, index]]
        count[SENT] += sent[2, index]
        count[DELIVERED] += sent[2, index]
        count[EVENTS] += (end - begin) * sent[TIMES, index]
    if are_kept(block):
        keep(block, fired)
        return
    for index in range(n):
        _push(pending, pending.streams, wiring, fired, index)
    send_rows(pending.streams, wiring, fired, n)


@inlined
def _push(pending, streams, wiring, fired, index):
    """Put the segments of a spike on hand on the wheel, but for streamed ones, which stand last in each arrival."""
    sent = fired.sent
    for _ in range(sent[TIMES, index]):
        if streams is None:
            push_sent(pending, wiring, sent[0, index], sent[1, index], sent[TICK, index])
        else:
            cell = fired.cell[index]
            for arrival in range(streams.own[cell, 0], streams.own[cell, 1]):
                first, end = wiring.segments_of_arrival[arrival], streams.row[arrival, SEGMENT]
                push_sent(pending, wiring, first, end, sent[TICK, index])
