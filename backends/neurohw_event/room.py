"""More room for what grows during a run: the spike log and the wheel of segments."""

from __future__ import annotations

import numpy as np

from neurohw_event.layout import Array, Pending, SpikeLog, Wiring
from neurohw_event.streams import grow_streams


def grow_log(log: SpikeLog, spikes: int) -> SpikeLog:
    """Return the log with room for ``spikes`` more."""
    more = _more(len(log.ids), int(log.size[0]) + spikes)
    if more == 0:
        return log
    return log._replace(ids=_longer(log.ids, more), ticks=_longer(log.ticks, more))


def appended(log: SpikeLog, ids: Array, ticks: Array) -> SpikeLog:
    """Return the log with further spikes, in order, behind its own."""
    log = grow_log(log, len(ids))
    begin = int(log.size[0])
    end = begin + len(ids)
    log.ids[begin:end], log.ticks[begin:end] = ids, ticks
    log.size[0] = end
    return log


def with_room(pending: Pending, wiring: Wiring, spikes: int, tick: int) -> Pending:
    """Return the wheel, and its streams, with room for so many spikes more, or arrivals; ``tick`` is not over."""
    grown = grow_pending(pending, spikes * wiring.widest)
    return grown._replace(streams=grow_streams(pending.streams, spikes, tick))


def grow_pending(pending: Pending, segments: int) -> Pending:
    """Return the wheel with room for ``segments`` more."""
    size = len(pending.run)
    more = _more(size, size - int(pending.free[1]) + segments)
    grown = pending._replace(
        next=_longer_chain(pending.next, more, int(pending.free[0])),
        run=_longer(pending.run, more),
        due=np.zeros((len(pending.due), size + more), np.int64),
    )
    if more:
        pending.free[:] = size, pending.free[1] + more
    return grown


def _more(size: int, needed: int) -> int:
    return 0 if needed <= size else max(size, needed - size)


def _longer(array: Array, more: int) -> Array:
    return np.concatenate([array, np.zeros(more, array.dtype)])


def _longer_chain(links: Array, more: int, first_free: int) -> Array:
    """Return the links of a free list with ``more`` entries before those that were free."""
    if more == 0:
        return links
    added = np.arange(len(links) + 1, len(links) + more + 1, dtype=links.dtype)
    added[-1] = first_free
    return np.concatenate([links, added])
