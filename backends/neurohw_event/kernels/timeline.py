"""Bins of ticks: what links have done is noted where a bin ends, and their longest queues begin anew there."""

from neurohw.jit import inlined, inner
from neurohw_event.kernels.credit.state import NOW
from neurohw_event.kernels.crossbars import forget_begun
from neurohw_event.kernels.interconnect import begin_of

N_CLOSED, WIDTH = range(2)  # of Bins.state: closed bins, ticks of a bin


@inlined
def close_bins(net, tick):
    """Close all bins that end before ``tick``, up to which the interconnect has come."""
    state = net.bins.state
    if (state[N_CLOSED] + 1) * state[WIDTH] <= tick:
        _close_all(net, tick)


@inner
def _close_all(net, tick):
    bins = net.bins
    state = bins.state
    while (state[N_CLOSED] + 1) * state[WIDTH] <= tick:
        closed = state[N_CLOSED]
        _close(net.fcfs, net.credit, bins, closed)
        state[N_CLOSED] = closed + 1
        bins.cycle[closed + 1] = begin_of(net.pace, (closed + 1) * state[WIDTH])
        if closed + 1 == bins.longest.shape[0]:
            _merge_pairs(bins)


@inlined
def _close(fcfs, credit, bins, closed):
    busy, longest = bins.busy[closed + 1], bins.longest[closed]
    if fcfs is not None:
        _close_fcfs(fcfs, busy, longest)
    if credit is not None:
        _close_credit(credit, busy, longest)


@inlined
def _close_fcfs(fcfs, busy, longest):
    clock = fcfs.wheel.clock[0]
    for link in range(longest.size):
        line = fcfs.lines[link]
        if line.service < 0:
            longest[link] = line.longest
            forget_begun(fcfs, line, clock - 1)
            line.longest = line.waiting
            continue
        ahead, service = max(line.free_at - clock, 0), max(line.service, 1)
        if link < busy.size:
            busy[link] = line.begun * line.service - ahead
        longest[link] = (line.longest_wait + service - 1) // service
        line.longest_wait = ahead // service * service


@inlined
def _close_credit(credit, busy, longest):
    for link in range(longest.size):
        if link < busy.size:
            ahead = max(credit.link[link].free_at - credit.clock[NOW], 0)
            busy[link] = credit.link[link].busy - ahead
        longest[link] = credit.queue[link].most
    for queue in range(credit.queue.shape[0]):
        credit.queue[queue].most = credit.queue[queue].length


@inlined
def _merge_pairs(bins):
    """Make one bin of every two."""
    half = bins.longest.shape[0] // 2
    for pair in range(half):
        for link in range(bins.longest.shape[1]):
            bins.longest[pair, link] = max(bins.longest[2 * pair, link], bins.longest[2 * pair + 1, link])
    for edge in range(1, half + 1):
        bins.cycle[edge] = bins.cycle[2 * edge]
        for link in range(bins.busy.shape[1]):
            bins.busy[edge, link] = bins.busy[2 * edge, link]
    bins.state[N_CLOSED] = half
    bins.state[WIDTH] *= 2
