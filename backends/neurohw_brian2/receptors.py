"""The shapes of receptors as Brian2 equations: one entry a shape.

A receptor ``k`` of a cell has the constants ``tau_k`` (``tau_rise_k`` and ``tau_decay_k`` for the beta shape) and, for
conductances, ``e_rev_k``; its current or conductance is ``x_k``, and what feeds that, where anything does, ``feed_k``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Shape:
    """What Brian2 needs to know of a receptor.

    Attributes
    ----------
    dynamics : differential equations, with ``{k}`` for the number of the receptor.
    states : the variables that they move on.
    arrival : what a spike that is passed on with the weight ``passed`` does to its target.
    """

    dynamics: str
    states: tuple[str, ...]
    arrival: str


_EXPONENTIAL = Shape("dx_{k}/dt = -x_{k}/tau_{k} : 1\n", ("x_{k}",), "x_{k}_post += {passed}")
_ALPHA = Shape(
    "dx_{k}/dt = (feed_{k} - x_{k})/tau_{k} : 1\ndfeed_{k}/dt = -feed_{k}/tau_{k} : 1\n",
    ("x_{k}", "feed_{k}"),
    "feed_{k}_post += {passed}*e",
)
_BETA = Shape(
    "dx_{k}/dt = gain_{k}*feed_{k}/ms - x_{k}/tau_decay_{k} : 1\ndfeed_{k}/dt = -feed_{k}/tau_rise_{k} : 1\n",
    ("x_{k}", "feed_{k}"),
    "feed_{k}_post += {passed}",
)

RECEPTOR_SHAPES: Mapping[str, Shape] = {
    "delta": Shape("", (), "v_post += {passed}*int(not_refractory_post)"),
    "curr_exp": _EXPONENTIAL,
    "curr_alpha": _ALPHA,
    "cond_exp": _EXPONENTIAL,
    "cond_alpha": _ALPHA,
    "cond_beta": _BETA,
}


def beta_gain(rise_ms: Array, decay_ms: Array) -> Array:
    """Return the gain (1/ms) with which a feed of 1 makes a difference of exponentials that peaks at 1.

    At the peak x' = 0, so that x = gain * feed * tau_decay; the peak is where both exponentials fall equally.
    """
    # a relative difference d of the time constants; log1p keeps the limit of equal ones
    difference = decay_ms / rise_ms - 1.0
    equal = difference == 0.0
    peak_ms = decay_ms * np.where(equal, 1.0, np.log1p(difference) / np.where(equal, 1.0, difference))
    gain: Array = np.exp(peak_ms / rise_ms) / decay_ms
    return gain
