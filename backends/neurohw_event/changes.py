"""How a run goes on with another program: what that must leave alone, and in which order it comes into force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neurohw.errors import UnsupportedError
from neurohw.network import Network, Synapses
from neurohw.program import Program
from neurohw_event.plastic_changes import are_same


def refuse_other_shape(before: Program, after: Program, on_chip: bool) -> None:
    """Raise an error where a run can't go on with another program.

    Raises
    ------
    UnsupportedError
        When populations, the timestep or the chip are others, or, ``on_chip``, the routes.
    """
    if _shape(after) != _shape(before):
        raise UnsupportedError("populations, the timestep or the chip were changed during a run: reset first")
    if on_chip and not _same_ways(before, after):
        raise UnsupportedError(
            "connections were changed during a run on a chip: spikes are under way on the old routes; reset first"
        )


def one_by_one(before: Network, after: Program) -> list[Program]:
    """Return the programs through which a run goes on to ``after``: delays change last.

    So what is under way arrives with the weights that were set together with other delays.
    """
    pairs = zip(before.synapses, after.network.synapses, strict=False)
    as_before = {i: old.delay for i, (old, new) in enumerate(pairs) if _differ_in_more_than_delays(old, new)}
    if not as_before:
        return [after]
    synapses = tuple(
        replace(s, delay=as_before.get(i, s.delay)) for i, s in enumerate(after.network.synapses)
    )
    return [replace(after, network=replace(after.network, synapses=synapses)), after]


def _differ_in_more_than_delays(old: Synapses, new: Synapses) -> bool:
    """True when a group has the same connections, and other delays together with other numbers."""
    if np.array_equal(old.delay, new.delay) or not are_same(old, replace(new, delay=old.delay)):
        return False
    same = [np.array_equal(old.parameters[name], new.parameters[name]) for name in new.parameters]
    return not (np.array_equal(old.weight, new.weight) and all(same))


def _shape(program: Program) -> object:
    """Return what a change during a run must leave alone."""
    network, chip = program.network, program.chip
    populations = [(p.model, p.size) for p in network.populations]
    return network.timestep_ms, populations, None if chip is None else chip.digest()


def _same_ways(a: Program, b: Program) -> bool:
    """True when spikes go the same ways to the same tiles."""
    if a.routes is None or b.routes is None or a.placement is None or b.placement is None:
        return False
    names = ("tree_of_cell", "is_local", "node_indptr", "node_link", "node_parent", "node_tile")
    same_trees = all(np.array_equal(getattr(a.routes, name), getattr(b.routes, name)) for name in names)
    return same_trees and np.array_equal(a.placement.tile_of_cell, b.placement.tile_of_cell)
