"""Soundness of a network: every error is found, and named by object, index, value and limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from neurohw.errors import NetworkError, did_you_mean
from neurohw.network.csr import is_constant
from neurohw.network.declarations import MEMBRANES, SHAPES, CellModel, SynapseModel
from neurohw.network.models import MODELS, POINT_NEURON
from neurohw.network.network import MOST_CELLS, Array, Network, Population, Probe, Synapses
from neurohw.network.synapse_models import SYNAPSE_MODELS
from neurohw.network.waveforms import SHAPES as WAVEFORM_SHAPES
from neurohw.network.waveforms import Waveform

MAX_LISTED = 10
LARGEST = 1e100  # in any unit: the product of three such numbers is still one (float64 ends at 1.8e308)
_MODERATE = f"a finite number, and at most {LARGEST:g} in size"
# the potential that ends in a reset; a cell reset above it would never stop firing
_TOP = {"lif": "v_thresh", "lif_sfa_rr": "v_thresh", "adexp": "v_spike"}


def verify(network: Network) -> None:
    """Check a network.

    Raises
    ------
    NetworkError
        With one line for each thing that is wrong (the first ten of them).
    """
    problems = list(_problems(network))
    if problems:
        more = [f"... and {len(problems) - MAX_LISTED} more"] if len(problems) > MAX_LISTED else []
        raise NetworkError("\n".join(problems[:MAX_LISTED] + more))


def _problems(network: Network) -> Iterator[str]:
    if not (np.isfinite(network.timestep_ms) and network.timestep_ms > 0):
        yield f"network: timestep {network.timestep_ms} ms is not a positive number"
        return
    if network.n_cells > MOST_CELLS:
        yield f"network: {network.n_cells:,} cells, must be at most {MOST_CELLS:,}"
        return
    first = 0
    for population in network.populations:
        if population.first != first:
            yield f"population {population.name!r}: first id {population.first}, expected {first}"
        first += population.size
        yield from _population_problems(population)
    for synapses in network.synapses:
        yield from _synapse_problems(network, synapses)
    yield from _current_problems(network)
    for index, waveform in enumerate(network.waveforms):
        yield from _waveform_problems(network, waveform, f"waveform {index}")
    recorded = set()
    for probe in network.probes:
        yield from _probe_problems(network, probe)
        if (probe.population, probe.variable) in recorded:
            yield f"probe: {probe.variable!r} of population {probe.population} is recorded twice"
        recorded.add((probe.population, probe.variable))


def _population_problems(population: Population) -> Iterator[str]:
    where = f"population {population.name!r}"
    if population.size < 0:
        yield f"{where}: size {population.size} is negative"
        return
    if not _is_known(population.model):
        hint = did_you_mean(population.model.name, MODELS)
        yield f"{where}: unknown cell model {population.model.name!r}{hint} known: {', '.join(MODELS)}"
        return
    yield from _parameter_problems(where, population.model, population.parameters, population.size)
    for name, values in population.initial.items():
        if name not in population.model.variables:
            yield f"{where}: {population.model.name} has no variable {name!r}"
            continue
        yield from _shape_problem(where, name, values, population.size)
        yield from _first_bad(where, f"initial {name}", values, np.isfinite(values), "a finite number")
    if population.model.name == "SpikeSourceArray":
        yield from _train_problems(population)
    elif population.model.name == "SpikeSourceInhGamma":
        yield from _histogram_problems(population)
    elif population.model.name == "SpikeSourcePoissonRefractory":
        yield from _dead_time_problems(population)
    elif population.model.membrane in _TOP:
        yield from _reset_problems(population, _TOP[population.model.membrane])
    if "i_offset" in population.model.parameters:
        yield from _drive_problems(population)


def _reset_problems(population: Population, top: str) -> Iterator[str]:
    where = f"population {population.name!r}"
    names = [name for name in ("v_reset", top, "delta_T", "v_thresh") if name in population.model.parameters]
    if any(getattr(population.parameters.get(name), "shape", None) != (population.size,) for name in names):
        return  # told already
    p = population.parameters
    yield from _first_bad(where, "v_reset", p["v_reset"], p["v_reset"] < p[top], f"below {top}")
    if "delta_T" in p:
        below = (p["v_reset"] < p["v_thresh"]) | (p["delta_T"] != 0)
        yield from _first_bad(where, "v_reset", p["v_reset"], below, "below v_thresh, as delta_T is 0")


def _drive_problems(population: Population) -> Iterator[str]:
    """A current, that of the cell or of 1 nA if it is less, must leave the potential a number."""
    p = population.parameters
    names = [name for name in ("i_offset", "tau_m", "cm") if name in population.model.parameters]
    if any(getattr(p.get(name), "shape", None) != (population.size,) for name in names):
        return  # told already
    cm, i_offset = p.get("cm", np.ones(population.size)), p["i_offset"]
    with np.errstate(all="ignore"):
        v_mv = np.maximum(np.abs(i_offset), 1.0) / cm * p.get("tau_m", 1.0)
    is_told = (cm <= 0) | ~np.isfinite(i_offset)
    limit = f"at most {LARGEST:g} mV; i_offset counts as 1 nA at least"
    name = " * ".join(names).replace("* cm", "/ cm")  # of those that the model has
    yield from _first_bad(
        f"population {population.name!r}", f"({name})", v_mv, is_told | (v_mv <= LARGEST), limit
    )


def _is_known(model: CellModel) -> bool:
    if model.name != POINT_NEURON:
        return MODELS.get(model.name) is model
    return model.membrane in MEMBRANES and all(receptor.shape in SHAPES for receptor in model.receptors)


def _parameter_problems(
    where: str, model: CellModel | SynapseModel, parameters: Mapping[str, Array], size: int
) -> Iterator[str]:
    declared = model.parameters
    for name in declared.keys() - parameters.keys():
        yield f"{where}: parameter {name!r} of {model.name} is missing"
    for name, given in parameters.items():
        if name not in declared:
            yield f"{where}: {model.name} has no parameter {name!r}{did_you_mean(name, declared)}"
            continue
        limit, values = declared[name], _distinct(given)
        yield from _shape_problem(where, name, given, size)
        yield from _first_bad(where, name, values, np.isfinite(values), f"a finite number of {limit.unit}")
        yield from _first_bad(where, name, values, ~(values <= limit.above), f"above {limit.above}")
        yield from _first_bad(where, name, values, ~(values < limit.at_least), f"at least {limit.at_least}")
        yield from _first_bad(where, name, values, ~(values > limit.at_most), f"at most {limit.at_most:g}")
        if limit.whole:
            yield from _first_bad(where, name, values, values == np.rint(values), "a whole number")


def _train_problems(population: Population) -> Iterator[str]:
    where = f"population {population.name!r}"
    trains = population.trains
    if trains is None or trains.indptr.shape != (population.size + 1,):
        yield f"{where}: a SpikeSourceArray of {population.size} cells needs {population.size} spike trains"
        return
    yield from _first_bad(where, "spike tick", trains.ticks, trains.ticks >= 0, "at least 0")
    falls = np.diff(trains.ticks, prepend=-1) >= 0
    falls[trains.indptr[:-1][trains.indptr[:-1] < trains.ticks.size]] = True
    yield from _first_bad(where, "spike tick", trains.ticks, falls, "ascending within a cell")


def _histogram_problems(population: Population) -> Iterator[str]:
    where, histograms = f"population {population.name!r}", population.histograms
    if histograms is None or histograms.indptr.shape != (population.size + 1,):
        yield f"{where}: a SpikeSourceInhGamma of {population.size} cells needs {population.size} histograms"
        return
    indptr, n = histograms.indptr, len(histograms.tbins)
    bins = np.diff(indptr, prepend=0)[1:]
    yield from _first_bad(where, "number of bins", bins, bins >= 1, "at least 1")
    if indptr[0] != 0 or indptr[-1] != n or (bins < 1).any():
        return
    for name in ("tbins", "a", "b"):
        values = getattr(histograms, name)
        yield from _shape_problem(where, name, values, n)
        yield from _first_bad(where, name, values, np.isfinite(values), "a finite number")
    rises = np.diff(histograms.tbins, prepend=-np.inf) > 0
    rises[indptr[:-1]] = True
    yield from _first_bad(where, "tbins", histograms.tbins, rises, "ascending within a cell")
    yield from _first_bad(where, "a", histograms.a, ~(histograms.a < 1), "at least 1")
    yield from _first_bad(where, "b", histograms.b, ~(histograms.b <= 0), "above 0 s")


def _dead_time_problems(population: Population) -> Iterator[str]:
    rate, dead_ms = (population.parameters.get(name) for name in ("rate", "tau_refrac"))
    if rate is not None and dead_ms is not None and rate.shape == dead_ms.shape:
        where = f"population {population.name!r}"
        yield from _first_bad(where, "tau_refrac", dead_ms, dead_ms * rate < 1000, "below 1000 / rate ms")


def _synapse_problems(network: Network, synapses: Synapses) -> Iterator[str]:
    where = f"synapses {synapses.name!r}"
    n_populations = len(network.populations)
    for end, index in (("pre", synapses.pre), ("post", synapses.post)):
        if not 0 <= index < n_populations:
            yield f"{where}: {end} population {index}, the network has {n_populations}"
            return
    pre, post = network.populations[synapses.pre], network.populations[synapses.post]
    if synapses.receptor not in post.model.receptor_names:
        yield (
            f"{where}: population {post.name!r} ({post.model.name}) has no receptor {synapses.receptor!r}; "
            f"it has {', '.join(post.model.receptor_names) or 'none'}"
        )
    n = synapses.size
    if synapses.indptr.shape != (pre.size + 1,) or synapses.indptr[0] != 0 or synapses.indptr[-1] != n:
        yield f"{where}: indptr must have {pre.size + 1} entries from 0 to {n}"
        return
    yield from _first_bad(
        where, "row size", np.diff(synapses.indptr), np.diff(synapses.indptr) >= 0, "at least 0"
    )
    inside = (synapses.target >= 0) & (synapses.target < post.size)
    yield from _first_bad(where, "target", synapses.target, inside, f"between 0 and {post.size - 1}")
    yield from _shape_problem(where, "weight", synapses.weight, n)
    yield from _shape_problem(where, "delay", synapses.delay, n)
    if SYNAPSE_MODELS.get(synapses.model.name) is not synapses.model:
        hint = did_you_mean(synapses.model.name, SYNAPSE_MODELS)
        yield f"{where}: unknown synapse model {synapses.model.name!r}{hint} known: {', '.join(SYNAPSE_MODELS)}"
    else:
        yield from _parameter_problems(where, synapses.model, synapses.parameters, n)
    weight, delay = _distinct(synapses.weight), _distinct(synapses.delay)
    yield from _first_bad(where, "weight", weight, _is_moderate(weight), _MODERATE)
    yield from _first_bad(where, "delay", delay, delay >= 1, "at least 1 tick (the timestep)")


def _current_problems(network: Network) -> Iterator[str]:
    currents = network.currents
    if not len(currents.neuron) == len(currents.tick) == len(currents.step_na):
        sizes = f"{len(currents.neuron)} cells, {len(currents.tick)} ticks and {len(currents.step_na)} steps"
        yield f"currents: {sizes}, must be as many of each"
        return
    yield from _target_problems(network, currents.neuron, "currents")
    yield from _first_bad("currents", "tick", currents.tick, currents.tick >= 0, "at least 0")
    yield from _first_bad("currents", "step", currents.step_na, _is_moderate(currents.step_na), _MODERATE)
    rises = np.diff(currents.tick, prepend=0) >= 0
    yield from _first_bad("currents", "tick", currents.tick, rises, "ascending")


def _waveform_problems(network: Network, waveform: Waveform, where: str) -> Iterator[str]:
    yield from _target_problems(network, waveform.neuron, where)
    if waveform.shape not in WAVEFORM_SHAPES:
        yield f"{where}: unknown shape {waveform.shape!r}; known: {', '.join(WAVEFORM_SHAPES)}"
    if waveform.every < 1:
        yield f"{where}: a new value every {waveform.every} ticks, at least 1 is needed"
    for name in ("level_na", "size_na", "frequency_hz", "phase_deg"):
        if not abs(getattr(waveform, name)) <= LARGEST:
            yield f"{where}: {name} = {getattr(waveform, name)} must be {_MODERATE}"
    if waveform.shape == "noise" and waveform.size_na < 0:
        yield f"{where}: standard deviation {waveform.size_na} nA, must be at least 0"


def _target_problems(network: Network, neuron: Array, where: str) -> Iterator[str]:
    inside = (neuron >= 0) & (neuron < network.n_cells)
    yield from _first_bad(where, "cell", neuron, inside, f"below {network.n_cells}")
    for population in network.populations:
        if not population.model.is_source:
            continue
        if ((neuron >= population.ids.start) & (neuron < population.ids.stop)).any():
            yield f"{where}: population {population.name!r} ({population.model.name}) takes no current"


def _probe_problems(network: Network, probe: Probe) -> Iterator[str]:
    if not 0 <= probe.population < len(network.populations):
        yield f"probe: population {probe.population}, the network has {len(network.populations)}"
        return
    population = network.populations[probe.population]
    where = f"probe of population {population.name!r}"
    if probe.variable != "spikes" and probe.variable not in population.model.variables:
        known = ", ".join(["spikes", *population.model.variables])
        yield f"{where}: {population.model.name} has no variable {probe.variable!r}; it has {known}"
    inside = (probe.cells >= 0) & (probe.cells < population.size)
    yield from _first_bad(where, "cell", probe.cells, inside, f"between 0 and {population.size - 1}")
    rises = np.diff(probe.cells, prepend=-1) > 0
    yield from _first_bad(where, "cell", probe.cells, rises, "ascending, each cell once")
    if probe.every < 1:
        yield f"{where}: sampled every {probe.every} ticks, at least 1 is needed"


def _distinct(values: Array) -> Array:
    return values[:1] if is_constant(values) else values


def _is_moderate(values: Array) -> Array:
    return (values >= -LARGEST) & (values <= LARGEST)


def _shape_problem(where: str, name: str, values: Array, size: int) -> Iterator[str]:
    if values.shape != (size,):
        yield f"{where}: {name} has shape {values.shape}, expected ({size},)"


def _first_bad(where: str, name: str, values: Array, good: Array, limit: str) -> Iterator[str]:
    if not good.all():
        index = int(np.argmin(good))
        count = good.size - int(np.count_nonzero(good))
        others = f" (and {count - 1} more)" if count > 1 else ""
        yield f"{where}: {name}[{index}] = {values[index]}, must be {limit}{others}"
