"""One step of a leaky cell with exponentially decaying conductances, by a formula of order 6.

With all conductances known in advance, C u' = -g(t) u + i(t) is linear, u the distance from where v ends without them:
u(h) = u(0) exp(-B(0)) + integral of i(s) / C exp(-B(s)) ds, where B(s) is the integral of g / C from s to h and has a
closed form. The integral is taken by the rule of Lobatto with four nodes (Abramowitz & Stegun 1964, 25.4.32). Where the
step is no longer than ``LONGEST`` in units of the fastest rate, v is right to 1e-5 mV, and exact without conductances.
"""

import math

from neurohw.jit import inlined, leaf
from neurohw_event.layout import CM, E_EXC, E_INH, TAU_EXC, TAU_INH, TAU_M

# of a step, in units of the fastest rate of the cell
LONGEST = 0.5
# nodes within a step of 1, and the weights of the outer and the inner ones
_FIRST, _SECOND = 0.5 - 0.1 * math.sqrt(5.0), 0.5 + 0.1 * math.sqrt(5.0)
_OUTER, _INNER = 1 / 12, 5 / 12

# what a step needs: three parts of B (from the beginning and the inner nodes) that the leak makes; two reversal
# potentials; of each receptor three parts of B, its weight at four nodes, and what is left of it; and how much may be
# open for one step to do
_E_EXC, _E_INH, EXC, INH, MOST = 3, 4, 5, 13, 21
LEFT = 7  # of a receptor
N_COEFFICIENTS = 22


@leaf
def fill_coefficients(table, constants_of_class, span_ms):
    """Write the coefficients of steps of ``span_ms`` into ``table`` (float64 [n_classes, N_COEFFICIENTS])."""
    for c in range(table.shape[0]):
        row = coefficients(constants_of_class[c], span_ms)
        for k in range(N_COEFFICIENTS):
            table[c, k] = row[k]


@inlined
def coefficients(of_class, span_ms):
    """Return the coefficients of a step of ``span_ms``."""
    rate, longest = span_ms / of_class[TAU_M], LONGEST
    leak = (-0.25 * rate, -0.25 * rate * (1.0 - _FIRST), -0.25 * rate * (1.0 - _SECOND))
    exc = _of_receptor(span_ms, of_class[TAU_EXC], of_class[CM])
    inh = _of_receptor(span_ms, of_class[TAU_INH], of_class[CM])
    most_us = (longest / span_ms - 1.0 / of_class[TAU_M]) * of_class[CM]
    if span_ms > longest * min(of_class[TAU_EXC], of_class[TAU_INH]):
        most_us = -1.0
    return (*leak, of_class[E_EXC], of_class[E_INH], *exc, *inh, most_us)


@inlined
def _of_receptor(span_ms, tau_ms, cm_nf):
    """Return the coefficients of a receptor: a quarter of the exponents for ``_fade``, weights, what is left."""
    rate = span_ms / tau_ms
    first, second, left = math.exp(-_FIRST * rate), math.exp(-_SECOND * rate), math.exp(-rate)
    quarter, per_cm = 0.25 * tau_ms / cm_nf, span_ms / cm_nf
    return (
        quarter * math.expm1(-rate),
        quarter * first * math.expm1(-(1.0 - _FIRST) * rate),
        quarter * second * math.expm1(-(1.0 - _SECOND) * rate),
        _OUTER * per_cm,
        _INNER * per_cm * first,
        _INNER * per_cm * second,
        _OUTER * per_cm * left,
        left,
    )


@inlined
def as_tuple(row):
    """Return the coefficients of a row as numbers of their own, which a loop need not read anew."""
    leak = (row[0], row[1], row[2], row[3], row[4])
    exc = (row[5], row[6], row[7], row[8], row[9], row[10], row[11], row[12])
    inh = (row[13], row[14], row[15], row[16], row[17], row[18], row[19], row[20])
    return (*leak, *exc, *inh, row[21])


@inlined
def moved(v, g_exc, g_inh, drive_mv, c):
    """Return v after a step, from conductances at its beginning; ``drive_mv`` is where v ends without them."""
    begin = c[0] + g_exc * c[EXC] + g_inh * c[INH]
    first = c[1] + g_exc * c[EXC + 1] + g_inh * c[INH + 1]
    second = c[2] + g_exc * c[EXC + 2] + g_inh * c[INH + 2]
    i_exc, i_inh = g_exc * (c[_E_EXC] - drive_mv), g_inh * (c[_E_INH] - drive_mv)
    at_begin = i_exc * c[EXC + 3] + i_inh * c[INH + 3]
    at_first = i_exc * c[EXC + 4] + i_inh * c[INH + 4]
    at_second = i_exc * c[EXC + 5] + i_inh * c[INH + 5]
    at_end = i_exc * c[EXC + 6] + i_inh * c[INH + 6]
    u = (
        (v - drive_mv + at_begin) * _fade(begin)
        + at_first * _fade(first)
        + at_second * _fade(second)
        + at_end
    )
    return drive_mv + u


@inlined
def _fade(x):
    """Return exp(4 x) for x from -LONGEST / 4 to 0, to some 1e-15, in plain arithmetic: the compiler takes columns."""
    y = 1 / 40320 + x * (1 / 362880)
    y = 1 / 5040 + x * y
    y = 1 / 720 + x * y
    y = 1 / 120 + x * y
    y = 1 / 24 + x * y
    y = 1 / 6 + x * y
    y = 0.5 + x * y
    y = 1.0 + x * y
    y = 1.0 + x * y
    y *= y
    return y * y
