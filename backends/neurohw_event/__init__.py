"""The simulated chip: event-driven neurons and interconnect in one closed loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurohw.backend import FIDELITIES
from neurohw.errors import UnsupportedError
from neurohw.program import Program

if TYPE_CHECKING:
    from neurohw_event.session import EventSession

__all__ = ["EventBackend", "backend"]

LONGEST_DELAY = 2**24  # ticks; a wheel of pending events has one slot a tick

MODELS = (
    "IF_cond_exp",
    "IF_curr_alpha",
    "IF_curr_delta",
    "IF_curr_exp",
    "SpikeSourceArray",
    "SpikeSourcePoisson",
)


class EventBackend:
    """Event-driven simulation on the grid, alone or in closed loop with the interconnect of a chip."""

    name = "event"

    def unsupported(self, program: Program, fidelity: str) -> list[str]:
        """Return the reasons why a program can't run here; empty when it can."""
        reasons = []
        if fidelity not in FIDELITIES:
            reasons.append(f"fidelity {fidelity!r} is unknown; known: {', '.join(FIDELITIES)}")
        elif fidelity != "ideal" and program.routes is None:
            reasons.append(f"fidelity {fidelity!r} needs a chip; without one only 'ideal' runs")
        for population in program.network.populations:
            if population.model.name not in MODELS:
                name = population.model.name
                reasons.append(f"population {population.name!r}: no {name}; there are {', '.join(MODELS)}")
        for synapses in program.network.synapses:
            longest = int(synapses.delay.max(initial=0))
            if longest > LONGEST_DELAY:
                reasons.append(
                    f"synapses {synapses.name!r}: delay of {longest} ticks, at most {LONGEST_DELAY}"
                )
        return reasons

    def open(self, program: Program, *, fidelity: str = "ideal", seed: int = 0) -> EventSession:
        """Start a run at tick 0.

        Raises
        ------
        UnsupportedError
            With the reasons of ``unsupported``, when there are any.
        NetworkError
            For a network that is not sound.
        """
        reasons = self.unsupported(program, fidelity)
        if reasons:
            raise UnsupportedError("\n".join(reasons))
        from neurohw_event.session import EventSession

        return EventSession(program, fidelity, seed)


backend = EventBackend()
