"""Where what the spikes of a cell read stands, side by side: a line of a cache for each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurohw_event.cache_lines import aligned_zeros
from neurohw_event.fabric import Array

if TYPE_CHECKING:
    from neurohw_event.layout import Wiring
    from neurohw_event.ways import Senders

REACH = np.dtype(
    (
        np.record,
        [
            ("arrival", "i8"),  # the first, as all that follow
            ("segment", "i8"),
            ("synapse", "i8"),
            ("n_synapses", "i8"),
            ("n_segments", "i4"),
            ("n_arrivals", "i4"),
            ("packet", "i4"),
            ("n_packets", "i4"),
            ("start", "i4"),  # of the first packet, as in ``Senders``; so the others
            ("rank", "i4"),
            ("node", "i4"),
            ("spare", "i4"),
        ],
    )
)


def make_reach(wiring: Wiring, senders: Senders) -> Array:
    """Return what the spikes of each cell read, REACH [n_cells]."""
    arrival = wiring.arrivals_of_cell
    segment = wiring.segments_of_arrival[arrival]
    synapse = wiring.synapses_of_segment[segment]
    reach = aligned_zeros(len(arrival) - 1, REACH)
    reach["arrival"], reach["segment"], reach["synapse"] = arrival[:-1], segment[:-1], synapse[:-1]
    reach["n_arrivals"], reach["n_segments"], reach["n_synapses"] = map(np.diff, (arrival, segment, synapse))
    sends = np.flatnonzero(senders.bundle_of_cell >= 0)
    bundle = senders.bundle_of_cell[sends]
    packet = senders.starts_of_bundle[bundle]
    reach["packet"][sends], reach["n_packets"][sends] = packet, np.diff(senders.starts_of_bundle)[bundle]
    sends, packet = sends[packet < len(senders.node)], packet[packet < len(senders.node)]  # some make none
    for field in ("start", "rank", "node"):
        reach[field][sends] = getattr(senders, field)[packet]
    return reach
