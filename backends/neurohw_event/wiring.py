"""The synapses of a program in the order in which the kernels deliver them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw.network import Network, Synapses
from neurohw.program import Program
from neurohw_event.delivery_order import PIECE, Piece, Places, pieces, row_ends
from neurohw_event.layout import IN_EXC, N_COLUMNS, Array, Wiring
from neurohw_event.stepped import input_address, make_blocks
from neurohw_event.stepped_layout import WIDTH
from neurohw_event.stored_segments import join_weights, segments_alike
from neurohw_event.streamed import are_worth_streams, n_streamed, short_delays, streamed_groups
from neurohw_event.weight_types import StoredWeights, stored_weights

SHORT_IDS = 2**16  # the ids of so many cells have 16 bits: half the memory that each spike reads


def make_wiring(
    program: Program,
    by_tile: bool,
    piece: int = PIECE,
    share_of_cell: Array | None = None,
    before: Wiring | None = None,
) -> Wiring:
    """Merge all groups of synapses; with ``by_tile`` a spike makes one arrival per tile, else one in all.

    Without tiles it makes one arrival in each share of the cells, where ``share_of_cell`` (int32 [n_cells]) is given.
    Synapses are sorted ``piece`` by piece, so many at a time. Where a run goes on with other synapses than
    ``before``, none are streamed unless some were, and weights are no numbers of levels unless they were.
    """
    network = program.network
    is_worth = are_worth_streams(network) if before is None else bool(before.streamed.any())
    streamed = streamed_groups(network) & (is_worth and not by_tile)
    places = places_of(program, by_tile, share_of_cell)
    stored = stored_weights(network, places, before is None or _could_be_numbered(before))
    target, parts = _sorted(network, stored, places, streamed, piece)
    synapses = _boundaries(parts["synapses_of_segment"])
    segments = _boundaries(parts["segments_of_arrival"])
    channel = np.concatenate(parts["channel"])
    weight_at, weight = join_weights(parts["synapses_of_segment"], parts["weight_at"], parts["weight"])
    blocks = make_blocks(network)
    inputs = np.array([_input(network, blocks, s) for s in network.synapses], np.int64).reshape(-1, 3)
    ends, end_of_group = np.unique(inputs, axis=0, return_inverse=True)
    arrivals = _boundaries(parts["arrivals_of_cell"])
    level_at = _of_segments(stored.level_at, channel, segments, np.concatenate(parts["tile"]))
    plastic, place = _plastic_segments(network, channel), end_of_group.reshape(-1).astype(np.int32)[channel]
    wiring = Wiring(
        arrivals_of_cell=arrivals,
        segments_of_arrival=segments,
        synapses_of_segment=synapses,
        delay=np.concatenate(parts["delay"]),
        channel=channel,
        plastic=plastic,
        place=place,
        group=ends[:, 0].copy(),
        origin=ends[:, 1].copy(),
        stride=ends[:, 2].copy(),
        target=target,
        is_run=np.concatenate(parts["is_run"]),
        weight_at=weight_at,
        weight=weight,
        levels=stored.levels,
        level_at=level_at,
        alike=segments_alike(synapses, place, plastic, weight_at, level_at),
        rows=np.concatenate(parts["rows"]),
        tile=np.concatenate(parts["tile"]),
        streamed=streamed,
        stream_delay=np.concatenate(parts["stream_delay"]),
        widest=0,
        one_delay=_one_delay(parts["delay"]) if not streamed.any() else 0,
    )
    behind = np.concatenate([[0], np.cumsum(np.diff(segments) - n_streamed(wiring))])
    return wiring._replace(widest=int(np.diff(behind if by_tile else behind[arrivals]).max(initial=0)))


def _sorted(
    network: Network, stored: StoredWeights, places: Places, streamed: Array, piece: int
) -> tuple[Array, dict[str, list[Array]]]:
    """Return all targets in the order of delivery, and what else there is in a ``Piece``, field by field."""
    indptr, delay_type = row_ends(network), short_delays(network, streamed)
    target = np.empty(int(indptr[-1]), np.uint16 if network.n_cells <= SHORT_IDS else np.int32)
    kept: list[Piece] = []
    filled = 0
    for part in pieces(network, stored.of_group, indptr, places, streamed, piece):
        target[filled : filled + len(part.target)] = part.target
        filled += len(part.target)
        weight, delay = part.weight.astype(stored.type, copy=False), part.stream_delay.astype(delay_type)
        kept.append(part._replace(target=target[:0], weight=weight, stream_delay=delay))
    return target, {name: [getattr(part, name) for part in kept] for name in Piece._fields}


def places_of(program: Program, by_tile: bool, share_of_cell: Array | None = None) -> Places:
    """Return by what the arrivals of a spike are divided: tiles, shares (``share_of_cell``), or nothing."""
    n_cells = program.network.n_cells
    if share_of_cell is not None:
        return Places(share_of_cell, np.full(n_cells, -2, np.int32), np.zeros(1, np.int32), 1)
    if not by_tile or program.placement is None or program.clusters is None:
        own_tile = np.full(n_cells, -1 if by_tile else -2, np.int32)
        return Places(np.full(1, -1, np.int32), own_tile, np.zeros(1, np.int32), 1)
    tile = program.placement.tile_of_cell.astype(np.int32)
    cluster = program.clusters.cluster_of_cell.astype(np.int32)
    return Places(tile, tile, cluster, program.clusters.n_clusters)


def _one_delay(delays: Sequence[Array]) -> int:
    """Return the delay of all segments (ticks), 0 where they differ or there are none."""
    found = {int(end) for delay in delays if len(delay) for end in (delay.min(), delay.max())}
    return found.pop() if len(found) == 1 else 0


def _could_be_numbered(before: Wiring) -> bool:
    """True when what is under way can go on as numbers of levels: plastic synapses pass on any weights."""
    return before.levels is not None and not (before.plastic >= 0).any()


def _of_segments(level_at: Array | None, channel: Array, segments: Array, tile: Array) -> Array | None:
    """Return where the levels of each segment begin; ``level_at`` as in ``StoredWeights``."""
    if level_at is None:
        return None
    return level_at[channel, np.repeat(np.maximum(tile, 0), np.diff(segments))]


def _boundaries(parts: Sequence[Array]) -> Array:
    """Return where things begin, of pieces in which they are counted from the first of the piece."""
    sizes = np.concatenate([np.diff(part) for part in parts])
    return np.concatenate([[0], np.cumsum(sizes)])


def _plastic_segments(network: Network, channel: Array) -> Array:
    """Number the segments that are not static, group by group; -1 stands for static ones."""
    number = np.full(len(channel), -1, np.int32)
    n = 0
    for group, synapses in enumerate(network.synapses):
        if not synapses.model.is_static:
            own = np.flatnonzero(channel == group)
            number[own] = np.arange(n, n + len(own))
            n += len(own)
    return number


def _input(network: Network, blocks: Array, synapses: Synapses) -> tuple[int, int, int]:
    """Return the postsynaptic population, and origin and stride of its cells' inputs."""
    post, block = network.populations[synapses.post], blocks[synapses.post]
    if not block[WIDTH]:
        return synapses.post, IN_EXC + post.model.receptor_names.index(synapses.receptor), N_COLUMNS
    return synapses.post, input_address(post, block, synapses.receptor) - post.first, 1
