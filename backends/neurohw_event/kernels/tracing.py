"""Notes of single packets, where there is a log; without one these functions are empty."""

from neurohw.jit import inlined


@inlined
def note_transfer(log, link, node, sender, fired, since, start, end):
    """Note that a packet takes a link, or only count it where the log is full."""
    if log is None:
        return
    index = log.size[0]
    log.size[0] = index + 1
    if index >= log.link.size:
        return
    log.link[index] = link
    log.node[index] = node
    log.sender[index] = sender
    log.fired[index] = fired
    log.since[index] = since
    log.start[index] = start
    log.end[index] = end


@inlined
def has_room(log, n):
    """True when ``n`` messages can be noted."""
    if log is None:
        return True
    return log.size[0] + n <= log.node.size


@inlined
def note_message(log, arrived, index, arrival, synapses, work, tick):
    """Note a delivery: row ``index`` of ``arrived``, on which a crossbar has worked for ``work`` cycles."""
    if log is None:
        return
    row, delivery = log.size[0], arrived.delivery[index]
    log.size[0] = row + 1
    log.node[row] = delivery.node
    log.arrival[row] = arrival
    log.synapses[row] = synapses
    log.tick[row] = tick
    log.fired[row] = delivery.fired
    log.entered[row] = delivery.entered
    log.reached[row] = delivery.reached
    log.begun[row] = delivery.cycle - work
    log.cycle[row] = delivery.cycle
