"""The reference: the same network as a Brian2 model, integrated exactly on the same grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from neurohw.backend import missing_models, note_one_thread, refuse, refuse_threads, untraceable
from neurohw.hardware.analog import AnalogUnit
from neurohw.network import MODELS
from neurohw.network.models import POINT_NEURON
from neurohw.program import Program
from neurohw.tracing import Tracing

if TYPE_CHECKING:
    from neurohw_brian2.session import Brian2Session

__all__ = ["Brian2Backend", "backend"]

CELLS = (*(model.name for model in MODELS.values() if not model.is_source), POINT_NEURON)


class Brian2Backend:
    """Brian2 (Stimberg et al. 2019, doi:10.7554/eLife.47314) as the measure of every other backend.

    It runs the network alone: of a chip in the program it takes no notice.
    """

    name = "brian2"

    def unsupported(self, program: Program, fidelity: str) -> list[str]:
        """Return the reasons why a program can't run here; empty when it can."""
        from neurohw.network.sources import PROCESS_OF_MODEL

        reasons = missing_models(program.network, {*CELLS, "SpikeSourceArray", *PROCESS_OF_MODEL})
        if fidelity != "ideal":
            reasons.append(f"fidelity {fidelity!r}: backend 'brian2' runs 'ideal' only; use backend 'event'")
        return reasons

    def open(
        self,
        program: Program,
        *,
        fidelity: str = "ideal",
        seed: int = 0,
        tracing: Tracing | None = None,
        threads: int = 1,
    ) -> Brian2Session:
        """Start a run at tick 0, on one thread however many ``threads`` may be used.

        Raises
        ------
        SettingError
            For a number of threads that is no whole number of at least 1.
        UnsupportedError
            With the reasons of ``unsupported``, when there are any; with ``tracing``, as no packets are simulated.
        NetworkError
            For a network that is not sound.
        """
        refuse_threads(threads)
        refuse([*self.unsupported(program, fidelity), *untraceable(program, fidelity, tracing)])
        from neurohw_brian2.quiet import import_brian2

        import_brian2()
        from neurohw_brian2.session import Brian2Session

        note_one_thread(threads, "that is all that backend 'brian2' uses")
        return Brian2Session(program, seed)

    def matrix_product(
        self,
        unit: AnalogUnit,
        inputs: np.ndarray,
        weights: np.ndarray,
        *,
        arrays: Sequence[Any] | None = None,
        patterns: Sequence[Any] | None = None,
        num_sends: int = 1,
        wait_between_events: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Multiply as an analog chip without noise; see ``MatrixReference`` and :mod:`neurohw_brian2.vmm`."""
        from neurohw_brian2.vmm import blocks_of, multiply

        found = multiply(
            unit,
            inputs,
            blocks_of(unit, weights, arrays, patterns),
            num_sends=num_sends,
            wait_between_events=wait_between_events,
        )
        return found.analog, found.codes


backend = Brian2Backend()
