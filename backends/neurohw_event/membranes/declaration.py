"""What the event backend needs to know about a membrane besides its equation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

Array = np.ndarray
Parameters = Mapping[str, Array]
Number = float | str  # a number, or the name of the parameter that holds it


def leak_ms(p: Parameters) -> dict[str, Array]:
    """Return the time constant of a leak (ms)."""
    return {"tau_m": p["tau_m"]}


@dataclass(frozen=True)
class Feedback:
    """A channel that the cell's own spikes feed; it decays exponentially.

    Attributes
    ----------
    tau, jump : names of the cell's parameters: time constant (ms) and what a spike adds.
    e_rev : name of the parameter with its reversal potential, where it is a conductance (nS).
    variable : the state variable that shows it, where it has one of its own.
    current : its current into the cell, in nA for a value of 1.
    threshold, adaptation : its part in the threshold and in the recorded adaptation current.
    """

    tau: str
    jump: str
    e_rev: str = ""
    variable: str = ""
    current: float = 0.0
    threshold: float = 0.0
    adaptation: float = 0.0


@dataclass(frozen=True)
class Membrane:
    """A membrane: its equation, when it fires and what a spike does to it.

    Attributes
    ----------
    equation : number of the equation in ``neurohw_event.membranes.equations``.
    rule : when the cell fires: one of those in ``neurohw_event.stepped_layout``.
    constants : returns the numbers of the equation, in its order.
    times : returns, by name, the times (ms) in which the equation alone can bring its variables to rest.
    capacity : nF.
    level : the potential that the rule compares v with, in mV; where it isn't one number or parameter, a function.
    reset : what v is set to by a spike, in mV; empty: v goes on.
    variables : the variables of the equation, v first.
    initial : what they start from; others start at 0.
    jump : the parameter that a spike adds to the second variable.
    scale : an error of the variables after v is measured against this and their own size.
    feedback : channels that the cell's spikes feed.
    """

    equation: int
    rule: int
    constants: Callable[[Parameters], tuple[Array, ...]]
    times: Callable[[Parameters], Mapping[str, Array]] = leak_ms
    capacity: Number = "cm"
    level: Number | Callable[[Parameters], Array] = "v_thresh"
    reset: str = "v_reset"
    variables: tuple[str, ...] = ("v",)
    initial: Mapping[str, Number] = field(default_factory=lambda: {"v": "v_rest"})
    jump: str = ""
    scale: Number = 1.0
    feedback: tuple[Feedback, ...] = ()
