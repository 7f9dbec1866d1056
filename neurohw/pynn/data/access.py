"""What populations, views and assemblies add to PyNN's ways to recorded data: plain arrays, and files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from pyNN.recording import Variable

from neurohw.errors import NetworkError, did_you_mean
from neurohw.pynn import simulator
from neurohw.pynn.data.files import check_format, write_block

Array = np.ndarray


class _Recorded:
    """Recording to a file: its name is checked at once, and all members of an assembly share it."""

    def record(
        self,
        variables: Any,
        to_file: Any = None,
        sampling_interval: float | None = None,
        locations: Any = None,
    ) -> None:
        if isinstance(to_file, str):
            check_format(to_file)
        super().record(variables, None, sampling_interval, locations)  # type: ignore[misc]
        if isinstance(to_file, str) or hasattr(to_file, "write_block"):
            simulator.state.write_on_end.append((self, variables, to_file))


class RecordedCells(_Recorded):
    """Of a population, or a view of one."""

    def raw_spikes(self: Any) -> tuple[Array, Array]:
        """Return the recorded spikes as arrays, without neo objects.

        Returns
        -------
        ids : int64 [n], cells as in ``all_cells``.
        times : float64 [n], ms, ascending.

        Those of the current run that ``get_data(clear=True)`` has not handed out. The arrays of a population are
        read-only and kept: asking again costs nothing.

        Raises
        ------
        SimulationError
            Before the first ``run()``, or after ``reset()``.
        """
        ids, times = self.root.recorder.raw_spikes()
        if self.index_in_root is None:
            return ids, times
        mine = np.isin(ids - int(self.root.first_id), self.index_in_root)
        return ids[mine], times[mine]


class RecordedAssembly(_Recorded):
    """Of an assembly."""

    populations: list[Any]

    def raw_spikes(self) -> tuple[Array, Array]:
        """Return (ids, times in ms) of the recorded spikes of all members, see ``Population.raw_spikes``."""
        parts = [population.raw_spikes() for population in self.populations]
        ids, times = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(times, kind="stable")
        return ids[order], times[order]

    def write_data(
        self,
        io: Any,
        variables: Any = "all",
        gather: bool = True,
        clear: bool = False,
        annotations: dict[str, Any] | None = None,
    ) -> None:
        """Write the recorded data to a file, by the suffix of its name, or to a neo IO."""
        write_block(self.get_data(variables, gather, clear, annotations), io)  # type: ignore[attr-defined]


def checked_names(population: Any, variables: Iterable[Variable]) -> set[str]:
    """Return the names of variables, of which each must be one that some cell of the network has.

    Not one of the population, as an assembly asks each member for the variables of all.

    Raises
    ------
    NetworkError
        With the variables of the population.
    """
    own = list(population.celltype.recordable)
    names = {variable.name for variable in variables}
    for name in sorted(names.difference(own)):
        if not any(other.can_record(name) for other in simulator.state.populations):
            raise NetworkError(
                f"population {population.label!r}: {type(population.celltype).__name__} has no variable {name!r}"
                f"{did_you_mean(name, own)} it has {', '.join(own)}"
            )
    return names
