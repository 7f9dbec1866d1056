"""All cells of one model as one Brian2 group, whatever population they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import brian2
import numpy as np

from neurohw.network import Network
from neurohw_brian2.equations import EQUATIONS, constants
from neurohw_brian2.integration import choose_integration

Array = np.ndarray

SOURCES = "sources"


@dataclass(frozen=True)
class Layout:
    """Where each cell stands: the group of its model, and its index there. All sources are one group."""

    models: tuple[str, ...]  # by group; the sources come last and have the name SOURCES
    group_of_cell: Array  # [n_cells]
    index_of_cell: Array  # [n_cells]
    ids: tuple[Array, ...]  # by group, global ids


def lay_out(network: Network) -> Layout:
    """Group the cells by model."""
    names = [SOURCES if p.model.is_source else p.model.name for p in network.populations]
    sizes = [population.size for population in network.populations]
    models = (*sorted({name for name, size in zip(names, sizes, strict=True) if size} - {SOURCES}), SOURCES)
    group = [models.index(name) if size else -1 for name, size in zip(names, sizes, strict=True)]
    group_of_cell = np.repeat(np.array(group, np.int64), sizes)
    ids = tuple(np.flatnonzero(group_of_cell == group) for group in range(len(models)))
    index_of_cell = np.zeros(network.n_cells, np.int64)
    for members in ids:
        index_of_cell[members] = np.arange(len(members))
    return Layout(models, group_of_cell, index_of_cell, ids)


class CellGroup:
    """A ``NeuronGroup`` with views of its state."""

    def __init__(self, network: Network, model: str, ids: Array, clock: Any, codeobj_class: Any) -> None:
        self.ids = ids
        self._states = EQUATIONS[model].states
        self._dt_s = float(clock.dt)
        values = _constants(network, model)
        integration = choose_integration(EQUATIONS[model], values, self._dt_s)
        values |= integration.constants
        refractory_ticks = np.rint(joined(network, model, "tau_refrac") / network.timestep_ms)
        # Brian2 counts from the step in which a cell fires, the tick before
        values["hold"] = (refractory_ticks + 1) * self._dt_s
        self.neurons = brian2.NeuronGroup(
            len(ids),
            EQUATIONS[model].dynamics + _declarations(model, values) + "i_in : 1\n",
            method=integration.method,
            threshold="v >= v_thresh",
            reset="v = v_reset",
            refractory="hold",
            clock=clock,
            name=f"neurohw_{model}",
            codeobj_class=codeobj_class,
        )
        for name, value in values.items():
            self.array(name)[:] = value[0] if _is_uniform(value) else value
        self.array("i_in")[:] = joined(network, model, "i_offset")

    def array(self, name: str) -> Array:
        """Return the values that Brian2 holds, not a copy."""
        array: Array = self.neurons.variables[name].get_value()
        return array

    def initialise(self, network: Network, model: str) -> None:
        """Set the initial values: v_rest and zero where none are given."""
        self.array("v")[:] = joined(network, model, "v_rest")
        first = 0
        for population in network.populations:
            if population.model.name == model:
                for name, values in population.initial.items():
                    self.array(name)[first : first + population.size] = values
                first += population.size

    def state(self) -> dict[str, Array]:
        """Return a copy of everything that a cell remembers."""
        return {name: self.array(name).copy() for name in self._states}

    def restore(self, state: dict[str, Array], ticks_since_spike: Array) -> None:
        """Take over what another group remembers; the clock of this one starts at zero."""
        for name, values in state.items():
            self.array(name)[:] = values
        self.array("lastspike")[:] = -(ticks_since_spike + 1) * self._dt_s

    def fired(self) -> Array:
        """Return the global ids of the cells that fired in the last step."""
        space = self.array("_spikespace")
        return self.ids[space[: space[-1]]]


def joined(network: Network, model: str, name: str) -> Array:
    """Return a parameter of all cells of a model, population after population."""
    return np.concatenate([p.parameters[name] for p in network.populations if p.model.name == model])


def _constants(network: Network, model: str) -> dict[str, Array]:
    return {
        name: joined(network, model, pynn_name) * (1e-3 if is_time else 1.0)
        for pynn_name, (name, is_time) in constants(model).items()
    }


def _declarations(model: str, values: dict[str, Array]) -> str:
    """Declare constants. One that is the same for all cells is shared: Brian2 computes with it only once."""
    times = {"hold"} | {name for name, is_time in constants(model).values() if is_time}
    lines = []
    for name, value in values.items():
        unit = "second" if name in times else "1"
        flags = "constant, shared" if _is_uniform(value) else "constant"
        lines.append(f"{name} : {unit} ({flags})\n")
    return "".join(lines)


def _is_uniform(values: Array) -> bool:
    return bool((values == values[0]).all())
