"""Standard current sources. A new one is a class that checks its values and says the course of its current.

A source begins at the timestep nearest to ``start`` and ends before the one nearest to ``stop``; a current that begins
at t moves the membrane from t on, so that the first other potential is that of the timestep after. One with a ``start``
below 0 flows from 0 on, as on NEST, NEURON and Brian2; the phase of a sine is that at its start, as on NEURON.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.standardmodels import build_translations, electrodes

from neurohw.network import Waveform
from neurohw.pynn.courses import Levels, to_ticks
from neurohw.pynn.electrodes import CurrentSource
from neurohw.pynn.errors import InvalidValueError

Array = np.ndarray
NO_CELLS = np.empty(0, np.int64)


class DCSource(CurrentSource, electrodes.DCSource):
    __doc__ = electrodes.DCSource.__doc__

    translations = build_translations(("amplitude", "amplitude"), ("start", "start"), ("stop", "stop"))

    def _course(self, values: dict[str, Any]) -> Levels:
        start, stop = to_ticks([max(0.0, values["start"]), values["stop"]], self.timestep_ms)
        if stop <= start:
            return Levels(np.empty(0, np.int64), np.empty(0))
        return Levels(np.array([start, stop]), np.array([values["amplitude"], 0.0]))


class StepCurrentSource(CurrentSource, electrodes.StepCurrentSource):
    __doc__ = electrodes.StepCurrentSource.__doc__

    translations = build_translations(("amplitudes", "amplitudes"), ("times", "times"))

    def _checked(self, values: dict[str, Any]) -> dict[str, Any]:
        """Put the times on the grid; of several that fall on one timestep the last holds."""
        times, amplitudes = (self._numbers(name, values[name]) for name in ("times", "amplitudes"))
        if times.size != amplitudes.size:
            raise InvalidValueError(
                f"StepCurrentSource: {times.size} times and {amplitudes.size} amplitudes, must be as many of each; "
                "change both with one call of set_parameters()"
            )
        self._check(times, times >= 0, "must be at least 0 ms")
        self._check(times, np.diff(times, prepend=-1.0) > 0, "must be later than the time before")
        ticks = to_ticks(times, self.timestep_ms)
        last = np.append(np.diff(ticks) > 0, np.ones(min(1, ticks.size), bool))
        on_grid = {"times": ticks[last] * self.timestep_ms, "amplitudes": amplitudes[last]}
        for array in on_grid.values():
            array.flags.writeable = False  # a change of an item would reach nobody
        return on_grid

    def _course(self, values: dict[str, Any]) -> Levels:
        return Levels(to_ticks(values["times"], self.timestep_ms), values["amplitudes"])

    def _numbers(self, name: str, value: Any) -> Array:
        numbers = np.atleast_1d(np.array(getattr(value, "value", value), dtype=float))
        self._check(numbers, np.isfinite(numbers), "must be a finite number", name)
        return numbers

    def _check(self, values: Array, good: Array, limit: str, name: str = "times") -> None:
        if not good.all():
            index = int(np.argmin(good))
            raise InvalidValueError(f"StepCurrentSource: {name}[{index}] = {values[index]:g} {limit}")


class ACSource(CurrentSource, electrodes.ACSource):
    """Source producing a sine current, whose phase is that at its start.

    Arguments:
        `start`, `stop`:
            begin and end in ms
        `amplitude`, `offset`:
            of the sine, in nA
        `frequency`:
            in Hz
        `phase`:
            in degrees
    """

    translations = build_translations(
        ("amplitude", "amplitude"),
        ("start", "start"),
        ("stop", "stop"),
        ("frequency", "frequency"),
        ("offset", "offset"),
        ("phase", "phase"),
    )

    def _course(self, values: dict[str, Any]) -> Waveform:
        start, stop = to_ticks([values["start"], values["stop"]], self.timestep_ms)
        return Waveform(
            neuron=NO_CELLS,
            shape="sine",
            start=int(start),
            stop=int(stop),
            level_na=values["offset"],
            size_na=values["amplitude"],
            frequency_hz=values["frequency"],
            phase_deg=values["phase"],
        )


class NoisyCurrentSource(CurrentSource, electrodes.NoisyCurrentSource):
    """Source of a normally distributed current with a new value every ``dt``, the same for all its cells.

    Arguments:
        `mean`, `stdev`:
            of the current, in nA
        `start`, `stop`:
            begin and end in ms
        `dt`:
            time between two values in ms, a multiple of the timestep; if not given, the timestep

    The values follow from the seed of ``setup()`` and from how many sources were made before. Like NEURON and
    Brian2 (and unlike NEST, where each cell has noise of its own), all cells of a source get the same noise.
    """

    translations = build_translations(
        ("mean", "mean"), ("start", "start"), ("stop", "stop"), ("stdev", "stdev"), ("dt", "dt")
    )

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**({"dt": self.timestep_ms} | parameters))

    def _course(self, values: dict[str, Any]) -> Waveform:
        timestep_ms, interval_ms, stdev = self.timestep_ms, values["dt"], values["stdev"]
        (every,) = to_ticks([interval_ms], timestep_ms).tolist()
        if every < 1 or abs(every * timestep_ms - interval_ms) > 1e-9 * max(1.0, interval_ms):
            raise InvalidValueError(
                f"NoisyCurrentSource: dt = {interval_ms:g} ms must be a whole multiple of the timestep, "
                f"{timestep_ms:g} ms"
            )
        if stdev < 0:
            raise InvalidValueError(f"NoisyCurrentSource: stdev = {stdev:g} nA must be at least 0")
        start, stop = to_ticks([values["start"], values["stop"]], timestep_ms)
        return Waveform(
            neuron=NO_CELLS,
            shape="noise",
            start=int(start),
            stop=int(stop),
            level_na=values["mean"],
            size_na=stdev,
            every=every,
            stream=self._stream,
        )


NAMES = [source.__name__ for source in CurrentSource.__subclasses__()]
