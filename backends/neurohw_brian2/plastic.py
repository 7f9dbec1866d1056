"""A group of synapses that are not static, as a Brian2 object whose parts are run when the synapses see spikes.

Brian2's own queues carry one delay and no numbers. Here a spike is seen after one part of the delay, passed on after
the whole of it with what the synapse had then, and two spikes in one tick are seen one after the other: the events
are kept here, and Brian2 computes what they do.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

import brian2
import numpy as np
from brian2.codegen.runtime.numpy_rt import NumpyCodeObject

from neurohw.network import Network
from neurohw.network.kernels import STREAM_SYNAPSE, uniform
from neurohw_brian2.equations import compose
from neurohw_brian2.groups import Layout
from neurohw_brian2.rules import make_rule

Array = np.ndarray

_KINDS = ("early", "post", "pre", "deliver")


class PlasticSynapses:
    """The synapses of ``network.synapses[number]``."""

    def __init__(self, network: Network, number: int, layout: Layout, groups: list[Any], seed: int) -> None:
        self._seed = seed
        self._first_index = sum(s.size for s in network.synapses[:number])
        synapses = network.synapses[number]
        pre, post = network.populations[synapses.pre], network.populations[synapses.post]
        self._learns = synapses.model.learns
        self._has_resources = synapses.model.name == "tsodyks_markram"
        source = np.repeat(np.arange(pre.size), np.diff(synapses.indptr))
        self._source, self._target = source + pre.first, synapses.target + post.first
        fraction = synapses.parameters.get("dendritic_delay_fraction", np.ones(synapses.size))
        self._delay = synapses.delay.astype(np.int64)
        self._dendritic = np.rint(fraction * self._delay).astype(np.int64)
        self._due: dict[str, dict[int, list[Array]]] = {kind: defaultdict(list) for kind in _KINDS}
        self._passed: list[deque[float]] = [deque() for _ in range(synapses.size)]
        self._n_drawn = np.zeros(synapses.size, np.int64)
        parameters = {"n": np.ones(synapses.size)} | dict(synapses.parameters)
        self._parameters = tuple(parameters)
        self._rule = make_rule(synapses.model, int(parameters["n"].max()))
        group = int(layout.group_of_cell[post.first])
        arrival = compose(layout.models[group]).arrival[synapses.receptor]
        self.synapses = brian2.Synapses(
            groups[layout.group_of_cell[pre.first]],
            groups[group],
            _declarations([*parameters, *self._rule.initial]),
            on_pre={
                "see_pre": self._rule.see_pre,
                "deliver": arrival.format(passed="passed" if self._learns else "w*passed"),
            },
            on_post={"see_post": self._rule.see_post} if self._rule.see_post else None,
            namespace={"draw": self._drawing()},
            clock=groups[group].clock,
            name=f"neurohw_plastic_{number}",
            codeobj_class=NumpyCodeObject,
        )
        index = layout.index_of_cell
        self.synapses.connect(i=index[self._source], j=index[self._target])
        for name, values in (parameters | dict(self._rule.initial)).items():
            self._array(name)[:] = values
        self._array("w")[:] = synapses.weight
        self._array("index")[:] = self._first_index + np.arange(synapses.size)
        self._array("step")[:] = network.timestep_ms

    @property
    def pathway_names(self) -> set[str]:
        """Names of Brian2's objects that are run from here."""
        return {pathway.name for pathway in self.synapses._pathways}

    def fired(self, tick: int, ids: Array) -> None:
        """Take the spikes of a tick (global ids, with repetitions), then see what is to be seen by the end of it."""
        cells, counts = np.unique(ids, return_counts=True)
        for cell, count in zip(cells.tolist(), counts.tolist(), strict=True):
            sent = np.repeat(np.flatnonzero(self._source == cell), count)
            late = self._dendritic[sent] > 0
            self._put("deliver", tick + self._delay, sent)
            self._put("pre", tick + self._delay - self._dendritic, sent[late])
            self._put("early", tick + self._delay, sent[~late])
            if self._learns:
                self._put("post", tick + self._dendritic, np.flatnonzero(self._target == cell))
        self._see("post", tick)
        self._see("pre", tick)

    def deliver(self, tick: int) -> None:
        """Act on the targets with what arrives at a tick."""
        self._see("early", tick)
        for synapses in _rounds(self._due["deliver"].pop(tick, [])):
            self._array("passed")[synapses] = [self._passed[k].popleft() for k in synapses]
            self._run("deliver", synapses)

    def state(self) -> dict[str, Array]:
        """Return what the synapses hold now."""
        names = {"weight": "w"} | ({"u": "u", "x": "x", "y": "y"} if self._has_resources else {})
        return {name: self._array(here).copy() for name, here in names.items()}

    def take_over(self, before: PlasticSynapses) -> None:
        """Go on where others with the same connections stand.

        What a learning synapse with another weight or other parameters has seen arrives with the weight that it has.
        """
        for name in self._rule.initial:
            self._array(name)[:] = before._array(name)
        self._due, self._passed, self._n_drawn = before._due, before._passed, before._n_drawn
        if not self._learns:
            return
        weight = self._array("w")
        names = ["w", *self._parameters]
        is_other = np.any([self._array(name) != before._array(name) for name in names], axis=0)
        for k in np.flatnonzero(is_other):
            self._passed[k] = deque([weight[k]] * len(self._passed[k]))

    def _array(self, name: str) -> Array:
        array: Array = self.synapses.variables[name].get_value()
        return array

    def _put(self, kind: str, tick_of_synapse: Array, synapses: Array) -> None:
        for tick in np.unique(tick_of_synapse[synapses]).tolist():
            self._due[kind][tick].append(synapses[tick_of_synapse[synapses] == tick])

    def _see(self, kind: str, tick: int) -> None:
        self._array("now")[:] = tick
        for synapses in _rounds(self._due[kind].pop(tick, [])):
            if kind == "post":
                self._run("see_post", synapses)
                continue
            self._run("see_pre", synapses)
            for k, share in zip(synapses, self._array("share")[synapses], strict=True):
                self._passed[k].append(share)

    def _drawing(self) -> Any:
        """Return Brian2's function ``draw(index, wanted)``."""

        def draw(index: Array, wanted: Array) -> Array:
            numbers = np.zeros(len(index))
            for place in np.flatnonzero(np.broadcast_to(wanted, len(index))):
                k = int(index[place]) - self._first_index
                numbers[place] = uniform(self._seed, STREAM_SYNAPSE, int(index[place]), self._n_drawn[k])
                self._n_drawn[k] += 1
            return numbers

        return brian2.Function(draw, arg_units=[1, 1], return_unit=1, stateless=False)

    def _run(self, part: str, synapses: Array) -> None:
        """Let Brian2 run the code of one pathway for some synapses, each once."""
        code = getattr(self.synapses, part).code_objects[-1]
        code.namespace["_queue"] = _Spiking(synapses.astype(np.int32))
        code()


class _Spiking:
    """What Brian2's code takes for its queue: the synapses to act on."""

    def __init__(self, synapses: Array) -> None:
        self._synapses = synapses

    def peek(self) -> Array:
        """Return the synapses."""
        return self._synapses

    def advance(self) -> None:
        """Nothing to move on: the next ones come with another of these."""


def _declarations(names: list[str]) -> str:
    """Declare everything as plain numbers: times in ms."""
    each = [*names, "index", "w", "share", "passed"]
    return "".join(f"{name} : 1\n" for name in each) + "now : 1 (shared)\nstep : 1 (shared)\n"


def _rounds(parts: list[Array]) -> list[Array]:
    """Split synapses into rounds in which each occurs once."""
    rounds = []
    left = np.sort(np.concatenate([np.empty(0, np.int64), *parts]))
    while left.size:
        is_first = np.diff(left, prepend=-1) > 0
        rounds.append(left[is_first])
        left = left[~is_first]
    return rounds
