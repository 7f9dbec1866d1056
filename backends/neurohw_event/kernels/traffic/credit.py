"""Traffic without neurons on routers with credits.

Source queues have no limit; only what can leave one soon is put there, the rest is still to come.
"""

from neurohw.jit import leaf
from neurohw_event.kernels.credit.advance import advance, enter
from neurohw_event.kernels.credit.state import DEADLOCK, DONE, N_DUE, N_FREE, N_READY, NO_ROOM, NOW
from neurohw_event.kernels.traffic.offer import PAUSE, PAUSED, all_made, earliest, make_packet
from neurohw_event.kernels.traffic.tally import ARRIVED, CREATED, count_arrived

CREDIT_WINDOW = 64  # cycles for which packets are made at once


@leaf
def drive_credit(state, arrived, offer, tally, until):
    """Simulate until all measured packets have arrived, or to cycle ``until``; returns what ``advance`` does.

    Returns ``PAUSED`` after ``PAUSE`` packets, so that whoever waits can be told, and can stop it.
    """
    counts, clock = tally.counts, state.clock
    made = 0
    while clock[NOW] < until:
        if made >= PAUSE:
            return PAUSED
        now = clock[NOW]
        if now >= tally.end and counts[ARRIVED] == counts[CREATED] and all_made(offer, tally):
            return DONE
        if clock[N_DUE] == 0 and clock[N_READY] == 0:
            # nothing moves until a packet is made: the clock goes there at once
            if advance(state, arrived, min(max(now, earliest(offer.next)), until), False) == DEADLOCK:
                return DEADLOCK
            now = clock[NOW]
        end = min(now + CREDIT_WINDOW, until)
        if clock[N_FREE] < CREDIT_WINDOW * offer.next.size:
            return NO_ROOM
        for tile in range(offer.next.size):
            room = CREDIT_WINDOW - state.queue[offer.queue[tile]].length
            while offer.next[tile] < end and room > 0:
                fired = offer.next[tile]
                enter(state, make_packet(offer, tally, tile), tile, fired, max(fired, now))
                room -= 1
                made += 1
        status = NO_ROOM
        while status == NO_ROOM:
            status = advance(state, arrived, end, False)
            count_arrived(arrived, tally)
        if status == DEADLOCK:
            return status
    return DONE
