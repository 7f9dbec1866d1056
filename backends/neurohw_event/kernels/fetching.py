"""Fetching what a spike reads on its way, as it is sent: the steps of its packet, and all that is read at its targets.

What the cells of a network read is more than the second cache holds, and the packets of a spike come to their targets
one by one: each would wait for memory. But what one cell needs stands together, and is fetched all at once.
"""

from neurohw.jit import inlined
from neurohw_event.kernels.prefetch import prefetch

_OF_1, _OF_2, _OF_4, _OF_8, _OF_32 = 64, 32, 16, 8, 2  # entries of so many bytes in a line of a cache


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
            _fetch(net.rank_of_node, senders.node[packet] + 2 * n, senders.node[packet] + 3 * n, _OF_4)


@inlined
def _fetch_way(fcfs, credit, start, n):
    """Fetch the steps of a way with ``n`` deliveries, from its start on."""
    if fcfs is not None:
        _fetch(fcfs.steps, start, start + 3 * n, _OF_8)
    if credit is not None:
        _fetch(credit.steps, start, start + 3 * n, _OF_8)


@inlined
def fetch_targets(net, account, wiring, fired):
    """Fetch what the deliveries of all spikes on hand read: their counts, segments and synapses."""
    reach = net.reach
    for index in range(fired.size[0]):
        cell = fired.cell[index]
        first, end = wiring.arrivals_of_cell[cell], wiring.arrivals_of_cell[cell + 1]
        _fetch(account.of_arrival, first, end, _OF_32)
        _fetch(wiring.segments_of_arrival, first, end + 1, _OF_8)
        first, end = reach.segments_of_cell[cell], reach.segments_of_cell[cell + 1]
        if net.marks.delay == 0:
            _fetch(wiring.delay, first, end, _OF_4)
        _fetch(wiring.place, first, end, _OF_4)
        _fetch(wiring.alike, first, end, _OF_1)
        _fetch(wiring.weight_at, first, end, _OF_8)
        _fetch(wiring.synapses_of_segment, first, end + 1, _OF_8)
        _fetch(wiring.target, reach.synapses_of_cell[cell], reach.synapses_of_cell[cell + 1], _OF_2)


@inlined
def _fetch(array, first, end, n_in_line):
    """Fetch the lines that hold some entries, and perhaps the one behind."""
    for at in range(first, end + n_in_line, n_in_line):
        prefetch(array, at)
