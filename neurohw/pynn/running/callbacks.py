"""Callbacks of a run: each says when it wants to be called next, and time has to go on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, SupportsFloat

from neurohw.errors import SettingError
from neurohw.pynn.script import ROUNDING

Callback = Callable[[float], float]


def checked(callbacks: Any, until_ms: float, timestep_ms: float) -> list[Callback]:
    """Return the callbacks with a check of what they answer.

    Raises
    ------
    SettingError
        For what is no list of functions.
    """
    listed = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    wrong = [one for one in listed if not callable(one)]
    if wrong or not isinstance(callbacks, Iterable):
        value = wrong[0] if wrong else callbacks
        raise SettingError(f"run: callbacks: {value!r} must be a list of functions of the time in ms")
    return [Checked(callback, until_ms, ROUNDING * timestep_ms) for callback in listed]


class Checked:
    """A callback whose answers are checked.

    It may answer that it wants to be called at the present time, or before: it is called again at once, as on PyNN's
    other simulators, as long as it catches up. Whoever does not would be called for ever.
    """

    def __init__(self, callback: Callback, until_ms: float, rounding_ms: float) -> None:
        self._callback = callback
        self._until_ms, self._rounding_ms = until_ms, rounding_ms
        self._stood_at = math.nan  # the time at which it last did not ask for a later one
        self._asked_for = math.nan  # what it asked for then

    def __call__(self, now: float) -> float:
        """Call it, and return when it wants to be called next, in ms.

        Raises
        ------
        SettingError
            For an answer that is no time, or a second one that is neither later than ``now`` nor than the first.
        """
        wanted = self._wanted(now)
        if wanted > now + self._rounding_ms or now >= self._until_ms - self._rounding_ms:
            return wanted
        if self._stood_at == now and wanted <= self._asked_for:
            raise SettingError(
                f"{self._answer(wanted, now)} a second time, which must be later than that: the run would not go on"
            )
        self._stood_at, self._asked_for = now, wanted
        return wanted

    def _wanted(self, now: float) -> float:
        answer = self._callback(now)
        try:
            wanted = float(answer) if isinstance(answer, SupportsFloat) else math.nan
        except (TypeError, ValueError):
            wanted = math.nan
        if math.isnan(wanted):
            raise SettingError(
                f"{self._answer(answer, now)}, must return when it wants to be called next, in ms"
            )
        return wanted

    def _answer(self, value: Any, now: float) -> str:
        shown = f"{value:g} ms" if isinstance(value, float) and math.isfinite(value) else repr(value)
        name = getattr(self._callback, "__qualname__", type(self._callback).__name__)
        return f"run: callback {name} returned {shown} at {now:g} ms"
