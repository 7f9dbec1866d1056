"""A cell model as Brian2 equations, composed of its membrane and its receptors.

The capacitance is called ``c_m``, as ``cm`` is a unit; times are in seconds, everything else is in PyNN's units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from neurohw.network import Population
from neurohw.network.declarations import CellModel, Receptor
from neurohw_brian2.membranes import MEMBRANES, Membrane
from neurohw_brian2.receptors import RECEPTOR_SHAPES, beta_gain

Array = np.ndarray

# PyNN's name -> ours, where they differ
_RENAMED = {"cm": "c_m"}
# written by the session: a current that changes, a time on the grid
_NOT_CONSTANTS = ("i_offset", "tau_refrac")


@dataclass(frozen=True)
class CellEquations:
    """What Brian2 needs to know of a cell model beyond its parameters.

    Attributes
    ----------
    membrane : threshold, reset, initial values.
    dynamics : differential equations.
    states : the variables that they move on.
    arrival : per receptor, what a synapse does to its target, with ``{passed}`` for the weight passed on.
    recorded : declared variable -> the states and constants that add up to it: mostly one, none for delta receptors.
    initial : declared variable -> the state that its initial value goes to.
    is_linear : whether a closed form exists.
    time_constants : names of all constants that are time constants.
    """

    membrane: Membrane
    dynamics: str
    states: tuple[str, ...]
    arrival: Mapping[str, str]
    recorded: Mapping[str, tuple[str, ...]]
    initial: Mapping[str, str]
    is_linear: bool
    time_constants: tuple[str, ...]


def compose(model: CellModel) -> CellEquations:
    """Return the equations of a cell model."""
    membrane = MEMBRANES[model.membrane]
    shapes = [RECEPTOR_SHAPES[receptor.shape] for receptor in model.receptors]
    currents = [*_currents(model.receptors, membrane.potential), "i_in"]
    of_receptors = [state.format(k=k) for k, shape in enumerate(shapes) for state in shape.states]
    initial = _initial(model, membrane)
    return CellEquations(
        membrane=membrane,
        dynamics=membrane.dynamics.format(current=" + ".join(currents))
        + "".join(shape.dynamics.format(k=k) for k, shape in enumerate(shapes)),
        states=(*membrane.states, *of_receptors),
        arrival={
            receptor.name: shape.arrival.format(k=k, passed="{passed}")
            for k, (receptor, shape) in enumerate(zip(model.receptors, shapes, strict=True))
        },
        recorded=dict.fromkeys(model.variables, ())
        | {name: (state,) for name, state in initial.items()}
        | dict(membrane.sums),
        initial=initial,
        is_linear=membrane.is_linear and not any(r.shape.startswith("cond") for r in model.receptors),
        time_constants=(*membrane.time_constants, *_time_constants(model.receptors)),
    )


def constants(population: Population) -> dict[str, Array]:
    """Return the constants of the equations for every cell (float64 [size], times in s)."""
    model, given = population.model, population.parameters
    names = {name: _RENAMED.get(name, name) for name in model.parameters if name not in _NOT_CONSTANTS}
    for k, receptor in enumerate(model.receptors):
        names |= {parameter: f"{role}_{k}" for role, parameter in receptor.parameters.items()}
    values = {
        name: given[parameter] * (1e-3 if model.parameters[parameter].unit == "ms" else 1.0)
        for parameter, name in names.items()
    }
    values |= {name: compute(given) for name, compute in MEMBRANES[model.membrane].derived.items()}
    for k, receptor in enumerate(model.receptors):
        if receptor.shape == "cond_beta":
            rise, decay = (given[receptor.parameters[role]] for role in ("tau_rise", "tau_decay"))
            values[f"gain_{k}"] = beta_gain(rise, decay)
    return values


def is_time(constant: str) -> bool:
    """Return whether a constant of the equations is a time."""
    return constant.startswith("tau_")


def _initial(model: CellModel, membrane: Membrane) -> dict[str, str]:
    places = {receptor.variable: f"x_{k}" for k, receptor in enumerate(model.receptors)}
    places |= membrane.variables
    without = {receptor.variable for receptor in model.receptors if receptor.shape == "delta"}
    without.update(membrane.not_set)
    return {name: places.get(name, name) for name in model.variables if name not in without}


def _currents(receptors: tuple[Receptor, ...], potential: str) -> list[str]:
    """Return the synaptic currents; a delta receptor has none."""
    terms = []
    for k, receptor in enumerate(receptors):
        if receptor.shape.startswith("cond"):
            terms.append(f"x_{k}*(e_rev_{k} - {potential})")
        elif receptor.shape != "delta":
            terms.append(f"x_{k}")
    return terms


def _time_constants(receptors: tuple[Receptor, ...]) -> list[str]:
    roles = [(k, role) for k, receptor in enumerate(receptors) for role in receptor.parameters]
    return [f"{role}_{k}" for k, role in roles if is_time(f"{role}_")]
