"""Fetching what a spike reads on its way, as it is sent: the steps of its packet, and all that is read at its targets.

What the cells of a network read is more than the second cache holds, and the packets of a spike come to their targets
one by one: each would wait for memory. But what one cell needs stands together, and is fetched all at once.
"""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.prefetch import prefetch_lines


@inlined
def fetch_ways(net, fired):
    """Fetch the ways of the packets of all spikes on hand, where a spike makes one; others share short ones.

    A way has a crossbar and a link to it for each delivery, and about as many links between routers.
    """
    for index in range(fired.size[0]):
        reach = net.reach[np.uint64(fired.cell[index])]
        if reach.n_packets == 1:
            n, node = np.int64(reach.n_arrivals), np.int64(reach.node)
            _fetch_way(net.fcfs, net.credit, np.int64(reach.start), n)
            prefetch_lines(net.rank_of_node, node + 2 * n, node + 3 * n)


@inlined
def _fetch_way(fcfs, credit, start, n):
    """Fetch the steps of a way with ``n`` deliveries, from its start on."""
    if fcfs is not None:
        prefetch_lines(fcfs.steps, start, start + 3 * n)
    if credit is not None:
        prefetch_lines(credit.steps, start, start + 3 * n)


@inlined
def fetch_targets(net, account, wiring, fired):
    """Fetch what the deliveries of all spikes on hand read: their counts, segments and synapses."""
    for index in range(fired.size[0]):
        reach = net.reach[np.uint64(fired.cell[index])]
        if reach.n_arrivals == 0:
            continue
        first, end = reach.arrival, reach.arrival + reach.n_arrivals
        prefetch_lines(account.of_arrival, first, end)
        if not net.marks.is_plain:
            prefetch_lines(wiring.segments_of_arrival, first, end + 1)
        first, end = reach.segment, reach.segment + reach.n_segments
        if net.marks.delay == 0:
            prefetch_lines(wiring.delay, first, end)
        prefetch_lines(wiring.place, first, end)
        prefetch_lines(wiring.alike, first, end)
        prefetch_lines(wiring.weight_at, first, end)
        prefetch_lines(wiring.synapses_of_segment, first, end + 1)
        prefetch_lines(wiring.target, reach.synapse, reach.synapse + reach.n_synapses)
