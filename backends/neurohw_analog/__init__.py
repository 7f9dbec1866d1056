"""Analog matrix units at work: chips that multiply vectors by matrices, their fixed pattern and their noise."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING

from neurohw.backend import Session, refuse
from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw.program import Program
from neurohw.tracing import Tracing

if TYPE_CHECKING:
    from neurohw_analog.board import AnalogBoard
    from neurohw_analog.calibration import Calibration
    from neurohw_analog.chip import AnalogChip

__all__ = ["AnalogBackend", "backend"]


class AnalogBackend:
    """Chips that multiply instead of spike: it makes them, and runs no spiking network."""

    name = "analog"

    def unsupported(self, program: Program, fidelity: str) -> list[str]:
        """Return the reason why no program of spiking neurons can run here."""
        return ["backend 'analog' multiplies vectors by matrices and runs no spiking network; 'event' does"]

    def open(
        self,
        program: Program,
        *,
        fidelity: str = "ideal",
        seed: int = 0,
        tracing: Tracing | None = None,
        threads: int = 1,
    ) -> Session:
        """Refuse a program.

        Raises
        ------
        UnsupportedError
            Always.
        """
        refuse(self.unsupported(program, fidelity))
        raise AssertionError

    def chip(
        self,
        unit: AnalogUnit | str | PathLike[str] = "brainscales2",
        seed: int | None = None,
        *,
        noise_seed: int = 0,
        age_s: float | None = None,
        temperature_c: float | None = None,
    ) -> AnalogChip:
        """Return a chip of analog units; see :class:`neurohw_analog.chip.AnalogChip`."""
        from neurohw_analog.chip import AnalogChip

        return AnalogChip(
            load_unit(unit), seed, noise_seed=noise_seed, age_s=age_s, temperature_c=temperature_c
        )

    def board(self, chips: Sequence[AnalogChip], *, noise_seed: int = 0) -> AnalogBoard:
        """Return chips that work in parallel; see :class:`neurohw_analog.board.AnalogBoard`."""
        from neurohw_analog.board import AnalogBoard

        return AnalogBoard(chips, noise_seed=noise_seed)

    def calibrate(self, chip: AnalogChip, *, runs: int = 60, noise_seed: int = 0) -> Calibration:
        """Find settings that make the circuits of a chip alike; see :func:`neurohw_analog.calibration.calibrate`."""
        from neurohw_analog.calibration import calibrate

        return calibrate(chip, runs=runs, noise_seed=noise_seed)

    def save_calibration(self, calibration: Calibration, path: str | PathLike[str]) -> None:
        """Write a calibration; see :func:`neurohw_analog.calibration.save_calibration`."""
        from neurohw_analog.calibration import save_calibration

        save_calibration(calibration, path)

    def load_calibration(self, path: str | PathLike[str]) -> Calibration:
        """Read a calibration; see :func:`neurohw_analog.calibration.load_calibration`."""
        from neurohw_analog.calibration import load_calibration

        return load_calibration(path)


backend = AnalogBackend()
