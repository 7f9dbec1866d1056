"""Synaptic events under way: the wheel that holds them, and how they survive a change of the synapses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw_event.kernels.plasticity import pass_all
from neurohw_event.kernels.sort import N_DIGITS
from neurohw_event.layout import RUN_BITS, Array, Pending, Wiring
from neurohw_event.plastic_layout import Plastic
from neurohw_event.stored_segments import weights_of, with_weights
from neurohw_event.stream_events import as_segments, kept_streams

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
        run=np.zeros(pool, np.int64),
        due=np.zeros((7, pool), np.int64),
        digits=np.zeros(N_DIGITS, np.int64),
        free=np.array([0, pool]),
    )


def same_segments(a: Wiring, b: Wiring) -> bool:
    """True when a segment of one wiring is the same run of synapses with the same delay in the other."""
    names = (
        "segments_of_arrival",
        "synapses_of_segment",
        "delay",
        "channel",
        "place",
        "group",
        "origin",
        "target",
        "stream_delay",
    )
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in names)


def carry_over(
    pending: Pending, old: Wiring, new: Wiring, plastic: Plastic, kept: list[int], tick: int
) -> tuple[Pending, Wiring]:
    """Let what is under way at ``tick`` arrive when it was due, though synapses have changed.

    Synapses of the groups ``kept`` are found again in the new wiring. What others were to deliver, as ``plastic``
    stands now, is put behind the new synapses, where no arrival reaches it.
    """
    due, segment = entries(pending, tick)
    old, *streamed = as_segments(pending.streams, old, kept, tick)
    due, segment = np.append(due, streamed[0]), np.append(segment, streamed[1])
    order = np.lexsort((segment, due))  # that of delivery, whatever the way in which they came onto the wheel
    due, segment = due[order], segment[order]
    found = _places(old, new, kept)[segment]
    lost = found < 0
    found[lost] = len(new.delay) + np.arange(lost.sum())
    longest = max(int(new.delay.max(initial=1)), int((due - tick).max(initial=1)))
    streams = kept_streams(pending.streams, len(new.streamed), kept, tick)
    carried = pending_of(due, found, longest)._replace(streams=streams)
    return carried, _extended(new, old, plastic, due[lost], segment[lost])


def pending_of(due: Array, segment: Array, longest_delay: int) -> Pending:
    """Return the wheel with segments that are due at these ticks, by tick."""
    pending = make_pending(longest_delay, len(segment) + POOL)
    for entry, slot in enumerate(due & (len(pending.head) - 1)):
        pending.run[entry] = (segment[entry] << RUN_BITS) | 1
        pending.next[entry] = -1
        if pending.head[slot] < 0:
            pending.head[slot] = entry
        else:
            pending.next[pending.tail[slot]] = entry
        pending.tail[slot] = entry
    pending.free[:] = len(segment), POOL
    return pending


def joined(pendings: Sequence[Pending], tick: int) -> Pending:
    """Return one wheel with all that is under way at ``tick`` on several; streams are to be made anew."""
    if len(pendings) == 1:
        return pendings[0]
    parts = [entries(pending, tick) for pending in pendings]
    due, segment = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(due, kind="stable")
    whole = pending_of(due[order], segment[order], len(pendings[0].head) - 1)
    return whole._replace(streams=pendings[0].streams)  # of those of all shares, the spikes sent are the same


def divided(pending: Pending, share_of_segment: Array, n_shares: int, tick: int) -> list[Pending]:
    """Return a wheel for each share of the cells, with what is under way at ``tick`` to that share.

    Streams are to be made anew.
    """
    due, segment = entries(pending, tick)
    of_share = [np.flatnonzero(share_of_segment[segment] == share) for share in range(n_shares)]
    parts = [pending_of(due[own], segment[own], len(pending.head) - 1) for own in of_share]
    return [part._replace(streams=pending.streams) for part in parts]


def _places(old: Wiring, new: Wiring, kept: list[int]) -> Array:
    """Return for every old segment where it stands in the new wiring, -1 where its group is not ``kept``.

    The segments of a group depend on nothing but its own synapses, and their order is the same.
    """
    places = np.full(len(old.delay), -1, np.int64)
    for channel in kept:
        places[old.channel == channel] = np.flatnonzero(new.channel == channel)
    return places


def _extended(new: Wiring, old: Wiring, plastic: Plastic, due: Array, segment: Array) -> Wiring:
    """Return the new wiring with old segments behind its own, as static ones that deliver what these would."""
    begin, end = old.synapses_of_segment[segment], old.synapses_of_segment[segment + 1]
    sizes = end - begin
    synapse = np.repeat(begin - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    weight = weights_of(old, segment)
    last = np.cumsum(sizes)
    plastic_entries = np.flatnonzero(old.plastic[segment] >= 0)
    if len(plastic_entries):
        weight = weight.astype(np.float64)  # what they pass on need not be numbers of float32
    for entry in plastic_entries:
        own = weight[last[entry] - sizes[entry] : last[entry]]
        pass_all(plastic, old, segment[entry], due[entry] - old.delay[segment[entry]], own)
    none = np.full(len(segment), -1, np.int32)
    used, place = np.unique(old.place[segment], return_inverse=True)
    longer = new._replace(
        synapses_of_segment=np.concatenate([new.synapses_of_segment, new.synapses_of_segment[-1] + last]),
        delay=np.concatenate([new.delay, old.delay[segment]]),
        channel=np.concatenate([new.channel, none]),
        plastic=np.concatenate([new.plastic, none]),
        place=np.concatenate([new.place, (len(new.group) + place).astype(np.int32)]),
        group=np.concatenate([new.group, old.group[used]]),
        origin=np.concatenate([new.origin, old.origin[used]]),
        stride=np.concatenate([new.stride, old.stride[used]]),
        target=np.concatenate([new.target, old.target[synapse]]),
        is_run=np.concatenate([new.is_run, old.is_run[segment]]),
        alike=np.append(new.alike, np.ones(len(segment), np.uint8)),
    )
    return with_weights(longer, weight, sizes)


def entries(pending: Pending, tick: int) -> tuple[Array, Array]:
    """Return (tick of arrival, segment) of all segments under way, by tick."""
    due: list[int] = []
    segments: list[int] = []
    n_slots = len(pending.head)
    occupied = np.flatnonzero(pending.head >= 0)
    for ahead in np.sort((occupied - tick - 1) % n_slots + 1):
        entry = int(pending.head[(tick + ahead) & (n_slots - 1)])
        while entry >= 0:
            first, size = divmod(int(pending.run[entry]), 1 << RUN_BITS)
            due.extend([tick + ahead] * size)
            segments.extend(range(first, first + size))
            entry = int(pending.next[entry])
    return np.array(due, np.int64), np.array(segments, np.int64)
