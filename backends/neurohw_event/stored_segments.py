"""How synapses of segments are stored: one weight where all are equal, runs of targets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw.jit.vectors import LANES
from neurohw_event.cache_lines import aligned_zeros
from neurohw_event.layout import Array, Wiring

SPARE = (
    LANES  # weights behind the last one that stand for nothing: a row is read as vectors to beyond its end
)
_AT_ONCE = 2**18  # segments: room is needed for so many, not for those of a large network


def runs(synapses: Array, target: Array) -> Array:
    """Return which segments reach one cell after the other, as rows of a dense layer do, bool [n_segments].

    ``synapses`` says where segments begin.
    """
    first = synapses[:-1]
    jumps = np.empty(len(target), bool)
    np.not_equal(target[1:], target[:-1] + 1, out=jumps[1:])
    jumps[first] = False
    if not len(first):
        return np.empty(0, bool)
    return ~np.logical_or.reduceat(jumps, first)


def share_weights(synapses: Array, weight: Array) -> tuple[Array, Array]:
    """Keep one weight of segments in which all are equal, where that saves memory, and each such number once.

    That is once in a piece of synapses. Segments of one synapse share it with those beside them that have the same.
    ``synapses`` says where segments begin. Returns what ``Wiring`` holds as ``weight_at`` and ``weight``.
    """
    first, sizes = synapses[:-1], np.diff(synapses)
    is_one = _are_shared(first, sizes, weight)
    numbers, seen, which = np.unique(weight[first[is_one]], return_index=True, return_inverse=True)
    n_kept = np.where(is_one, 0, sizes)
    if len(weight) - n_kept.sum() - len(numbers) <= len(sizes):
        return np.empty(0, np.int64), weight
    order = np.argsort(seen)  # as they come: those of one cell lie together
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    at = len(numbers) + np.cumsum(n_kept) - n_kept
    at[is_one] = ~place[which.reshape(-1)]
    return at, np.concatenate([numbers[order], weight[np.repeat(~is_one, sizes)]])


def _are_shared(first: Array, sizes: Array, weight: Array) -> Array:
    """Return which segments have one weight, as have other synapses of theirs or beside them, bool [n_segments]."""
    if not len(first):
        return np.empty(0, bool)
    differs = np.empty(len(weight), bool)
    np.not_equal(weight[1:], weight[:-1], out=differs[1:])
    begins = differs[first]
    differs[first] = False
    is_even = ~np.logical_or.reduceat(differs, first)
    begins[0] = True
    begins[1:] |= ~(is_even[1:] & is_even[:-1])
    row = np.cumsum(begins) - 1
    shared: Array = is_even & (np.bincount(row, sizes) > 1)[row]
    return shared


def join_weights(
    synapses: Sequence[Array], at: Sequence[Array], weight: Sequence[Array]
) -> tuple[Array, Array]:
    """Return what ``Wiring`` holds as ``weight_at`` and ``weight``, of pieces one behind the other.

    ``synapses`` says where the segments of each piece begin; the rest is what :func:`share_weights` returned for it.
    """
    if any(map(len, at)):
        begins = np.cumsum([0, *map(len, weight[:-1])])
        own = [a if len(a) else s[:-1] for a, s in zip(at, synapses, strict=True)]
        at = [np.where(a < 0, a - b, a + b) for a, b in zip(own, begins, strict=True)]
    size, type_ = sum(map(len, weight)), np.result_type(*weight)
    whole = aligned_zeros(size + SPARE, type_)
    np.concatenate(weight, out=whole[:size])
    return np.concatenate(at), whole


def with_weights(wiring: Wiring, weight: Array, sizes: Array) -> Wiring:
    """Return the wiring with the weights of further segments of these sizes behind its own."""
    first, own = np.cumsum(sizes) - sizes, wiring.weight[: len(wiring.weight) - SPARE]
    if len(wiring.weight_at):
        wiring = wiring._replace(weight_at=np.concatenate([wiring.weight_at, len(own) + first]))
    if wiring.levels is not None and wiring.level_at is not None:
        weight, levels, level_at = _numbered(weight, sizes)
        wiring = wiring._replace(
            levels=np.concatenate([wiring.levels, levels]),
            level_at=np.concatenate([wiring.level_at, (len(wiring.levels) + level_at).astype(np.int32)]),
        )
    return wiring._replace(weight=np.concatenate([own, weight, np.zeros(SPARE, weight.dtype)]))


def _numbered(weight: Array, sizes: Array) -> tuple[Array, Array, Array]:
    """Return the weights of segments as numbers of levels that each segment has for itself, these, and their begins.

    Segments have no more distinct weights than 8 bits can tell apart.
    """
    segment = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((weight, segment))
    is_new = np.ones(len(order), bool)
    is_new[1:] = (np.diff(segment[order]) != 0) | (np.diff(weight[order]) != 0)
    level_at = np.searchsorted(segment[order][is_new], np.arange(len(sizes)))
    numbers = np.empty(len(order), np.uint8)
    numbers[order] = np.cumsum(is_new) - 1 - level_at[segment[order]]
    return numbers, weight[order][is_new], level_at


def segments_alike(
    synapses: Array, place: Array, plastic: Array, weight_at: Array, level_at: Array | None
) -> Array:
    """Return how many segments from each one on go to one place and are delivered as one, uint8 [n_segments].

    Their weights lie behind each other, too, or are one and the same; plastic ones are alone. More than a byte can say,
    and those on both sides of the end of a part that is looked at, are delivered in several goes. ``synapses`` says
    where segments begin, the other arguments are those of ``Wiring``.
    """
    alike = np.empty(len(place), np.uint8)
    for begin in range(0, len(place), _AT_ONCE):
        own = slice(begin, begin + _AT_ONCE)
        levels = None if level_at is None else level_at[own]
        sizes = np.diff(synapses[begin : begin + _AT_ONCE + 1])
        alike[own] = _alike(sizes, place[own], plastic[own], weight_at[own], levels)
    return alike


def _alike(sizes: Array, place: Array, plastic: Array, weight_at: Array, level_at: Array | None) -> Array:
    goes_on = (place[1:] == place[:-1]) & (plastic[1:] < 0) & (plastic[:-1] < 0)
    if level_at is not None:
        goes_on &= level_at[1:] == level_at[:-1]
    if len(weight_at):
        # where pieces meet, the weights that segments share stand between those of two segments
        goes_on &= weight_at[1:] == weight_at[:-1] + np.where(weight_at[:-1] < 0, 0, sizes[:-1])
    last = np.append(np.flatnonzero(~goes_on), len(place) - 1)
    number = np.arange(len(place))
    return np.minimum(last[np.searchsorted(last, number)] + 1 - number, 255)


def weights_of(wiring: Wiring, segments: Array) -> Array:
    """Return the weights of all synapses of some segments, one segment after the other."""
    stored = stored_of(wiring, segments)
    if wiring.levels is None or wiring.level_at is None:
        return stored
    sizes = np.diff(wiring.synapses_of_segment)[segments]
    return np.asarray(wiring.levels[np.repeat(wiring.level_at[segments], sizes) + stored])


def stored_of(wiring: Wiring, segments: Array) -> Array:
    """Return the weights of all synapses of some segments as they are stored, one segment after the other."""
    sizes = np.diff(wiring.synapses_of_segment)[segments]
    at = (wiring.weight_at if len(wiring.weight_at) else wiring.synapses_of_segment)[segments]
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    within[np.repeat(at < 0, sizes)] = 0
    return np.asarray(wiring.weight[np.repeat(np.where(at < 0, ~at, at), sizes) + within])
