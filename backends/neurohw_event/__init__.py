"""The simulated chip: event-driven neurons and interconnect in one closed loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurohw.backend import note_one_thread, refuse, refuse_threads, untraceable
from neurohw.program import Program
from neurohw.tracing import Tracing

if TYPE_CHECKING:
    from neurohw.hardware import Chip
    from neurohw.traffic import LoadPoint, RandomPackets, RecordedPackets
    from neurohw_event.session import EventSession

__all__ = ["EventBackend", "backend"]


class EventBackend:
    """Event-driven simulation on the grid, alone or in closed loop with the interconnect of a chip."""

    name = "event"

    def unsupported(self, program: Program, fidelity: str) -> list[str]:
        """Return the reasons why a program can't run here; empty when it can."""
        from neurohw_event.support import unsupported

        return unsupported(program, fidelity)

    def open(
        self,
        program: Program,
        *,
        fidelity: str = "ideal",
        seed: int = 0,
        tracing: Tracing | None = None,
        threads: int = 1,
    ) -> EventSession:
        """Start a run at tick 0; with ``tracing`` it notes single packets.

        More ``threads`` than one share the cells of a network where that can save time, and change no result; a
        warning says why one is used.

        Raises
        ------
        SettingError
            For a number of threads that is no whole number of at least 1.
        UnsupportedError
            With the reasons of ``unsupported``, when there are any; without an interconnect to trace.
        NetworkError
            For a network that is not sound.
        """
        refuse_threads(threads)
        refuse([*self.unsupported(program, fidelity), *untraceable(program, fidelity, tracing)])
        from neurohw_event.session import EventSession

        session = EventSession(program, fidelity, seed, tracing, threads)
        if threads > 1:
            note_one_thread(threads, _why_one_thread(program, fidelity, threads))
        return session

    def traffic(
        self, chip: Chip, packets: RandomPackets | RecordedPackets, *, fidelity: str = "credit", seed: int = 0
    ) -> LoadPoint:
        """Send packets without neurons over the interconnect of a chip.

        Raises
        ------
        ChipError
            For an interconnect that cannot be simulated.
        DeadlockError
            When packets wait for each other for ever.
        """
        from neurohw_event.noc import measure_traffic

        return measure_traffic(chip, packets, fidelity, seed)


backend = EventBackend()


def _why_one_thread(program: Program, fidelity: str, threads: int) -> str | None:
    """Return why one thread simulates where ``threads`` might; None where they do."""
    from neurohw_event.shares import why_one_share

    if fidelity != "ideal":
        return f"the interconnect of a chip (fidelity {fidelity!r}) is not shared"
    return why_one_share(program.network, threads)
