"""The choice of how Brian2 integrates a group of cells.

Linear cells take Brian2's own closed form (``method="exact"``). That form divides by differences of time
constants, so for cells where two are equal or close the propagator of the same equations is computed as a
matrix exponential instead. Other cells have no closed form and take classical Runge-Kutta steps, several in a tick.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import brian2
import numpy as np
import sympy  # type: ignore[import-untyped]
from brian2.stateupdaters.exact import get_linear_system
from scipy.linalg import expm

from neurohw_brian2.equations import CellEquations

Array = np.ndarray

CLOSEST = 0.05  # relative distance of time constants at which the closed form still keeps 10 digits
STEEPEST = 30.0  # ticks per time constant up to which its exponentials stay in range
RK4_STEP = 0.05  # longest Runge-Kutta step per time constant: an error of 3e-9 a step
RK4_SUBSTEPS = 4  # at least, as open synapses shorten the membrane's time constant
# v of a steep membrane moves by 1 mV in some 10 us: a spike is found to about a 20th of 0.1 ms
STEEP_STEP_S = 5e-6

Method = Callable[..., str]

# by dynamics: Brian2 takes seconds to solve them with sympy, and the answer is always the same
_solutions: dict[str, str] = {}


@dataclass(frozen=True)
class Integration:
    """A Brian2 integration method, the constants that it needs per cell, and how often it is to be run in a tick."""

    method: Method
    constants: Mapping[str, Array] = field(default_factory=dict)
    substeps: int = 1


def choose_integration(cells: CellEquations, values: Mapping[str, Array], dt_s: float) -> Integration:
    """Choose for cells with the given constants (names of the equations, times in s)."""
    taus = [values[name] for name in cells.time_constants]
    if not cells.is_linear:
        substeps = _substeps(cells, taus, dt_s)
        return Integration(_runge_kutta(substeps, cells.membrane.after_substep), substeps=substeps)
    if _closed_form_is_sound(taus, dt_s):
        return Integration(_closed_form(cells.dynamics))
    return _by_matrix_exponential(cells, values, dt_s)


def _closed_form_is_sound(taus: list[Array], dt_s: float) -> bool:
    tau_m, *others = taus
    apart = all((abs(tau - tau_m) >= CLOSEST * tau_m).all() for tau in others)
    return apart and all((dt_s <= STEEPEST * tau).all() for tau in taus)


def _closed_form(dynamics: str) -> Method:
    def method(equations: Any, variables: Any = None, method_options: Any = None) -> str:
        if dynamics not in _solutions:
            _solutions[dynamics] = brian2.exact(equations, variables, method_options)
        return _solutions[dynamics]

    return method


def _substeps(cells: CellEquations, taus: list[Array], dt_s: float) -> int:
    longest_s = min((RK4_STEP * tau.min() for tau in taus), default=dt_s)
    if cells.membrane.is_steep:
        longest_s = min(longest_s, STEEP_STEP_S)
    return max(RK4_SUBSTEPS, ceil(dt_s / longest_s * (1 - 1e-9)))


def _runge_kutta(substeps: int, afterwards: str) -> Method:
    def method(equations: Any, variables: Any = None, method_options: Any = None) -> str:
        step = brian2.rk4(equations, variables, method_options)
        step = re.sub(r"\bdt\b", f"(dt/{substeps})", step)
        return f"_before = v\n{step}\n{afterwards}" if afterwards else step

    return method


def _by_matrix_exponential(cells: CellEquations, values: Mapping[str, Array], dt_s: float) -> Integration:
    """Write out ``x(t + dt) = P x(t)`` with one constant for each element of P that is not zero."""
    columns = [*cells.states, "i_in", "one"]
    propagators = expm(_system(cells, values) * dt_s)
    constants: dict[str, Array] = {}
    lines = []
    for row, state in enumerate(cells.states):
        terms = []
        for column, other in enumerate(columns):
            if propagators[:, row, column].any():
                constants[f"P_{state}_{other}"] = propagators[:, row, column]
                terms.append(f"P_{state}_{other}*{other}" if other != "one" else f"P_{state}_one")
        lines.append(f"_next_{state} = {' + '.join(terms)}")
    lines += [f"{state} = _next_{state}" for state in cells.states if state != "v"]
    lines.append("v = v + int(not_refractory)*(_next_v - v)")
    return Integration(lambda *_args, **_options: "\n".join(lines), constants)


def _system(cells: CellEquations, values: Mapping[str, Array]) -> Array:
    """Return A [cells, m, m] of dx/dt = A x for x = (states, i_in, 1), read off the equations."""
    dynamics = cells.dynamics.replace("(unless refractory)", "") + "di_in/dt = 0*Hz : 1\n"
    names, matrix, constant = get_linear_system(brian2.Equations(dynamics), {})
    order = [names.index(name) for name in (*cells.states, "i_in")]
    known = {sympy.Symbol("ms", real=True): 1e-3, sympy.Symbol("Hz", real=True): 1.0}
    symbols = [sympy.Symbol(name, real=True) for name in values]
    n, m = len(next(iter(values.values()))), len(order)
    system = np.zeros((n, m + 1, m + 1))
    for row, i in enumerate(order):
        elements = [matrix[i, j] for j in order] + [constant[i]]
        for column, element in enumerate(elements):
            evaluate = sympy.lambdify(symbols, sympy.sympify(element).subs(known), "numpy")
            system[:, row, column] = evaluate(*values.values())
    return system
