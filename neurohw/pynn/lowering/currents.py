"""Current sources as steps and waveforms on the time grid, with what already happened left as it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from neurohw.network import CurrentSteps, Waveform
from neurohw.pynn.courses import Levels

if TYPE_CHECKING:
    from neurohw.pynn.electrodes import CurrentSource

Array = np.ndarray


def lower_currents(sources: Iterable[CurrentSource], before: CurrentSteps | None, now: int) -> CurrentSteps:
    """Turn the current sources that have levels into steps.

    Parameters
    ----------
    sources : the sources with the cells they are injected into.
    before : the steps that ran up to tick ``now``; None at the start.
    now : tick from which on the sources hold as they are.
    """
    wished = _sorted(*_steps(sources))
    return wished if before is None else splice(before, wished, now)


def lower_waveforms(sources: Iterable[CurrentSource]) -> tuple[Waveform, ...]:
    """Return the waveforms of the sources that have one, with the cells they are injected into."""
    injected = [(source.course, source.cells()) for source in sources]
    return tuple(
        replace(course, neuron=cells)
        for course, cells in injected
        if isinstance(course, Waveform) and cells.size
    )


def splice(before: CurrentSteps, wished: CurrentSteps, now: int) -> CurrentSteps:
    """Return ``before`` up to tick ``now`` (exclusive), then the levels of ``wished``."""
    past, coming = before.tick < now, wished.tick > now
    n_cells = 1 + max(before.neuron.max(initial=-1), wished.neuron.max(initial=-1))
    jump = _level(wished, ~coming, n_cells) - _level(before, past, n_cells)
    cells = np.flatnonzero(jump)
    return _sorted(
        np.concatenate([before.neuron[past], cells, wished.neuron[coming]]),
        np.concatenate([before.tick[past], np.full(cells.size, now), wished.tick[coming]]),
        np.concatenate([before.step_na[past], jump[cells], wished.step_na[coming]]),
    )


def _level(steps: CurrentSteps, taken: Array, n_cells: int) -> Array:
    return np.bincount(steps.neuron[taken], weights=steps.step_na[taken], minlength=n_cells)


def _steps(sources: Iterable[CurrentSource]) -> tuple[Array, Array, Array]:
    neurons, ticks, sizes = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    for source in sources:
        course = source.course
        if isinstance(course, Levels):
            cells = source.cells()
            neurons.append(np.repeat(cells, len(course.tick)))
            ticks.append(np.tile(course.tick, len(cells)))
            sizes.append(np.tile(course.steps_na(), len(cells)))
    return np.concatenate(neurons), np.concatenate(ticks), np.concatenate(sizes)


def _sorted(neuron: Array, tick: Array, step_na: Array) -> CurrentSteps:
    order = np.lexsort((neuron, tick))
    return CurrentSteps(neuron[order], tick[order], step_na[order])
