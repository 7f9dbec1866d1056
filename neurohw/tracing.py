"""What a run can note of single packets, when asked to: messages delivered and links taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

# kinds of traced links beyond those of a topology (0 between routers, 1 tile to router, 2 router to tile)
LINK_ENCODER, LINK_CROSSBAR = 3, 4


@dataclass(frozen=True)
class Tracing:
    """What to note during a run on a simulated interconnect: all messages, and the links that packets took."""

    most_transfers: int = 200_000  # those that begin later are counted only


@dataclass(frozen=True, eq=False)
class Messages:
    """Delivered messages, one row each, in the order of the ticks in which they came.

    A spike makes one for each tile with targets of it. Times are cycles since the beginning of the run.
    """

    cell: Array  # int32, sender
    tile: Array  # int32, destination
    fired_tick: Array  # int64
    arrived_tick: Array  # int64
    fired: Array  # int64, the spike is made
    entered: Array  # int64, it has left the encoder of its tile
    reached: Array  # int64, it stands before the crossbars of its destination
    begun: Array  # int64, they begin to read
    arrived: Array  # int64, they are done
    least: Array  # int64, cycles from ``entered`` to ``reached`` in an empty network
    hops: Array  # int64, links between routers
    synapses: Array  # int64, that it reaches
    step: Array  # int32, end of its way; see ``Transfers``


@dataclass(frozen=True, eq=False)
class Transfers:
    """Links taken by packets, one row each, in the order in which they were begun; times in cycles.

    ``step`` is a place on the way of a cell's spikes: the packet that takes the link stands there afterwards.
    ``step_before`` leads back from each step to the sender (-1). The packet of a message took the links to its own
    step and to those before it; with multicast, messages share them.
    """

    link: Array  # int32, row of the arrays below
    step: Array  # int32
    cell: Array  # int32, sender
    fired: Array  # int64, the spike is made
    since: Array  # int64, the packet stands before the link
    start: Array  # int64, it takes the link
    end: Array  # int64, the link is free again
    step_before: Array  # int32 [n_steps]
    link_name: Array  # str [n_links]
    link_kind: Array  # int [n_links]
    link_tile: Array  # int [n_links], of an encoder, a crossbar or a link of a tile; else -1
    link_router: Array  # int [n_links], before which packets wait; -1 for an encoder
    n_begun: int  # links taken in all, those not noted included
