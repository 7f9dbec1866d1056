"""A Brian2 network built from ours, moved on step by step.

The steps are those of ``brian2.Network.run``: every object in the order of the schedule, then the clock. They
are taken here because ``run`` makes all its code anew at every call, and forgets the spikes of its last step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import brian2
import numpy as np

from neurohw.network import Network
from neurohw_brian2.codegen import choose_code, numpy_by_default
from neurohw_brian2.groups import lay_out, make_groups
from neurohw_brian2.injection import Injection
from neurohw_brian2.plastic import PlasticSynapses
from neurohw_brian2.synapses import ARRIVALS, SCHEDULE, make_pathways, make_source_group

Array = np.ndarray


@dataclass(frozen=True)
class State:
    """What is remembered: variables of the cells by group, the tick of every cell's last spike, plastic synapses."""

    variables: list[dict[str, Array]]
    last_spike: Array
    plastic: dict[int, PlasticSynapses]


class Simulation:
    """Brian2's objects for one network, standing at ``tick``."""

    def __init__(self, network: Network, tick: int = 0, seed: int = 0) -> None:
        self.tick, self._seed = tick, seed
        self.layout = lay_out(network)
        self._network = network
        code = choose_code(network)
        with numpy_by_default():
            self._clock = brian2.Clock(network.timestep_ms * brian2.ms, name="neurohw_clock")
            self.groups = make_groups(network, self.layout, self._clock, code)
            brian2_groups = [group.neurons for group in self.groups]
            if len(self.layout.ids[-1]):
                brian2_groups.append(make_source_group(len(self.layout.ids[-1]), self._clock))
            self._pathways = make_pathways(network, self.layout, brian2_groups, code)
            self.plastic = {
                number: PlasticSynapses(network, number, self.layout, brian2_groups, seed)
                for number, synapses in enumerate(network.synapses)
                if synapses.size and not synapses.model.is_static
            }
            synapses = [pathway.synapses for pathway in self._pathways]
            synapses += [group.synapses for group in self.plastic.values()]
            objects = brian2.Network(*brian2_groups, *synapses)
            objects.schedule = SCHEDULE
            objects.run(0 * brian2.second, namespace={})  # makes the code
        runs = {name: n for group in self.groups for name, n in group.runs_in_a_tick.items()}
        elsewhere = {name for group in self.plastic.values() for name in group.pathway_names}
        active = [item for item in objects.sorted_objects if item.active and item.name not in elsewhere]
        ordered = [(item, runs.get(item.name, 1)) for item in active]
        self._until_arrivals = [(item, n) for item, n in ordered if SCHEDULE.index(item.when) <= ARRIVALS]
        self._afterwards = ordered[len(self._until_arrivals) :]
        self._injection = Injection(network, seed, self.groups)

    @property
    def max_delay(self) -> int:
        """Longest delay in ticks."""
        return max((pathway.max_delay for pathway in self._pathways), default=0)

    def initialise(self) -> None:
        """Set the initial values of the network."""
        for group in self.groups:
            group.initialise()

    def step(self, source_spikes: Array) -> Array:
        """Go on by one tick.

        Parameters
        ----------
        source_spikes : global ids of the sources that fire at the present tick, ascending, with repetitions.

        Returns
        -------
        Global ids of the neurons that fire at the next tick.
        """
        self._send(source_spikes)
        self._injection.apply(self.tick)
        for group in self.groups:
            group.draw(self.tick + 1, self._seed)
        _run(self._until_arrivals)
        for synapses in self.plastic.values():
            synapses.deliver(self.tick + 1)
        _run(self._afterwards)
        self._tick_clock()
        return np.concatenate([np.empty(0, np.int64), *(group.fired() for group in self.groups)])

    def see(self, ids: Array) -> None:
        """Let synapses that are not static see the spikes of the present tick (global ids, with repetitions)."""
        for synapses in self.plastic.values():
            synapses.fired(self.tick, ids)

    def values(self, variable: str, cells: Array) -> Array:
        """Return a state variable of cells of one model (global ids)."""
        group = self.groups[self.layout.group_of_cell[cells[0]]]
        return group.recorded(variable, self.layout.index_of_cell[cells])

    def variables(self) -> list[dict[str, Array]]:
        """Return a copy of all state variables, by group."""
        return [group.state() for group in self.groups]

    def restore(self, state: State, spikes_at: Callable[[int], Array]) -> None:
        """Take over the state of a network of the same layout at the same tick.

        ``spikes_at`` returns the global ids that fired at a tick. Those whose delays have not passed are sent
        again; what the sources send at the present tick comes with the next step.
        """
        for group, variables in zip(self.groups, state.variables, strict=True):
            group.restore(variables, self.tick - state.last_spike[group.ids])
        for number, synapses in self.plastic.items():
            synapses.take_over(state.plastic[number])
        for tick in range(max(0, self.tick - self.max_delay + 1), self.tick):
            self._send(spikes_at(tick))
            for pathway in self._pathways:
                pathway.skip()
        now = spikes_at(self.tick)
        self._send(now[self.layout.group_of_cell[now] < len(self.groups)])

    def _send(self, ids: Array) -> None:
        """Put spikes into the queues of the step to come."""
        if not ids.size:
            return
        group, index = self.layout.group_of_cell[ids], self.layout.index_of_cell[ids]
        for pathway in self._pathways:
            pathway.push(index[group == pathway.pre])

    def _tick_clock(self) -> None:
        step, t, dt = (self._clock.variables[name].get_value() for name in ("timestep", "t", "dt"))
        step[0] += 1
        t[0] = step[0] * dt[0]
        self.tick += 1


def _run(objects: list[tuple[Any, int]]) -> None:
    for item, times in objects:
        for _ in range(times):
            item.run()
