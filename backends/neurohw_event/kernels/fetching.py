"""Fetching what a spike reads on its way, as it is sent: the steps of its packet, and all that is read at its targets.

What the cells of a network read is more than the second cache holds, and the packets of a spike come to their targets
one by one: each would wait for memory. But what one cell needs stands together, and is fetched all at once.
"""

from neurohw.jit import inlined
from neurohw_event.kernels.prefetch import prefetch_lines


@inlined
def fetch_ways(net, wiring, fired):
    """Fetch the ways of the packets of all spikes on hand, where a spike makes one; others share short ones.

    A way has a crossbar and a link to it for each delivery, and about as many links between routers.
    """
    senders = net.senders
    for index in range(fired.size[0]):
        cell = fired.cell[index]
        bundle = senders.bundle_of_cell[cell]
        if bundle < 0:
            continue
        packet = senders.starts_of_bundle[bundle]
        if senders.starts_of_bundle[bundle + 1] == packet + 1:
            n = wiring.arrivals_of_cell[cell + 1] - wiring.arrivals_of_cell[cell]
            _fetch_way(net.fcfs, net.credit, senders.start[packet], n)
            prefetch_lines(net.rank_of_node, senders.node[packet] + 2 * n, senders.node[packet] + 3 * n)


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
    reach = net.reach
    for index in range(fired.size[0]):
        cell = fired.cell[index]
        first, end = wiring.arrivals_of_cell[cell], wiring.arrivals_of_cell[cell + 1]
        prefetch_lines(account.of_arrival, first, end)
        if not net.marks.is_plain:
            prefetch_lines(wiring.segments_of_arrival, first, end + 1)
        first, end = reach.segments_of_cell[cell], reach.segments_of_cell[cell + 1]
        if net.marks.delay == 0:
            prefetch_lines(wiring.delay, first, end)
        prefetch_lines(wiring.place, first, end)
        prefetch_lines(wiring.alike, first, end)
        prefetch_lines(wiring.weight_at, first, end)
        prefetch_lines(wiring.synapses_of_segment, first, end + 1)
        prefetch_lines(wiring.target, reach.synapses_of_cell[cell], reach.synapses_of_cell[cell + 1])
