"""Shares of the cells of a network: what each thread simulates, and what it has of its own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import is_disabled
from neurohw.network import Network
from neurohw_event.account import Account
from neurohw_event.blocks import LONGEST_BLOCK, Block, make_block, make_fired, of_own
from neurohw_event.cache_lines import CACHE_LINE, aligned_zeros, apart
from neurohw_event.cells import AGENDA_SLOTS
from neurohw_event.drives import make_drives
from neurohw_event.extras import Extras
from neurohw_event.grid import make_queues
from neurohw_event.kernels.exchange import FIRST, LINE, N_SEGMENTS, N_SENT, N_SYNAPSES, Share
from neurohw_event.kernels.grid import CHUNK
from neurohw_event.layout import Agenda, Array, Cells, Fired, Grid, Groups, SpikeLog, Steps, Wiring
from neurohw_event.stepped_layout import OFFSET
from neurohw_event.streamed import n_streamed

RATE_HZ = 10.0  # of a cell, an estimate, as what a network will do is not known before
# Events of synapses, and ticks of cells, of each share in a window, at the least: meetings cost some microseconds, the
# time of a tenth of these (an estimate).
LEAST_WORK = 50_000
SHORTEST_WINDOW = 2  # ticks; below, threads would wait for each other in every tick
LARGE_SHARE = 2048  # cells; beside these, those of a cache line are few (an estimate)
PATIENCE = 8_000  # looks at whether the others have come, a quarter of a second, before a thread asks whether they can


class Whole(NamedTuple):
    """The state of all cells, as one thread would simulate it."""

    network: Network
    cells: Cells
    groups: Groups
    group_of_cell: Array
    agenda: Agenda
    grid: Grid
    steps: Steps
    wiring: Wiring
    extras: Extras | None
    log: SpikeLog
    account: Account
    goes_straight: Array  # bool [n_cells], sources whose spikes nobody needs to see on their way


class Part(NamedTuple):
    """What one thread simulates; state of single cells, ``Cells`` and ``touched`` for example, is that of all."""

    cells: Cells
    groups: Groups
    agenda: Agenda
    grid: Grid
    steps: Steps
    block: Block | None
    extras: Extras | None
    fired: Fired
    account: Account
    share: Share


def window_ticks(network: Network) -> int:
    """Return how many ticks shares can be simulated without the spikes of others."""
    return min([LONGEST_BLOCK, *(int(s.delay.min(initial=LONGEST_BLOCK)) for s in network.synapses)])


def can_be_shared(network: Network) -> bool:
    """True when the cells of a network can be divided into shares."""
    return _what_forbids_shares(network) is None


def _what_forbids_shares(network: Network) -> str | None:
    for synapses in network.synapses:
        if not synapses.model.is_static:
            return f"synapses {synapses.name!r} are of {synapses.model.name}, whose weights change"
    if network.waveforms:
        return "there are sine or noise currents"
    if window_ticks(network) < SHORTEST_WINDOW:
        return f"the shortest delay is one tick, {network.timestep_ms:g} ms; threads need {SHORTEST_WINDOW}"
    return None


def why_one_share(network: Network, threads: int) -> str | None:
    """Return why ``threads`` do not share the cells of a network; None where they do."""
    reason = _what_forbids_shares(network)
    if reason is None and n_shares_for(network, threads) == 1:
        return "the network is too small to gain by more"
    return reason


def n_shares_for(network: Network, threads: int) -> int:
    """Return how many shares are worth their meetings, as many as there are ``threads`` or cells at most."""
    if not can_be_shared(network):
        return 1
    events = sum(s.size for s in network.synapses) * RATE_HZ * network.timestep_ms * 1e-3
    work = (network.n_cells + events) * window_ticks(network)
    return max(1, min(threads, network.n_cells, int(work / LEAST_WORK)))


def share_of_cell(network: Network, threads: int) -> Array | None:
    """Return to which share each cell belongs (int32 [n_cells]): cells after each other of every population.

    None where there is one share.
    """
    n_shares = n_shares_for(network, threads)
    if n_shares == 1:
        return None
    sizes = np.diff(bounds_of(network, n_shares), axis=1)
    shares = [np.repeat(np.arange(n_shares, dtype=np.int32), size) for size in sizes]
    return np.concatenate([np.empty(0, np.int32), *shares])


def share_of_segment(wiring: Wiring, share_of_cell: Array) -> Array:
    """Return to which share each segment goes."""
    return share_of_cell[wiring.target[wiring.synapses_of_segment[:-1]]]


def n_shares_of(share_of_cell: Array) -> int:
    """Return how many shares there are; the last one always has cells."""
    return int(share_of_cell.max(initial=0)) + 1


def bounds_of(network: Network, n_shares: int) -> Array:
    """Return the first cell of each share of each population, and the one behind the last (int64 [n, shares + 1]).

    Large shares are of whole cache lines of a byte a cell: equal populations are divided alike, wherever they begin.
    """
    first = np.array([p.first for p in network.populations], np.int64)
    size = np.array([p.size for p in network.populations], np.int64)
    bounds = np.outer(size, np.arange(n_shares + 1)) // n_shares
    is_large = size >= n_shares * LARGE_SHARE
    bounds[is_large, 1:-1] -= bounds[is_large, 1:-1] % CACHE_LINE
    return first[:, np.newaxis] + bounds


def make_parts(whole: Whole, share_of_cell: Array, tick: int) -> list[Part]:
    """Divide a network that goes on at ``tick``."""
    bounds = bounds_of(whole.network, n_shares_of(share_of_cell))
    shares = _make_shares(whole.network, whole.wiring, bounds)
    return [_part(whole, share, share_of_cell, bounds, tick) for share in shares]


def _make_shares(network: Network, wiring: Wiring, bounds: Array) -> list[Share]:
    n_shares = bounds.shape[1] - 1
    n_ticks = window_ticks(network)
    capacity = n_ticks * int(np.diff(bounds, axis=1).sum(axis=0).max(initial=0))
    common = apart(_shared_by_all(n_shares, bounds[:, -1] - bounds[:, 0], n_ticks, capacity))
    return [
        common._replace(
            number=number,
            until=apart(np.array([0, 0, -1, 0])),
            ways=_ways(wiring, number),
            taken=apart(np.zeros(n_shares, np.int64)),
        )
        for number in range(n_shares)
    ]


def _shared_by_all(n_shares: int, size: Array, n_ticks: int, capacity: int) -> Share:
    n_groups = len(size)
    return Share(
        number=0,
        n_ticks=n_ticks,
        patience=1 if is_disabled() else PATIENCE,
        until=np.zeros(4, np.int64),
        size=size,
        met=np.zeros(n_shares * LINE, np.int64),
        next_busy=np.zeros(n_shares, np.int64),
        events=np.zeros((n_shares, n_groups), np.int64),
        fits=np.zeros((n_shares, n_groups), bool),
        at_threshold=np.zeros((n_shares, n_groups), bool),
        spike=np.empty((2, n_shares, capacity), np.int64),
        times=np.empty((2, n_shares, capacity), np.int32),
        n_posted=np.zeros((2, n_shares, LINE), np.int64),
        ways=np.empty((0, 4), np.int32),
        taken=np.zeros(0, np.int64),
    )


def _ways(wiring: Wiring, number: int) -> Array:
    """Return what ``Share.ways`` holds of a share."""
    n_arrivals = np.diff(wiring.arrivals_of_cell)
    # half the memory that each spike reads, where that is enough
    ways = np.zeros((len(n_arrivals), 4), np.int32 if len(wiring.delay) < 2**31 else np.int64)
    arrival = np.flatnonzero(wiring.tile == number)
    cell = np.repeat(np.arange(len(n_arrivals)), n_arrivals)[arrival]
    first, end = wiring.segments_of_arrival[arrival], wiring.segments_of_arrival[arrival + 1]
    ways[cell, FIRST], ways[cell, N_SEGMENTS] = first, end - first - n_streamed(wiring)[arrival]
    ways[cell, N_SYNAPSES] = wiring.synapses_of_segment[end] - wiring.synapses_of_segment[first]
    ways[cell, N_SENT] = arrival == wiring.arrivals_of_cell[cell]
    return ways


def _part(whole: Whole, share: Share, share_of_cell: Array, bounds: Array, tick: int) -> Part:
    own = np.flatnonzero(share_of_cell == share.number).astype(np.int32)
    first, end = bounds[:, share.number].copy(), bounds[:, share.number + 1].copy()
    n_groups = len(first)
    groups = whole.groups._replace(
        first=first, n_touched=np.zeros(n_groups, np.int64), n_active=np.zeros(n_groups, np.int64)
    )
    block = make_block(groups, whole.wiring, len(own)) if whole.extras is None else None
    return Part(
        cells=apart(_own_cells(whole, first), whole.cells),
        groups=apart(groups, whole.groups),
        agenda=apart(_own_agenda(whole.agenda, own, tick), whole.agenda),
        grid=_own_grid(whole.grid, first, end),
        steps=apart(_own_steps(whole.steps, share_of_cell == share.number), whole.steps),
        block=of_own(block),
        extras=apart(_own_extras(whole, share, first, end, tick), whole.extras),
        fired=apart(make_fired(whole.network.n_cells, share.n_ticks)),
        account=apart(whole.account._replace(counters=np.zeros_like(whole.account.counters)), whole.account),
        share=share,
    )


def _own_cells(whole: Whole, first: Array) -> Cells:
    """Return all cells with scratch for one thread; stepped cells are counted from the first of the share."""
    stepped = whole.cells.stepped
    block = stepped.block.copy()
    before = first - np.array([p.first for p in whole.network.populations], np.int64)
    block[:, OFFSET] += before
    scratch = {name: getattr(stepped, name).copy() for name in ("filled", "lane", "queue")}
    scratch["batch"] = aligned_zeros(len(stepped.batch), stepped.batch.dtype)
    scratch["batch"][:] = stepped.batch
    # the last row of a table is scratch
    return whole.cells._replace(
        table=whole.cells.table.copy(), stepped=stepped._replace(block=block, **scratch)
    )


def _own_agenda(agenda: Agenda, own: Array, tick: int) -> Agenda:
    """Return an agenda with the cells of a share due at ``tick``."""
    head = np.full(AGENDA_SLOTS, -1, np.int32)
    agenda.next[own] = np.append(own[1:], -1)[: len(own)]
    agenda.previous[own] = np.append(-1, own[:-1])[: len(own)]
    if len(own):
        head[tick % AGENDA_SLOTS] = own[0]
    return agenda._replace(head=head)


def _own_grid(grid: Grid, first: Array, end: Array) -> Grid:
    fires = np.zeros(CHUNK, bool)
    own = {
        name: getattr(grid, name).copy()
        for name in (
            "left",
            "unit",
            "drives_vary",
            "on",
            "n_on",
            "events",
            "chosen_at",
            "changed_at",
            "patience",
            "look",
        )
    }
    held = make_queues(end - first, grid.held.free, grid.held.until, grid.held.bits)
    spans = grid.spans
    if spans is not None:
        changing = ("begin", "end", "fits", "on", "n_on", "events", "since")
        spans = spans._replace(**{name: getattr(spans, name).copy() for name in changing})
    mine = apart(grid._replace(held=held, end=end, fires=fires, spans=spans, **own), grid)
    return mine._replace(words=mine.fires.view(np.uint64))


def _own_steps(steps: Steps, is_own: Array) -> Steps:
    own = is_own[steps.cell]
    return Steps(
        tick=steps.tick[own],
        cell=steps.cell[own],
        group=steps.group[own],
        size_na=steps.size_na[own],
        done=np.zeros(1, np.int64),
        waiting_na=steps.waiting_na,
    )


def _own_extras(whole: Whole, share: Share, first: Array, end: Array, tick: int) -> Extras | None:
    if whole.extras is None:
        return None
    bounds = np.stack([first, end], axis=1)
    unseen = whole.goes_straight & ~_reach_others(whole.wiring, share.number)
    drives = make_drives(whole.network, whole.cells, whole.wiring, bounds, unseen, tick)
    return whole.extras._replace(drives=drives)


def _reach_others(wiring: Wiring, number: int) -> Array:
    """Return which cells have synapses in other shares (bool [n_cells])."""
    n_arrivals = np.diff(wiring.arrivals_of_cell)
    reach = np.zeros(len(n_arrivals), bool)
    reach[np.repeat(np.arange(len(n_arrivals)), n_arrivals)[wiring.tile != number]] = True
    return reach
