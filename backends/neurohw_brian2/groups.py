"""All cells of one model as one Brian2 group, whatever population they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import brian2
import numpy as np

from neurohw.network import Network, Population
from neurohw.network.declarations import CellModel
from neurohw.network.kernels import STREAM_FIRING, uniform
from neurohw_brian2.equations import compose, constants, is_time
from neurohw_brian2.integration import choose_integration

Array = np.ndarray

SOURCES = "sources"


@dataclass(frozen=True)
class Layout:
    """Where each cell stands: the group of its model, and its index there. All sources are one group."""

    models: tuple[CellModel, ...]  # by group; the sources come last and have none
    group_of_cell: Array  # [n_cells]
    index_of_cell: Array  # [n_cells]
    ids: tuple[Array, ...]  # by group, global ids

    def name(self, group: int) -> str:
        """Return a name for a group, its own among all."""
        return f"neurohw_{group}_{self.models[group].name if group < len(self.models) else SOURCES}"


def lay_out(network: Network) -> Layout:
    """Group the cells by model."""
    models = _distinct_models(network)
    group = [_group(models, population) for population in network.populations]
    sizes = [population.size for population in network.populations]
    group_of_cell = np.repeat(np.array(group, np.int64), sizes)
    ids = tuple(np.flatnonzero(group_of_cell == group) for group in range(len(models) + 1))
    index_of_cell = np.zeros(network.n_cells, np.int64)
    for members in ids:
        index_of_cell[members] = np.arange(len(members))
    return Layout(models, group_of_cell, index_of_cell, ids)


def _distinct_models(network: Network) -> tuple[CellModel, ...]:
    """Return the models of all neurons, by name. Those of one name may be several."""
    models: list[CellModel] = []
    for population in network.populations:
        if population.size and not population.model.is_source and population.model not in models:
            models.append(population.model)
    return tuple(sorted(models, key=lambda model: model.name))


def _group(models: tuple[CellModel, ...], population: Population) -> int:
    if population.size == 0:
        return -1
    return len(models) if population.model.is_source else models.index(population.model)


class CellGroup:
    """A ``NeuronGroup`` with views of its state."""

    def __init__(
        self, populations: list[Population], ids: Array, name: str, clock: Any, codeobj_class: Any
    ) -> None:
        self.ids = ids
        self._populations = populations
        self.equations = compose(populations[0].model)
        self._dt_s = float(clock.dt)
        values = _joined([constants(population) for population in populations])
        integration = choose_integration(self.equations, values, self._dt_s)
        values |= integration.constants
        values["hold"] = np.concatenate([_hold_s(population, self._dt_s) for population in populations])
        membrane = self.equations.membrane
        self.neurons = brian2.NeuronGroup(
            len(ids),
            self.equations.dynamics + _declarations(values) + "i_in : 1\n",
            method=integration.method,
            threshold=membrane.threshold,
            reset=membrane.reset,
            refractory="hold",
            clock=clock,
            name=name,
            codeobj_class=codeobj_class,
        )
        self.runs_in_a_tick = {self.neurons.state_updater.name: integration.substeps}
        for constant, value in values.items():
            self.array(constant)[:] = value[0] if _is_uniform(value) else value
        self.array("i_in")[:] = np.concatenate([p.parameters["i_offset"] for p in populations])

    def array(self, name: str) -> Array:
        """Return the values that Brian2 holds, not a copy."""
        array: Array = self.neurons.variables[name].get_value()
        return array

    def recorded(self, variable: str, cells: Array) -> Array:
        """Return a declared variable of some cells (indices of the group)."""
        total = np.zeros(len(cells))
        for part in self.equations.recorded[variable]:
            values = self.array(part)
            total += values[cells] if len(values) == len(self.ids) else values
        return total

    def initialise(self) -> None:
        """Set the initial values: the model's where none are given."""
        for state, start in self.equations.membrane.initial.items():
            self.array(state)[:] = self.array(start) if isinstance(start, str) else start
        first = 0
        for population in self._populations:
            for name, values in population.initial.items():
                if name in self.equations.initial:
                    self.array(self.equations.initial[name])[first : first + population.size] = values
            first += population.size

    def draw(self, tick: int, seed: int) -> None:
        """Draw what stochastic cells compare their chance to fire at a tick with."""
        if "luck" in self.neurons.variables:
            self.array("luck")[:] = [uniform(seed, STREAM_FIRING, cell, tick) for cell in self.ids]

    def state(self) -> dict[str, Array]:
        """Return a copy of everything that a cell remembers."""
        return {name: self.array(name).copy() for name in self.equations.states}

    def restore(self, state: dict[str, Array], ticks_since_spike: Array) -> None:
        """Take over what another group remembers; the clock of this one starts at zero."""
        for name, values in state.items():
            self.array(name)[:] = values
        self.array("lastspike")[:] = -(ticks_since_spike + 1) * self._dt_s

    def fired(self) -> Array:
        """Return the global ids of the cells that fired in the last step."""
        space = self.array("_spikespace")
        return self.ids[space[: space[-1]]]


def make_groups(network: Network, layout: Layout, clock: Any, codeobj_class: Any) -> list[CellGroup]:
    """Make the groups of all neurons."""
    return [
        CellGroup(
            [p for p in network.populations if p.size and p.model == model],
            layout.ids[number],
            layout.name(number),
            clock,
            codeobj_class,
        )
        for number, model in enumerate(layout.models)
    ]


def _joined(values: list[dict[str, Array]]) -> dict[str, Array]:
    """Return the constants of several populations as those of one."""
    return {name: np.concatenate([constants[name] for constants in values]) for name in values[0]}


def _hold_s(population: Population, dt_s: float) -> Array:
    """Return how long Brian2 is to hold v. It counts from the step in which a cell fires, the tick before."""
    refractory_ms = population.parameters.get("tau_refrac", np.zeros(population.size))
    hold: Array = (np.rint(refractory_ms * 1e-3 / dt_s) + 1) * dt_s
    return hold


def _declarations(values: dict[str, Array]) -> str:
    """Declare constants. One that is the same for all cells is shared: Brian2 computes with it only once."""
    lines = []
    for name, value in values.items():
        unit = "second" if name == "hold" or is_time(name) else "1"
        flags = "constant, shared" if _is_uniform(value) else "constant"
        lines.append(f"{name} : {unit} ({flags})\n")
    return "".join(lines)


def _is_uniform(values: Array) -> bool:
    return bool((values == values[0]).all())
