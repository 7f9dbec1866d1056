"""How synapses of segments are stored: one weight where all are equal, runs of targets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw_event.fabric import aligned_zeros
from neurohw_event.layout import Array, Wiring


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
    """Keep one weight of segments in which all are equal, where that saves memory, and one for all such in a row.

    ``synapses`` says where segments begin. Returns what ``Wiring`` holds as ``weight_at`` and ``weight``.
    """
    first, sizes = synapses[:-1], np.diff(synapses)
    differs = np.empty(len(weight), bool)
    np.not_equal(weight[1:], weight[:-1], out=differs[1:])
    differs[first] = False
    is_one = (sizes > 1) & ~np.logical_or.reduceat(differs, first) if len(first) else np.empty(0, bool)
    n_kept = np.where(is_one, 1, sizes)
    if len(weight) - n_kept.sum() <= len(sizes):
        return np.empty(0, np.int64), weight
    ones = np.flatnonzero(is_one)
    is_new = np.diff(weight[first[ones]], prepend=np.nan) != 0
    n_kept[ones[~is_new]] = 0
    is_kept = np.repeat(~is_one, sizes)
    is_kept[first[ones[is_new]]] = True
    at = np.cumsum(n_kept) - n_kept
    at[ones] = ~at[ones[is_new]][np.cumsum(is_new) - 1]
    return at, weight[is_kept]


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
    whole = aligned_zeros(sum(map(len, weight)), np.result_type(*weight))
    return np.concatenate(at), np.concatenate(weight, out=whole)


def with_weights(wiring: Wiring, weight: Array, sizes: Array) -> Wiring:
    """Return the wiring with the weights of further segments of these sizes behind its own."""
    first = np.cumsum(sizes) - sizes
    if len(wiring.weight_at):
        wiring = wiring._replace(weight_at=np.concatenate([wiring.weight_at, len(wiring.weight) + first]))
    if wiring.levels is not None and wiring.level_at is not None:
        weight, levels, level_at = _numbered(weight, sizes)
        wiring = wiring._replace(
            levels=np.concatenate([wiring.levels, levels]),
            level_at=np.concatenate([wiring.level_at, (len(wiring.levels) + level_at).astype(np.int32)]),
        )
    return wiring._replace(weight=np.concatenate([wiring.weight, weight]))


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
