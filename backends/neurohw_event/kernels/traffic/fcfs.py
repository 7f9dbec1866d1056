"""Traffic without neurons on links that are taken in order of arrival, or always free."""

from neurohw.jit import leaf
from neurohw_event.kernels.fcfs import DONE, NO_ROOM, advance, enter
from neurohw_event.kernels.traffic.offer import PAUSE, PAUSED, all_made, earliest, make_packet
from neurohw_event.kernels.traffic.tally import ARRIVED, CREATED, count_arrived
from neurohw_event.kernels.wheel import holds_nothing

FCFS_WINDOW = 32  # cycles for which packets are made at once; few, so that they are at hand when they move


@leaf
def drive_fcfs(fcfs, arrived, offer, tally, until):
    """Simulate until all measured packets have arrived, or to cycle ``until``; returns what ``advance`` does.

    Returns ``PAUSED`` after ``PAUSE`` packets, so that whoever waits can be told, and can stop it.
    """
    counts, wheel = tally.counts, fcfs.wheel
    made = 0
    while wheel.clock[0] < until:
        if made >= PAUSE:
            return PAUSED
        now = wheel.clock[0]
        if now >= tally.end and counts[ARRIVED] == counts[CREATED] and all_made(offer, tally):
            return DONE
        if holds_nothing(wheel):
            now = max(now, earliest(offer.next))
        end = min(now + FCFS_WINDOW, until)
        for tile in range(offer.next.size):
            while offer.next[tile] < end:
                if wheel.free[1] == 0:
                    return NO_ROOM
                fired = offer.next[tile]
                enter(fcfs, make_packet(offer, tally, tile), tile, fired, fired)
                made += 1
        status = NO_ROOM
        while status == NO_ROOM:
            status = advance(fcfs, arrived, end, False)
            count_arrived(arrived, tally)
    return DONE
