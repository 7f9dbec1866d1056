"""What ``setup()`` was asked for, checked at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from os import PathLike
from typing import Any, Self

import numpy as np

from neurohw import backend as backends
from neurohw.compiler import PARTITIONERS, PLACERS, QUANTIZERS, ROUTERS
from neurohw.errors import SettingError, UnknownNameError
from neurohw.hardware import Chip, load_chip
from neurohw.tracing import Tracing

LONGEST_TICKS = 2**31 - 1  # a delay is counted in 32 bits
Delay = float | str  # ms, or "auto"
PRECISIONS = ("on_grid", "off_grid")
WEIGHT_PRECISIONS = ("float64", "float32")
MAPPING = (
    "partitioner",
    "placer",
    "router",
    "merge_columns",
    "unroll",
    "quantize",
)  # options of ``compile_network``


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
    mapping: Mapping[str, Any] = field(default_factory=dict)  # some of MAPPING
    strict: bool | None = None
    spike_precision: str = "on_grid"
    threads: int = 1  # that may be used
    weight_precision: str = "float64"
    tracing: Tracing | None = None  # what to note of single packets

    @classmethod
    def of(
        cls,
        overrides: Mapping[str, Any],
        *,
        chip: Chip | str | PathLike[str] | None = None,
        mapping: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Self:
        """Check the arguments of ``setup()``, of which ``overrides`` (those that are not None) win.

        Raises
        ------
        SettingError, UnknownNameError, ChipError
            For an argument out of range, an unknown backend, fidelity, chip or algorithm, a faulty chip file.
        """
        wins = {name: value for name, value in overrides.items() if value is not None}
        chip = wins.pop("chip", chip)
        settings = cls(
            chip=None if chip is None else load_chip(chip),
            mapping={} if mapping is None else mapping,
            **{name: plain(value) for name, value in (arguments | wins).items()},
        )
        settings._check_times()
        settings._check_names()
        check_mapping(settings.mapping, settings.chip)
        return settings

    @property
    def shortest_delay(self) -> float:
        """Delay in ms of synapses that give none: ``min_delay``, or the timestep."""
        return self.timestep if isinstance(self.min_delay, str) else self.min_delay

    @property
    def longest_delay(self) -> float:
        """Largest delay in ms that a count of ticks can hold."""
        return LONGEST_TICKS * self.timestep

    @property
    def expected_delays(self) -> tuple[float, float]:
        """Limits of delays in ms that a script has named: 0 and infinity where it says ``"auto"``."""
        shortest = 0.0 if isinstance(self.min_delay, str) else self.min_delay
        return shortest, math.inf if isinstance(self.max_delay, str) else self.max_delay

    def _check_times(self) -> None:
        if not (is_number(self.timestep) and self.timestep > 0):
            raise SettingError(f"setup(): timestep = {self.timestep!r} must be a number of ms above 0")
        for name in ("min_delay", "max_delay"):
            value = getattr(self, name)
            if value == "auto":
                continue
            if not (is_number(value) and value >= self.timestep * (1 - 1e-9)):
                raise SettingError(
                    f"setup(): {name} = {value!r} must be 'auto' or at least the timestep, {self.timestep} ms"
                )
        if "auto" not in (self.min_delay, self.max_delay) and self.min_delay > self.max_delay:  # type: ignore[operator]
            raise SettingError(f"setup(): min_delay = {self.min_delay} is above max_delay = {self.max_delay}")

    def _check_names(self) -> None:
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 2**63:
            raise SettingError(
                f"setup(): seed = {self.seed!r} must be a whole number from 0 to {2**63 - 1:,}"
            )
        backends.refuse_threads(self.threads)
        if self.backend not in backends.names():
            raise UnknownNameError.of("backend", str(self.backend), backends.names())
        if self.fidelity is not None and self.fidelity not in backends.FIDELITIES:
            raise UnknownNameError.of("fidelity", str(self.fidelity), backends.FIDELITIES)
        if self.fidelity not in (None, "ideal") and self.chip is None:
            raise SettingError(f"setup(): fidelity = {self.fidelity!r} needs a chip, for example chip='mesh'")
        if not (self.strict is None or isinstance(self.strict, bool)):
            raise SettingError(f"setup(): strict = {self.strict!r} must be None, True or False")
        if self.spike_precision not in PRECISIONS:
            raise UnknownNameError.of("spike_precision", str(self.spike_precision), PRECISIONS)
        if self.weight_precision not in WEIGHT_PRECISIONS:
            raise UnknownNameError.of("weight_precision", str(self.weight_precision), WEIGHT_PRECISIONS)


def check_mapping(mapping: Any, chip: Chip | None) -> None:
    """Refuse options that the compiler does not have, before anything is built.

    Raises
    ------
    SettingError
        When ``mapping`` is no mapping, a value has the wrong type, or there is no chip to map onto.
    UnknownNameError
        For an unknown option or algorithm.
    """
    if not isinstance(mapping, Mapping):
        raise SettingError(
            f"setup(): mapping = {mapping!r} must be a mapping of options: {', '.join(MAPPING)}"
        )
    if not mapping:
        return
    tables = {"partitioner": PARTITIONERS, "placer": PLACERS, "router": ROUTERS, "quantize": QUANTIZERS}
    for name, value in mapping.items():
        if name not in MAPPING:
            raise UnknownNameError.of("option of mapping", str(name), MAPPING)
        if name in ("merge_columns", "unroll") and not isinstance(value, bool):
            raise SettingError(f"setup(): mapping: {name} = {value!r} must be True or False")
        if name not in tables or (name == "quantize" and value is None):
            continue
        if callable(value) and name != "quantize":
            continue
        if not isinstance(value, str) or value not in tables[name]:
            raise UnknownNameError.of(name, str(value), tables[name])
    if chip is None:
        raise SettingError(f"setup(): mapping = {dict(mapping)!r} needs a chip, for example chip='mesh'")


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_) and math.isfinite(value)


def plain(value: Any) -> Any:
    """Return a number of another type as Python's that is written the same: a float32 of 0.1 as 0.1."""
    if type(value) is np.ndarray and value.size == 1:  # a subclass may have a unit
        value = value.reshape(())[()]
    if isinstance(value, np.floating):
        return float(str(value))
    if isinstance(value, np.generic):
        return value.item()
    return float(value) if isinstance(value, Real) and not isinstance(value, int | float) else value
