"""What ``setup()`` was asked for, checked at once."""

from __future__ import annotations

import difflib
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any, Self

from neurohw import backend as backends
from neurohw.errors import SettingError, UnknownNameError
from neurohw.hardware import Chip, load_chip

logger = logging.getLogger("neurohw")

LONGEST_TICKS = 2**31 - 1  # a delay is counted in 32 bits
Delay = float | str  # ms, or "auto"
MISSPELT = {"mindelay": "min_delay", "maxdelay": "max_delay", "dt": "timestep", "time_step": "timestep"}


@dataclass(frozen=True)
class Settings:
    """The arguments of ``setup()``, in ms where they are times; ``fidelity`` None: as the program allows."""

    timestep: float = 0.1
    min_delay: Delay = "auto"
    max_delay: Delay = "auto"
    chip: Chip | None = None
    fidelity: str | None = None
    backend: str = "event"
    seed: int = 0
    merge_columns: bool = False
    quantize: str | None = None

    @classmethod
    def of(
        cls, overrides: Mapping[str, Any], *, chip: Chip | str | PathLike[str] | None = None, **arguments: Any
    ) -> Self:
        """Check the arguments of ``setup()``, of which ``overrides`` (those that are not None) win.

        Raises
        ------
        SettingError, UnknownNameError, ChipError
            For an argument out of range, an unknown backend, fidelity or chip, a faulty chip file.
        """
        wins = {name: value for name, value in overrides.items() if value is not None}
        chip = wins.pop("chip", chip)
        settings = cls(chip=None if chip is None else load_chip(chip), **(arguments | wins))
        settings._check_times()
        settings._check_names()
        return settings

    @property
    def shortest_delay(self) -> float:
        """Delay in ms of synapses that give none: ``min_delay``, or the timestep."""
        return self.timestep if isinstance(self.min_delay, str) else self.min_delay

    @property
    def longest_delay(self) -> float:
        """Largest delay in ms: ``max_delay``, or what a count of ticks can hold."""
        return LONGEST_TICKS * self.timestep if isinstance(self.max_delay, str) else self.max_delay

    def _check_times(self) -> None:
        if not (_is_number(self.timestep) and self.timestep > 0):
            raise SettingError(f"setup(): timestep = {self.timestep!r} must be a number of ms above 0")
        for name in ("min_delay", "max_delay"):
            value = getattr(self, name)
            if value == "auto":
                continue
            if not (_is_number(value) and value >= self.timestep * (1 - 1e-9)):
                raise SettingError(
                    f"setup(): {name} = {value!r} must be 'auto' or at least the timestep, {self.timestep} ms"
                )
        if "auto" not in (self.min_delay, self.max_delay) and self.min_delay > self.max_delay:  # type: ignore[operator]
            raise SettingError(f"setup(): min_delay = {self.min_delay} is above max_delay = {self.max_delay}")

    def _check_names(self) -> None:
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 2**63:
            raise SettingError(f"setup(): seed = {self.seed!r} must be a whole number of at least 0")
        if self.backend not in backends.names():
            raise UnknownNameError.of("backend", str(self.backend), backends.names())
        if self.fidelity is not None and self.fidelity not in backends.FIDELITIES:
            raise UnknownNameError.of("fidelity", str(self.fidelity), backends.FIDELITIES)
        if self.fidelity not in (None, "ideal") and self.chip is None:
            raise SettingError(f"setup(): fidelity = {self.fidelity!r} needs a chip, for example chip='mesh'")
        self._check_quantize()

    def _check_quantize(self) -> None:
        if self.quantize is None:
            return
        from neurohw.compiler import ROUNDINGS

        if self.quantize not in ROUNDINGS:
            raise UnknownNameError.of("quantize", str(self.quantize), ROUNDINGS)
        if self.chip is None:
            raise SettingError(f"setup(): quantize = {self.quantize!r} needs a chip, for example chip='mesh'")


def note_foreign(names: list[str], own: list[str]) -> None:
    """Log once which arguments of other simulators ``setup()`` ignores.

    Raises
    ------
    SettingError
        For a name that PyNN forbids, such as ``dt``, or that is one of ours misspelt.
    """
    for name in names:
        if name in MISSPELT:
            raise SettingError(f"setup() has no argument {name!r}; PyNN calls it {MISSPELT[name]!r}")
        close = difflib.get_close_matches(name, own, n=1, cutoff=0.8)
        if close:
            raise SettingError(f"setup() has no argument {name!r}; did you mean {close[0]!r}?")
    if names:
        logger.warning("setup(): ignored, arguments of other simulators: %s", ", ".join(names))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
