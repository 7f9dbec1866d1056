"""What all current sources have in common: their cells, their parameters and the record of their current."""

from __future__ import annotations

from typing import Any

import neo
import numpy as np
import quantities as pq
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import StandardCurrentSource

from neurohw.errors import NetworkError
from neurohw.pynn import simulator
from neurohw.pynn.courses import Course
from neurohw.pynn.errors import InvalidValueError, NoDataError
from neurohw.pynn.standardmodels.translations import naming

Array = np.ndarray


class CurrentSource(StandardCurrentSource):
    """A current into cells; parameters may be changed between runs.

    A subclass checks its values and says which course the current takes with them.
    """

    _values: dict[str, Any]
    _stream: int  # number among the sources of the network
    _current_course: Course
    _targets: list[Array]
    _past: list[tuple[int, Course]]  # courses that flowed until a tick
    _recorded_from: int | None
    _joined: list[Any] | None = None  # the sources of the network that this one belongs to

    def __init__(self, **parameters: Any) -> None:
        with naming(type(self), parameters):
            super().__init__(**parameters)
            space = self.translate(self.parameter_space)
            space.shape = (1,)
            values = _evaluated(space)
        self._values = self._checked(values)
        self._refuse_never()
        self._register()

    def _checked(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values as they hold, on the time grid where they are times."""
        return {name: self._number(name, value) for name, value in values.items()}

    def _refuse_never(self) -> None:
        """Refuse a source that is made to end before it begins; one that is changed so, later, is switched off."""
        start, stop = self._values.get("start", 0.0), self._values.get("stop", np.inf)
        if stop < start:
            raise InvalidValueError(
                f"{type(self).__name__}: stop = {stop:g} ms must be at least start, {start:g} ms"
            )

    def _course(self, values: dict[str, Any]) -> Course:
        """Return the current that these values make."""
        raise NotImplementedError

    # --- cells ---------------------------------------------------------------

    def inject_into(self, cells: Any, location: str | None = None) -> None:
        """Inject the current into a population, a view, an assembly or a list of cells.

        Raises
        ------
        NetworkError
            For a location: the cells are points. For cells made before the last ``setup()``.
        TypeError
            For spike sources.
        """
        if location is not None:
            raise NetworkError(
                f"{type(self).__name__}: location {location!r}: the cells are points without locations"
            )
        for member in _representatives(cells):
            simulator.state.refuse_forgotten(member, type(self).__name__)
            if not member.celltype.injectable:
                raise TypeError("Can't inject current into a spike source.")
        all_cells = cells.all_cells if hasattr(cells, "all_cells") else list(cells)
        self._register()
        self._targets.append(np.array([int(cell) for cell in all_cells], dtype=np.int64))
        simulator.state.changed()

    def cells(self) -> Array:
        """Return the global ids of the cells; one that was given twice stands twice."""
        return np.concatenate([np.empty(0, np.int64), *self._targets])

    @property
    def course(self) -> Course:
        """The current, as it will be from now on."""
        return self._current_course

    # --- parameters ----------------------------------------------------------

    def set_parameters(self, **parameters: Any) -> None:
        """Set parameters, which hold from the present tick on; see :meth:`set_native_parameters`."""
        with naming(type(self), parameters):
            super().set_parameters(**parameters)

    def set_native_parameters(self, parameters: ParameterSpace) -> None:
        """Take the values of a space of shape (1,); they hold from the present tick on.

        Raises
        ------
        InvalidValueError
            For values that make no current; the source then stays as it was.
        """
        values = self._checked(self._values | _evaluated(parameters))
        course = self._course(values)
        self._remember()
        self._values, self._current_course = values, course
        simulator.state.changed()

    def get_native_parameters(self) -> ParameterSpace:
        """Return the values as a space of shape (1,)."""
        values = {
            name: Sequence(value) if isinstance(value, np.ndarray) else value
            for name, value in self._values.items()
        }
        return ParameterSpace(values, shape=(1,))

    def get_parameters(self) -> dict[str, Any]:
        """Return the parameters by name; times are those of the grid."""
        return dict(self._values)

    # --- recording -----------------------------------------------------------

    def record(self) -> None:
        """Keep the current from the present time on, for :meth:`get_data`."""
        self._register()
        if self._recorded_from is None:
            self._recorded_from = simulator.state.tick

    def get_data(self) -> neo.AnalogSignal:
        """Return the current in nA at every timestep since recording began, up to the present time.

        The sample at time t is the current that flows from t to the next timestep.

        Raises
        ------
        NoDataError
            When the source was not recorded since setup().
        """
        state = simulator.state
        if self._recorded_from is None or not self._is_registered():
            raise NoDataError(
                f"{type(self).__name__}: nothing was recorded; call record() after setup() and before run()"
            )
        return neo.AnalogSignal(
            self._currents(np.arange(self._recorded_from, state.tick + 1)),
            units="nA",
            t_start=self._recorded_from * state.dt * pq.ms,
            sampling_period=state.dt * pq.ms,
            name=type(self).__name__,
        )

    def restart(self) -> None:
        """Forget what was recorded, as time is 0 again; the parameters stay as they are."""
        self._past = []
        if self._recorded_from is not None:
            self._recorded_from = 0

    def _currents(self, ticks: Array) -> Array:
        state = simulator.state
        parts = np.split(ticks, np.searchsorted(ticks, [until for until, _ in self._past]))
        courses = [*(course for _, course in self._past), self._current_course]
        return np.concatenate(
            [
                course.currents(part, state.dt, state.settings.seed)
                for course, part in zip(courses, parts, strict=True)
            ]
        )

    def _remember(self) -> None:
        """Keep the course that ends now; one that a later change of this tick replaces has not flowed at all."""
        now = simulator.state.tick
        began = self._past[-1][0] if self._past else self._recorded_from
        if began is not None and began < now:
            self._past.append((now, self._current_course))

    # --- the state of the module ---------------------------------------------

    @property
    def timestep_ms(self) -> float:
        """Length of a tick of the present network."""
        return float(simulator.state.dt)

    def _register(self) -> None:
        """Join the sources of the present network; what belonged to one before setup() is forgotten."""
        if self._is_registered():
            return
        sources = simulator.state.current_sources
        self._stream = len(sources)
        self._current_course = self._course(self._values)
        self._targets = []
        self._past = []
        self._recorded_from = None
        sources.append(self)
        self._joined = sources

    def _is_registered(self) -> bool:
        return self._joined is simulator.state.current_sources

    def _number(self, name: str, value: Any) -> float:
        number = float(np.asarray(value).item())
        if not np.isfinite(number):
            raise InvalidValueError(f"{type(self).__name__}: {name} = {number} must be a finite number")
        return number


def _evaluated(space: ParameterSpace) -> dict[str, Any]:
    space.evaluate(simplify=True)
    return dict(space.items())


def _representatives(cells: Any) -> list[Any]:
    if hasattr(cells, "populations"):
        return list(cells.populations)
    return [cells] if hasattr(cells, "celltype") else list(cells)
