"""Rows of dense layers: weights to one cell after the other, several of them added in one pass over their targets.

Rows that come from a farther cache at the same time take less than rows after each other.
"""

from neurohw.jit import inlined, inner
from neurohw_event.kernels.pending import weight_at

MOST_ROWS = 4  # that a step adds itself


@inlined
def are_rows(wiring, due, entries, size):
    """True when segments (entries of ``due``) are rows to all ``size`` cells of a population, and to one receptor."""
    for at in range(entries.size):
        if not is_row(wiring, due, entries[at], size) or due[2, entries[at]] != due[2, entries[0]]:
            return False
    return True


@inlined
def is_row(wiring, due, entry, size):
    """True when a segment has a weight of its own for each of the ``size`` cells of a population, in order."""
    segment = due[0, entry]
    return (
        due[4, entry] - due[3, entry] == size and wiring.is_run[segment] and weight_at(wiring, segment) >= 0
    )


@inlined
def weights_at(wiring, due, entry, cell):
    """Return where the weights of a row begin, from that of the ``cell``-th cell of the population on."""
    return weight_at(wiring, due[0, entry]) + cell


@inlined
def add_two_rows(wiring, due, a, b, first, size, columns):
    """Add two rows to the inputs of one receptor of a population, the first one first."""
    inputs = columns[wiring.origin[due[2, a]], first : first + size]
    at_a, at_b = weight_at(wiring, due[0, a]), weight_at(wiring, due[0, b])
    _add(inputs, wiring.weight[at_a : at_a + size], wiring.weight[at_b : at_b + size])


@inner
def _add(inputs, a, b):
    for i in range(inputs.size):
        inputs[i] = inputs[i] + a[i] + b[i]
