"""How a weight changes with a pair of spikes.

The papers of the weight dependences and of Vogels' rule are named in ``neurohw.network.synapse_models``.
"""

import math

from neurohw.jit import inlined
from neurohw_event import plastic_layout
from neurohw_event.plastic_layout import Rule

_ADDITIVE = int(Rule.ADDITIVE)
_MULTIPLICATIVE = int(Rule.MULTIPLICATIVE)
_GUTIG = int(Rule.GUTIG)
_VOGELS = int(Rule.VOGELS)

# places in what ``parameters`` returns
A_PLUS, A_MINUS, W_MIN, W_MAX, MU_PLUS, MU_MINUS = range(6)
ALPHA = MU_PLUS
_FIRST = plastic_layout.A_PLUS


@inlined
def parameters(constant):
    """Return the parameters of a row that tell how weights change."""
    return (
        constant[_FIRST],
        constant[_FIRST + 1],
        constant[_FIRST + 2],
        constant[_FIRST + 3],
        constant[_FIRST + 4],
        constant[_FIRST + 5],
    )


@inlined
def potentiated(rule, weight, trace, p):
    """Return the weight after a postsynaptic spike that meets ``trace``."""
    return _changed(weight, p[A_PLUS] * _up(rule, weight, p) * trace, p)


@inlined
def depressed(rule, weight, trace, p):
    """Return the weight after a presynaptic spike that meets ``trace``."""
    if rule == _VOGELS:
        change = _direction(p) * p[A_MINUS] * (trace - p[ALPHA])
    else:
        change = -p[A_MINUS] * _down(rule, weight, p) * trace
    return _changed(weight, change, p)


@inlined
def _changed(weight, change, p):
    """Return the changed weight within its bounds; one that does not change may lie outside."""
    if change == 0.0:
        return weight
    low, high = min(p[W_MIN], p[W_MAX]), max(p[W_MIN], p[W_MAX])
    return min(max(weight + change, low), high)


@inlined
def _direction(p):
    """Return -1.0 where weights grow downwards, as those of inhibitory currents do, else 1.0."""
    return math.copysign(1.0, p[W_MAX] - p[W_MIN])


@inlined
def _up(rule, weight, p):
    """Return how much a weight grows, before amplitude and trace."""
    if rule == _VOGELS:
        return _direction(p)
    if rule == _MULTIPLICATIVE:
        return p[W_MAX] - weight
    if rule == _GUTIG:
        return _power(p[W_MAX] - weight, p[W_MAX] - p[W_MIN], p[MU_PLUS])
    return p[W_MAX]


@inlined
def _down(rule, weight, p):
    """Return how much a weight shrinks, before amplitude and trace."""
    if rule == _ADDITIVE:
        return p[W_MAX]
    if rule == _MULTIPLICATIVE:
        return weight - p[W_MIN]
    if rule == _GUTIG:
        return _power(weight - p[W_MIN], p[W_MAX] - p[W_MIN], p[MU_MINUS])
    return weight


@inlined
def _power(distance, span, exponent):
    """Return ``span * (distance / span) ** exponent``, 0 without a span; a weight out of bounds counts as at them."""
    if span == 0.0:
        return 0.0
    return span * min(max(distance / span, 0.0), 1.0) ** exponent
