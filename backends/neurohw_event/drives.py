"""Poisson sources so busy that their spikes are drawn many ticks at a time."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Population
from neurohw.network.sources import PROCESS_OF_MODEL
from neurohw.network.sources.columns import PLACE, Process
from neurohw_event.columns import make_columns
from neurohw_event.drive_layout import Drives
from neurohw_event.kernels.counted import AT_ONCE
from neurohw_event.layout import NEVER, Array, Cells, Wiring
from neurohw_event.stored_segments import weights_of

# Mean spikes of a source and tick: below, sources are looked at when they fire; above, counts may not fit.
SPARSE, DENSE = 0.05, 150.0
COUNTED_TICKS, INTERVAL_TICKS = 16, 64  # drawn at once
_DRAWN = 32  # intervals at once
_NOWHERE = np.full(6, -1, np.int64)


def make_drives(
    network: Network, cells: Cells, wiring: Wiring, bounds: Array, unseen: Array, tick: int
) -> Drives:
    """Return the drives of a run that begins at ``tick``.

    ``bounds`` (int64 [n_groups, 2]) are the first cell and the one behind the last of the populations, or of a share of
    them. ``unseen`` (bool [n_cells]) says which sources' spikes nobody needs to see on their way.
    """
    sizes = np.diff(bounds)[:, 0]
    busy = [group for group, p in enumerate(network.populations) if sizes[group] and _is_busy(network, p)]
    of_group = np.full(len(network.populations), -1, np.int64)
    of_group[busy] = np.arange(len(busy))
    first, size = bounds[busy, 0], sizes[busy]
    ways = np.empty((6, len(busy)), np.int64)
    for drive, (begin, n) in enumerate(zip(first, size, strict=True)):
        seen = not unseen[begin : begin + n].all()
        ways[:, drive] = _NOWHERE if seen else _straight_way(wiring, begin, begin + n)
    counted = [_counted(cells, begin, n) for begin, n in zip(first, size, strict=True)]
    has_intervals = np.array([(place < 0).any() for place in counted], bool)
    n_ticks = INTERVAL_TICKS if _any_has_intervals(network, cells) else COUNTED_TICKS
    longest = int(ways[1].max(initial=0))
    width = -(-size // AT_ONCE) * AT_ONCE
    segment, delay, group, target, origin, stride = ways.copy()
    weights = [_weights(wiring, begin, n) for begin, n in zip(segment, size, strict=True)]
    return Drives(
        of_group=of_group,
        first=first,
        end=first + size,
        place=np.cumsum(width) - width,
        segment=segment,
        delay=delay,
        group=group,
        target=target,
        origin=origin,
        stride=stride,
        is_equal=np.array([bool((own == own[:1]).all()) for own in weights], bool),
        next_to=_next_to(len(network.populations), group[segment >= 0], np.flatnonzero(segment >= 0)),
        is_first=np.zeros(1, bool),
        added=np.full(len(busy), -1),
        counts=np.zeros((1 << (n_ticks + longest).bit_length(), int(width.sum())), np.uint8),
        weight=np.concatenate([np.empty(0), *map(_filled_up, weights, width)]),
        counted=np.concatenate([np.empty(0, np.int64), *map(_filled_up, counted, width)]),
        has_intervals=has_intervals,
        columns=make_columns(cells.tables, counted),
        intervals=np.empty(_DRAWN),
        n_ticks=n_ticks,
        lingers=INTERVAL_TICKS + int(wiring.delay.max(initial=0)),
        drawn=np.array([tick - 1]),
        busy_until=np.array([NEVER if busy else -1]),
    )


def _filled_up(column: Array, width: int) -> Array:
    return np.append(column, np.full(width - len(column), -1))


def _next_to(n_groups: int, group: Array, drive: Array) -> Array:
    """Return the only drive that goes to a population, -1 where there are none or several."""
    next_to = np.full(n_groups, -1)
    next_to[group] = drive
    next_to[np.bincount(group, minlength=n_groups) > 1] = -1
    return next_to


def under_way(drives: Drives, tick: int) -> int:
    """Count the spikes that reach their synapses after ``tick``."""
    n_rows, n = len(drives.counts), 0
    for drive in np.flatnonzero(drives.segment >= 0):
        rows = np.arange(max(0, tick - drives.delay[drive] + 1), tick + 1) % n_rows
        own = slice(drives.place[drive], drives.place[drive] + drives.end[drive] - drives.first[drive])
        n += int(drives.counts[rows, own].sum())
    return n


def _any_has_intervals(network: Network, cells: Cells) -> bool:
    """Return whether any busy population has such sources: shares of the cells draw as many ticks at once as all."""
    busy = (p for p in network.populations if _is_busy(network, p))
    return any(bool((_counted(cells, p.first, p.size) < 0).any()) for p in busy)


def _is_busy(network: Network, population: Population) -> bool:
    if PROCESS_OF_MODEL.get(population.model.name) != Process.POISSON or not population.size:
        return False
    per_tick = population.parameters["rate"] * network.timestep_ms * 1e-3
    return bool(per_tick.mean() >= SPARSE and per_tick.max() <= DENSE)


def _counted(cells: Cells, first: int, size: int) -> Array:
    return cells.clock[first : first + size, PLACE].copy()


def _weights(wiring: Wiring, segment: int, n: int) -> Array:
    """Return the weights of one synapse in each of ``n`` segments; where there are none, zeros."""
    return weights_of(wiring, segment + np.arange(n)).astype(np.float64) if segment >= 0 else np.zeros(n)


def _straight_way(wiring: Wiring, first: int, end: int) -> Array:
    """Return what ``Drives`` holds of the synapses of sources, ``_NOWHERE`` where they are not one each in a row."""
    arrival = wiring.arrivals_of_cell[first : end + 1]
    if (np.diff(arrival) != 1).any():
        return _NOWHERE
    segment = wiring.segments_of_arrival[arrival[0] : arrival[-1] + 1]
    if (np.diff(segment) != 1).any():
        return _NOWHERE
    own = slice(segment[0], segment[-1])
    synapse = wiring.synapses_of_segment[segment[0] : segment[-1] + 1]
    target = wiring.target[synapse[0] : synapse[-1]].astype(np.int64)
    place = wiring.place[own]
    if (np.diff(synapse) != 1).any() or (np.diff(target) != 1).any() or (wiring.plastic[own] >= 0).any():
        return _NOWHERE
    if (place != place[0]).any() or (wiring.delay[own] != wiring.delay[segment[0]]).any():
        return _NOWHERE
    if wiring.streamed[wiring.channel[own]].any():
        return _NOWHERE
    delay = wiring.delay[segment[0]]
    group, origin, stride = (table[place[0]] for table in (wiring.group, wiring.origin, wiring.stride))
    return np.array([segment[0], delay, group, target[0], origin, stride], np.int64)
