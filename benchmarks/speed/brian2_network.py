"""A described network in Brian2: one group of cells, one group of synapses for each receptor."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
from brian2 import Hz, ms, mV

from benchmarks.speed.description import Array, Description

EQUATIONS = {
    "IF_curr_exp": """dv/dt = (g_excitatory + g_inhibitory + drive - v) / tau_m : volt (unless refractory)
        dg_excitatory/dt = -g_excitatory / tau_syn_E : volt
        dg_inhibitory/dt = -g_inhibitory / tau_syn_I : volt""",
    "IF_curr_delta": "dv/dt = (drive - v) / tau_m : volt (unless refractory)",
}
DELTA = "IF_curr_delta"
# a drive of many Poisson trains to each cell is this many, which Brian2 draws as one binomial number
TRAINS = 1000


def compile_network(path: str, folder: str, seconds: float, float_type: str) -> None:
    """Write and compile a program that simulates the network."""
    given = Description(path)
    brian2.prefs.core.default_float_dtype = np.dtype(float_type).type
    brian2.set_device("cpp_standalone", build_on_run=False, directory=folder)
    brian2.seed(1)
    brian2.defaultclock.dt = given.timestep_ms * ms
    members = [i for i, p in enumerate(given.populations) if p["model"] in EQUATIONS]
    model = given.populations[members[0]]["model"]
    cells = make_cells(given, members, model)
    objects = [cells, *make_synapses(given, members, cells), brian2.SpikeMonitor(cells)]
    network = brian2.Network(*objects)
    if model == DELTA:  # an input that reaches the threshold fires in the same step
        network.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]
    network.run(seconds * brian2.second)
    brian2.device.build(directory=folder, compile=True, run=False)


def make_cells(given: Description, members: list[int], model: str) -> Any:
    """Return all integrate-and-fire cells as one group; they differ in nothing but current and initial value."""
    values = {name: given.of_cells(members[0], name) for name in given.populations[members[0]]["parameters"]}
    drive = joined(given, members, lambda i: drive_mv(given, i))
    namespace = {name: values[name] * mV for name in ("v_thresh", "v_reset")}
    namespace |= {name: values[name] * ms for name in ("tau_m", "tau_syn_E", "tau_syn_I") if name in values}
    is_same = (drive == drive[0]).all()
    equations = EQUATIONS[model] if is_same else EQUATIONS[model] + "\n drive : volt (constant)"
    cells = brian2.NeuronGroup(
        len(drive),
        equations,
        threshold="v >= v_thresh",
        reset="v = v_reset",
        # one step longer, as Brian2 counts it
        refractory=(values["tau_refrac"] + given.timestep_ms) * ms,
        method="exact",
        namespace=namespace | ({"drive": drive[0] * mV} if is_same else {}),
    )
    if not is_same:
        cells.drive = drive * mV
    cells.v = joined(given, members, lambda i: start_mv(given, i)) * mV
    return cells


def drive_mv(given: Description, population: int) -> float | Array:
    """Return the potential that cells without input would end at."""
    rest, current_na, tau_m, cm = (
        given.of_cells(population, name) for name in ("v_rest", "i_offset", "tau_m", "cm")
    )
    return rest + current_na * tau_m / cm


def start_mv(given: Description, population: int) -> float | Array:
    """Return the potential that cells start at."""
    has_start = "v" in given.populations[population]["parameters"]
    return given.of_cells(population, "v" if has_start else "v_rest")


def joined(given: Description, members: list[int], value_of: Any) -> Array:
    """Return one number a cell, of all populations that are cells."""
    return np.concatenate([np.broadcast_to(value_of(i), given.populations[i]["size"]) for i in members])


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


def unit_mv(given: Description, group: int) -> float:
    """Return the jump in mV, of a potential or of what drives it, that a weight of 1 is."""
    post = given.synapses[group]["to"]
    if given.populations[post]["model"] == DELTA:
        return 1.0
    return given.of_cells(post, "tau_m") / given.of_cells(post, "cm")


def on_pre(given: Description, group: int, jump: str) -> str:
    """Return what a spike does; on a refractory cell a jump of the potential is lost."""
    if given.populations[given.synapses[group]["to"]]["model"] == DELTA:
        return f"v_post += {jump} * int(not_refractory_post)"
    return f"g_{given.synapses[group]['receptor']}_post += {jump}"


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
    one_weight = given.synapses[groups[0]]["weight"]
    delays = {given.synapses[k]["delay"] for k in groups}
    one_delay = delays.pop() if len(delays) == 1 else None
    jumps_mv = np.concatenate([each(given, k, "weight") * unit_mv(given, k) for k in groups])
    # where a spike counts in the step in which it arrives, the delay is a step shorter
    lead = given.populations[given.synapses[groups[0]]["to"]]["model"] == DELTA
    step = given.timestep_ms * ms
    synapses = brian2.Synapses(
        pre,
        post,
        "" if one_weight is not None else "jump : volt (constant)",
        on_pre=on_pre(given, groups[0], "jump"),
        delay=None if one_delay is None else (one_delay - lead) * step,
        namespace={} if one_weight is None else {"jump": jumps_mv[0] * mV},
    )
    synapses.connect(i=ends[0][order], j=ends[1][order])
    if one_weight is None:
        synapses.jump = jumps_mv[order] * mV
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
    jump_mv = given.of_synapses(group, "weight") * unit_mv(given, group)
    variable, suffix = ("v", " * int(not_refractory)") if model == DELTA else ("g_excitatory", "")
    weight = f"{jump_mv!r} * mV{suffix}"
    return brian2.PoissonInput(cells, variable, TRAINS, rate_hz / TRAINS * Hz, weight)
