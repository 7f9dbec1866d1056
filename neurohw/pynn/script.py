"""What a script has built since ``setup()``: cells, connections, current sources and recorders, on a grid of time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from pyNN.common import Assembly
from pyNN.common.control import BaseState

from neurohw.errors import NetworkError, SettingError
from neurohw.pynn.settings import Settings, plain
from neurohw.wording import shown

if TYPE_CHECKING:
    from neurohw.pynn.electrodes import CurrentSource
    from neurohw.pynn.populations import Population
    from neurohw.pynn.projections import Projection
    from neurohw.pynn.recording import Recorder

ROUNDING = 1e-6  # of a tick
LAST_TICK = 2**53  # beyond, a float of ms no longer tells ticks apart


class Script(BaseState):
    """The part of the state that knows what there is; ``tick`` is the present time."""

    tick: int
    ahead_ms = 0.0  # by how much the time that run() was asked for lies after the present tick
    n_setups = 0

    def clear(self, settings: Settings) -> None:
        """Forget all that was built."""
        self.n_setups += 1
        self.settings = settings
        self.populations: list[Population] = []
        self.projections: list[Projection] = []
        self.current_sources: list[CurrentSource] = []
        self.recorders: set[Recorder] = set()
        self.write_on_end: list[tuple[Any, Any, str]] = []
        self.id_counter = 0
        self.network_build_s = 0.0

    @contextmanager
    def building(self) -> Iterator[None]:
        """Count the time inside as build time."""
        started = perf_counter()
        yield
        self.network_build_s += perf_counter() - started

    def refuse_forgotten(self, cells: Any, what: str = "") -> None:
        """Refuse cells of an earlier network: their numbers are now those of other cells.

        Parameters
        ----------
        cells : a population, a view, an assembly or one cell.
        what : the object that they were given to, for the message.

        Raises
        ------
        NetworkError
            For cells made before the last ``setup()``.
        """
        for member in cells.populations if isinstance(cells, Assembly) else [cells]:
            population = member.root
            if population.made_in_setup != self.n_setups:
                prefix = f"{what}: " if what else ""
                raise NetworkError(
                    f"{prefix}population {population.label!r} was made before the last setup(), which forgot it "
                    "and what it recorded: read data before setup(), and make populations anew after it"
                )

    def index_of(self, population: Population) -> int:
        """Return the index that a population has in networks and results.

        Raises
        ------
        NetworkError
            For a copy, which is no part of the network.
        """
        for index, one in enumerate(self.populations):
            if one is population:
                return index
        raise NetworkError(f"population {population.label!r} is a copy, which is no part of the network")

    @property
    def dt(self) -> float:
        """Length of a tick in ms."""
        return self.settings.timestep

    @property
    def t(self) -> float:
        """Current time in ms."""
        return self.tick * self.dt

    @property
    def min_delay(self) -> float:
        """Shortest delay in ms; where setup() says ``"auto"``, the shortest in use, or else the timestep."""
        if not isinstance(self.settings.min_delay, str):
            return self.settings.min_delay
        return float(min((delay.min() for delay in self._delays()), default=self.dt))

    @property
    def max_delay(self) -> float:
        """Longest delay in ms; where setup() says ``"auto"``, the longest in use."""
        if not isinstance(self.settings.max_delay, str):
            return self.settings.max_delay
        return float(max((delay.max() for delay in self._delays()), default=self.dt))

    def on_grid(self, time_ms: float) -> float:
        """Return the time of the tick that is nearest to a finite one.

        Raises
        ------
        SettingError
            For a time beyond ``LAST_TICK``.
        """
        if time_ms > LAST_TICK * self.dt:
            raise SettingError(f"run: {time_ms:g} ms must be at most {LAST_TICK * self.dt:g} ms")
        return self.nearest_tick(time_ms) * self.dt

    def nearest_tick(self, time_ms: float) -> int:
        """Return the tick that is nearest to a time, of two the earlier, whatever is left of it by rounding."""
        ticks = time_ms / self.dt
        before = math.floor(ticks)
        return before + (ticks - before > 0.5 + ROUNDING)

    def note_asked(self, time_ms: float) -> None:
        """Note that a run to ``time_ms`` was asked for, which ended on the nearest tick."""
        ahead = time_ms - self.t
        is_on_grid = abs(ahead) <= ROUNDING * self.dt
        is_near = self.nearest_tick(time_ms) == self.tick  # unless a callback ran further
        self.ahead_ms = ahead if is_near and not is_on_grid else 0.0

    def _delays(self) -> Iterator[np.ndarray]:
        """Yield the delays in ms of each projection that has any."""
        return (projection.connections_table.delay for projection in self.projections if len(projection))


def finite(given: Any) -> float:
    """Return a time in ms that a script gives to ``run()``.

    Raises
    ------
    SettingError
        For a time that is not a finite number.
    """
    time_ms = plain(given)
    if not isinstance(time_ms, Real) or not math.isfinite(time_ms):
        raise SettingError(f"run: {shown(given)} ms is not a finite time")
    return float(time_ms)
