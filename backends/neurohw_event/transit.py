"""Synaptic events under way: the wheel that holds them, and how they survive a change of the synapses."""

from __future__ import annotations

import numpy as np

from neurohw_event.layout import Array, Pending, Wiring

POOL = 4096  # segments at first


def make_pending(longest_delay: int, pool: int) -> Pending:
    """Return an empty wheel for delays up to ``longest_delay`` ticks, with room for ``pool`` segments."""
    n_slots = 1 << int(longest_delay).bit_length()
    following = np.arange(1, pool + 1, dtype=np.int32)
    following[-1] = -1
    return Pending(
        head=np.full(n_slots, -1, np.int32),
        tail=np.full(n_slots, -1, np.int32),
        next=following,
        segment=np.zeros(pool, np.int64),
        due=np.zeros(pool, np.int64),
        free=np.array([0, pool]),
    )


def same_segments(a: Wiring, b: Wiring) -> bool:
    """True when a segment of one wiring is the same run of synapses with the same delay in the other."""
    names = ("segments_of_arrival", "synapses_of_segment", "delay", "channel", "group", "origin", "target")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in names)


def carry_over(pending: Pending, old: Wiring, new: Wiring, tick: int) -> tuple[Pending, Wiring]:
    """Let what is under way at ``tick`` arrive as it was sent, though the synapses have changed.

    The synapses of pending segments are kept behind the new ones, where no arrival reaches them.
    """
    due, segment = _entries(pending, tick)
    longest = max(int(new.delay.max(initial=1)), int((due - tick).max(initial=1)))
    carried = make_pending(longest, len(segment) + POOL)
    begin, end = old.synapses_of_segment[segment], old.synapses_of_segment[segment + 1]
    sizes = end - begin
    synapse = np.repeat(begin - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    n_segments = len(new.delay)
    wiring = new._replace(
        synapses_of_segment=np.concatenate(
            [new.synapses_of_segment, new.synapses_of_segment[-1] + np.cumsum(sizes)]
        ),
        delay=np.concatenate([new.delay, old.delay[segment]]),
        channel=np.concatenate([new.channel, np.full(len(segment), -1, np.int32)]),
        group=np.concatenate([new.group, old.group[segment]]),
        origin=np.concatenate([new.origin, old.origin[segment]]),
        stride=np.concatenate([new.stride, old.stride[segment]]),
        target=np.concatenate([new.target, old.target[synapse]]),
        weight=np.concatenate([new.weight, old.weight[synapse]]),
    )
    for entry, slot in enumerate(due & (len(carried.head) - 1)):
        carried.segment[entry] = n_segments + entry
        carried.next[entry] = -1
        if carried.head[slot] < 0:
            carried.head[slot] = entry
        else:
            carried.next[carried.tail[slot]] = entry
        carried.tail[slot] = entry
    carried.free[:] = len(segment), POOL
    return carried, wiring


def _entries(pending: Pending, tick: int) -> tuple[Array, Array]:
    """Return (tick of arrival, segment) of all entries, in the order in which they will be delivered."""
    due, segments = [], []
    n_slots = len(pending.head)
    occupied = np.flatnonzero(pending.head >= 0)
    for ahead in np.sort((occupied - tick - 1) % n_slots + 1):
        entry = int(pending.head[(tick + ahead) & (n_slots - 1)])
        while entry >= 0:
            due.append(tick + ahead)
            segments.append(pending.segment[entry])
            entry = int(pending.next[entry])
    return np.array(due, np.int64), np.array(segments, np.int64)
