"""Short-term depression and facilitation: Tsodyks, Uziel & Markram 2000, J. Neurosci. 20:RC50.

Resources are available (x), active (y) or recovering (1 - x - y); a spike makes the share u of the available ones
active. Between two spikes the equations are solved exactly.
"""

import math

from neurohw.jit import inlined
from neurohw_event.plastic_layout import (
    ACTIVE,
    AVAILABLE,
    LAST_SPIKE,
    TAU_FACIL,
    TAU_PSC,
    TAU_REC,
    USED,
    U,
)


@inlined
def pass_tsodyks_markram(constant, state, tick):
    """Return the share of the weight that a spike at ``tick`` releases; ``state`` is moved on to after it."""
    span = tick - state[LAST_SPIKE]
    used = facilitated(constant, state[USED], span)
    tau_psc, tau_rec = constant[TAU_PSC], constant[TAU_REC]
    active = state[ACTIVE]
    recovering = (1.0 - state[AVAILABLE] - active) * math.exp(-span / tau_rec)
    recovering += active * _inactivated(span, tau_psc, tau_rec)
    active *= math.exp(-span / tau_psc) if tau_psc > 0.0 else 0.0
    available = 1.0 - active - recovering
    released = used * available
    state[USED] = used
    state[AVAILABLE] = available - released
    state[ACTIVE] = active + released
    state[LAST_SPIKE] = tick
    return released


@inlined
def facilitated(constant, used, span):
    """Return the share of resources that a spike uses, ``span`` ticks after one that used ``used``."""
    tau = constant[TAU_FACIL]
    kept = used * math.exp(-span / tau) if tau > 0.0 else 0.0
    return kept + constant[U] * (1.0 - kept)


@inlined
def _inactivated(span, tau_psc, tau_rec):
    """Return what has become inactive, and not recovered since, of one active unit after ``span`` ticks.

    The solution of dz/dt = exp(-t/tau_psc)/tau_psc - z/tau_rec, in a form that loses no digits where both are equal.
    """
    if tau_psc == 0.0:
        return math.exp(-span / tau_rec)
    fall, rise = 1.0 / tau_psc, 1.0 / tau_rec
    gap = abs(fall - rise)
    effective = span if gap == 0.0 else -math.expm1(-gap * span) / gap
    return fall * math.exp(-min(fall, rise) * span) * effective
