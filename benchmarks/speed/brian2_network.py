"""A described network in Brian2: one group of cells, one group of synapses for each receptor."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
from brian2 import Hz, ms

from benchmarks.speed.brian2_cells import DELTA, MODELS, make_cells
from benchmarks.speed.brian2_rules import code_of, jump_of
from benchmarks.speed.description import Array, Description

# a drive of many Poisson trains to each cell is this many, which Brian2 draws as one binomial number
TRAINS = 1000


def compile_network(path: str, folder: str, seconds: float, float_type: str) -> None:
    """Write and compile a program that simulates the network."""
    given = Description(path)
    brian2.prefs.core.default_float_dtype = np.dtype(float_type).type
    brian2.set_device("cpp_standalone", build_on_run=False, directory=folder)
    brian2.seed(1)
    brian2.defaultclock.dt = given.timestep_ms * ms
    members = [i for i, p in enumerate(given.populations) if p["model"] in MODELS]
    model = given.populations[members[0]]["model"]
    cells = make_cells(given, members, model)
    objects = [cells, *make_synapses(given, members, cells), brian2.SpikeMonitor(cells)]
    network = brian2.Network(*objects)
    if model == DELTA:  # an input that reaches the threshold fires in the same step
        network.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]
    network.run(seconds * brian2.second)
    brian2.device.build(directory=folder, compile=True, run=False)


def make_synapses(given: Description, members: list[int], cells: Any) -> list[Any]:
    """Return the synapses between cells, those from sources, and the sources."""
    start = given.populations[members[0]]["first"]
    objects: list[Any] = []
    for receptor in ("excitatory", "inhibitory"):
        inner = [
            k
            for k, s in enumerate(given.synapses)
            if s["receptor"] == receptor and s["from"] in members and s["n"]
        ]
        for same in of_equal_weight(given, inner):
            objects.append(connect(given, same, cells, cells, (start, start)))
    for k, s in enumerate(given.synapses):
        if s["from"] in members:
            continue
        source, first = given.populations[s["from"]], given.populations[s["to"]]["first"] - start
        if s["n"] == source["size"] == given.populations[s["to"]]["size"]:
            objects.append(drive_cells(given, k, cells[first : first + s["n"]]))
            continue
        sources = brian2.PoissonGroup(source["size"], given.of_cells(s["from"], "rate") * Hz)
        objects += [sources, connect(given, [k], sources, cells, (source["first"], start))]
    return objects


def of_equal_weight(given: Description, groups: list[int]) -> list[list[int]]:
    """Return groups of synapses in sets: those of one weight together, all others together."""
    weights = {k: given.synapses[k]["weight"] for k in groups}
    return [[k for k in groups if weights[k] == weight] for weight in dict.fromkeys(weights.values())]


def connect(given: Description, groups: list[int], pre: Any, post: Any, starts: tuple[int, int]) -> Any:
    """Return groups of synapses as one, sorted by source."""
    ends = [
        np.concatenate(
            [
                given.of_synapses(k, end) + given.populations[given.synapses[k][side]]["first"] - start
                for k in groups
            ]
        )
        for end, side, start in zip(("pre", "post"), ("from", "to"), starts, strict=True)
    ]
    order = np.argsort(ends[0], kind="stable")
    is_one_weight = given.synapses[groups[0]]["weight"] is not None
    delays = {given.synapses[k]["delay"] for k in groups}
    one_delay = delays.pop() if len(delays) == 1 else None
    sizes = np.concatenate([each(given, k, "weight") * jump_of(given, k).size for k in groups])
    jump = jump_of(given, groups[0])
    # where a spike counts in the step in which it arrives, the delay is a step shorter
    lead = given.populations[given.synapses[groups[0]]["to"]]["model"] == DELTA
    step = given.timestep_ms * ms
    synapses = brian2.Synapses(
        pre,
        post,
        delay=None if one_delay is None else (one_delay - lead) * step,
        **code_of(given, groups[0], sizes[0] * jump.unit if is_one_weight else None),
    )
    synapses.connect(i=ends[0][order], j=ends[1][order])
    if not is_one_weight:
        synapses.jump = sizes[order] * jump.unit
    if one_delay is None:
        synapses.delay = (np.concatenate([each(given, k, "delay") for k in groups])[order] - lead) * step
    return synapses


def each(given: Description, group: int, name: str) -> Array:
    """Return a weight or delay of each synapse."""
    return np.broadcast_to(given.of_synapses(group, name), given.synapses[group]["n"])


def drive_cells(given: Description, group: int, cells: Any) -> Any:
    """Return a Poisson drive of its own for each cell, which Brian2 draws without synapses."""
    rate_hz = given.of_cells(given.synapses[group]["from"], "rate")
    model = given.populations[given.synapses[group]["to"]]["model"]
    jump = jump_of(given, group)
    variable, suffix = ("v", " * int(not_refractory)") if model == DELTA else ("g_excitatory", "")
    weight = f"{given.of_synapses(group, 'weight') * jump.size!r} * {jump.unit}{suffix}"
    return brian2.PoissonInput(cells, variable, TRAINS, rate_hz / TRAINS * Hz, weight)
