"""When each row of each run sends its events."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray

RELATIVE_SLACK = 1e-9  # what rounding leaves of a whole number of steps


class Timing(NamedTuple):
    """Steps of the simulation from event to event, and from the slot of the last one to the read-out."""

    wait: int
    read_delay: int

    @classmethod
    def of(cls, unit: AnalogUnit, wait_between_events: int | None, step_us: float) -> Timing:
        """Return the timing of a unit; ``wait_between_events`` in cycles, the unit's unless given.

        Raises
        ------
        SettingError
            For a wait below one cycle, and a delay that is no whole number of steps.
        """
        cycles = unit.wait_cycles if wait_between_events is None else wait_between_events
        if cycles < 1:
            raise SettingError(f"wait_between_events = {cycles}; it must be at least 1 cycle")
        delay = unit.read_delay_us / step_us
        if abs(delay - round(delay)) > RELATIVE_SLACK * max(delay, 1.0):
            raise SettingError(
                f"unit {unit.name!r}: read_delay_us = {unit.read_delay_us:g} must be a whole number of "
                f"steps of {step_us:g} us to be simulated"
            )
        return cls(cycles * round(unit.event_ns * 1e-3 / step_us), round(delay))


class Schedule(NamedTuple):
    """Steps of events, int64 [runs, rows]; all runs are read after step ``until``.

    A row sends at steps ``first``, ``first + period``, ...: ``sends`` times (0: never).
    """

    first: Array
    period: Array
    sends: Array
    until: int


def schedule(inputs: Array, num_sends: int, timing: Timing) -> Schedule:
    """Order the events of runs (inputs [runs, rows]).

    Event ``k`` of a run with ``K`` events comes ``(K - k) * wait + read_delay`` steps before the read-out.
    """
    sending = inputs > 0
    sequence = sending.sum(axis=1, keepdims=True) * timing.wait
    longest = int(sequence.max(initial=0)) * num_sends
    position = np.cumsum(sending, axis=1) - 1  # among the rows that send
    return Schedule(
        first=longest - num_sends * sequence + position * timing.wait,
        period=np.broadcast_to(sequence, inputs.shape),
        sends=np.where(sending, num_sends, 0),
        until=longest + timing.read_delay,
    )
