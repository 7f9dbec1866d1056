"""Static synapses as Brian2 objects: one for each pair of groups and receptor.

Synapses stand before thresholds in the schedule: this is the order of a tick (advance, arrivals, thresholds,
resets). Brian2 then sends the spikes of the step before, which makes every delay one step shorter.
"""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np

from neurohw.network import Network, Synapses
from neurohw_brian2.equations import compose
from neurohw_brian2.groups import SOURCES, Layout

Array = np.ndarray

SCHEDULE = ["start", "groups", "synapses", "thresholds", "resets", "end"]
ARRIVALS = SCHEDULE.index("synapses")


class Pathway:
    """A ``Synapses`` object, and a way to put spikes into its queue by hand."""

    def __init__(
        self,
        network: Network,
        layout: Layout,
        key: tuple[int, int, str],
        groups: list[Any],
        codeobj_class: Any,
    ) -> None:
        pre, post, receptor = key
        self.pre = pre
        parts = [s for s in network.synapses if _is_ours(s) and _key(network, layout, s) == key]
        source, target, weight, delay = (
            np.concatenate(arrays)
            for arrays in zip(*(_pairs(network, layout, s) for s in parts), strict=True)
        )
        self.max_delay = int(delay.max())
        delay_s = (delay - 1) * network.timestep_ms * 1e-3
        uniform = bool((delay == delay[0]).all())
        self.synapses = brian2.Synapses(
            groups[pre],
            groups[post],
            "w : 1",
            on_pre=compose(layout.models[post]).arrival[receptor].format(passed="w"),
            delay=delay_s[0] * brian2.second if uniform else None,
            clock=groups[post].clock,
            name=f"neurohw_{pre}_{post}_{receptor}",
        )
        self.synapses.connect(i=source, j=target)
        self.synapses.variables["w"].get_value()[:] = weight
        if not uniform:
            self.synapses.pre.variables["delay"].get_value()[:] = delay_s
        # only delivery is worth compiling, not the connecting
        self.synapses.pre.codeobj_class = codeobj_class

    def push(self, cells: Array) -> None:
        """Send spikes of cells (indices of the group, ascending, repeated where a cell fires repeatedly)."""
        self.synapses.pre.queue.push(cells.astype(np.int32))

    def skip(self) -> None:
        """Let one step pass."""
        self.synapses.pre.queue.advance()


def make_pathways(network: Network, layout: Layout, groups: list[Any], codeobj_class: Any) -> list[Pathway]:
    """Build the pathways that have at least one synapse."""
    keys = sorted({_key(network, layout, synapses) for synapses in network.synapses if _is_ours(synapses)})
    return [Pathway(network, layout, key, groups, codeobj_class) for key in keys]


def make_source_group(size: int, clock: Any) -> Any:
    """Return a group that stands for all sources; it is silent: Brian2's own fire once a step at most."""
    silent = brian2.SpikeGeneratorGroup(size, [], [] * brian2.second, clock=clock, name=f"neurohw_{SOURCES}")
    silent.active = False
    return silent


def _is_ours(synapses: Synapses) -> bool:
    return bool(synapses.size and synapses.model.is_static)


def _key(network: Network, layout: Layout, synapses: Synapses) -> tuple[int, int, str]:
    pre, post = network.populations[synapses.pre], network.populations[synapses.post]
    return int(layout.group_of_cell[pre.first]), int(layout.group_of_cell[post.first]), synapses.receptor


def _pairs(network: Network, layout: Layout, synapses: Synapses) -> tuple[Array, Array, Array, Array]:
    """Return source, target (indices of their groups), weight and delay of each synapse."""
    pre, post = network.populations[synapses.pre], network.populations[synapses.post]
    source = np.repeat(np.arange(pre.size, dtype=np.int32), np.diff(synapses.indptr))
    source += layout.index_of_cell[pre.first]
    target = synapses.target + layout.index_of_cell[post.first]
    return source, target, synapses.weight, synapses.delay
