"""The simulated chip: event-driven neurons and interconnect in one closed loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurohw.backend import refuse
from neurohw.program import Program

if TYPE_CHECKING:
    from neurohw_event.session import EventSession

__all__ = ["EventBackend", "backend"]


class EventBackend:
    """Event-driven simulation on the grid, alone or in closed loop with the interconnect of a chip."""

    name = "event"

    def unsupported(self, program: Program, fidelity: str) -> list[str]:
        """Return the reasons why a program can't run here; empty when it can."""
        from neurohw_event.support import unsupported

        return unsupported(program, fidelity)

    def open(self, program: Program, *, fidelity: str = "ideal", seed: int = 0) -> EventSession:
        """Start a run at tick 0.

        Raises
        ------
        UnsupportedError
            With the reasons of ``unsupported``, when there are any.
        NetworkError
            For a network that is not sound.
        """
        refuse(self.unsupported(program, fidelity))
        from neurohw_event.session import EventSession

        return EventSession(program, fidelity, seed)


backend = EventBackend()
