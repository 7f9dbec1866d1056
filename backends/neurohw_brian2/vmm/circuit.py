"""A column of an analog matrix unit as Brian2 equations, and how they are stepped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import expm

from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray

SIDES = {"exc": 1, "inh": -1}
SUBSTEPS = 4  # Runge-Kutta steps of a cycle of 8 ns; synapses have time constants of many cycles


@dataclass(frozen=True)
class Circuit:
    """What happens between an event and the read-out.

    Attributes
    ----------
    tau_mem_us : time constant of the leak; None: no leak.
    tau_syn_us : time constant of the synaptic currents; None: charge arrives at once.
    i_max : the most that the current of a side comes to, input*weight per us; None: no limit.
    step_us : step of the simulation.
    """

    tau_mem_us: float | None
    tau_syn_us: float | None
    i_max: float | None
    step_us: float

    @classmethod
    def of(cls, unit: AnalogUnit) -> Circuit:
        """Return the circuit of a unit's columns."""
        if unit.saturation is None:
            return cls(unit.tau_mem_us, unit.tau_syn_us, None, unit.event_ns * 1e-3)
        step_us = unit.event_ns * 1e-3 / SUBSTEPS
        return cls(unit.tau_mem_us, unit.tau_syn_us, unit.saturation / unit.gain, step_us)

    @property
    def equations(self) -> str:
        """Return the equations: ``v`` and, unless charge arrives at once, a current for each side."""
        leak = "0*Hz" if self.tau_mem_us is None else "-v / tau_mem"
        if self.tau_syn_us is None:
            return f"dv/dt = {leak} : 1\n"
        form = "i_{}" if self.i_max is None else "i_{0} / sqrt(1 + (i_{0} / i_max)**2)"
        flow = " - ".join(form.format(side) for side in SIDES)
        currents = "".join(f"di_{side}/dt = -i_{side} / tau_syn : 1\n" for side in SIDES)
        return f"dv/dt = ({flow}) / usecond + {leak} : 1\n{currents}"

    @property
    def method(self) -> str | Callable[..., str]:
        """Return how Brian2 is to integrate the equations."""
        return "rk4" if self.i_max is not None else self._closed_form

    def arrival(self, side: str) -> str:
        """Return what an event does to a column: ``on_pre`` of the synapses of a side."""
        if self.tau_syn_us is None:
            return f"v_post += {SIDES[side]} * pulse_pre * weight"
        return f"i_{side}_post += pulse_pre * weight * usecond / tau_syn"

    def _closed_form(self, *_equations: Any, **_options: Any) -> str:
        """Return a step as code: ``x(t + dt) = P x(t)`` for x = (v, i_exc, i_inh).

        Brian2's own closed form divides by the difference of the time constants, and by the membrane's alone.
        """
        propagator = expm(self._system() * self.step_us)
        names = ("v", *(f"i_{side}" for side in SIDES))[: len(propagator)]
        flow = " + ".join(
            f"{factor!r}*{name}" for factor, name in zip(propagator[0].tolist(), names, strict=True)
        )
        decays = (f"{name} *= {propagator[1, 1].item()!r}" for name in names[1:])
        return "\n".join([f"v = {flow}", *decays])

    def _system(self) -> Array:
        """Return A of dx/dt = A x, per us."""
        leak = 0.0 if self.tau_mem_us is None else -1 / self.tau_mem_us
        if self.tau_syn_us is None:
            return np.array([[leak]])
        decay = -1 / self.tau_syn_us
        return np.array([[leak, 1.0, -1.0], [0.0, decay, 0.0], [0.0, 0.0, decay]])
