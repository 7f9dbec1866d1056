"""The Brian2 network of many runs: drivers that send, synapses that carry charge, columns that add it up."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np

from neurohw_brian2.codegen import numpy_by_default
from neurohw_brian2.vmm.circuit import Circuit
from neurohw_brian2.vmm.schedule import Schedule

Array = np.ndarray

DRIVER = """
pulse : 1 (constant)
due : integer
period : integer (constant)
left : integer
"""


def integrate(circuit: Circuit, schedule: Schedule, pulses: Array, exc: Array, inh: Array) -> Array:
    """Return the membranes at the read-out.

    Parameters
    ----------
    circuit : of every column.
    schedule : of every row of every run.
    pulses : lengths of pulses [runs, rows].
    exc, inh : weights of each side, at least 0 [rows, columns].

    Returns
    -------
    float64 [runs, columns], in input*weight.
    """
    n_runs, n_columns = len(pulses), exc.shape[1]
    with numpy_by_default():
        clock = brian2.Clock(circuit.step_us * brian2.usecond)
        columns = brian2.NeuronGroup(
            n_runs * n_columns, circuit.equations, method=circuit.method, clock=clock
        )
        drivers = _drivers(schedule, pulses, clock)
        synapses = [
            _synapses(drivers, columns, values, n_runs, circuit.arrival(side))
            for side, values in (("exc", exc), ("inh", inh))
            if values.any()
        ]
        network = brian2.Network(columns, drivers, *synapses)
        network.run((schedule.until + 1) * clock.dt, namespace=_constants(circuit))
        return np.array(columns.v).reshape(n_runs, n_columns)


def _drivers(schedule: Schedule, pulses: Array, clock: Any) -> Any:
    """Make a neuron of each row of each run, which fires when an event is due."""
    drivers = brian2.NeuronGroup(
        pulses.size,
        DRIVER,
        threshold="left > 0 and t_in_timesteps == due",
        reset="due += period; left -= 1",
        clock=clock,
    )
    drivers.pulse = pulses.ravel()
    drivers.due = schedule.first.ravel()
    drivers.period = schedule.period.ravel()
    drivers.left = schedule.sends.ravel()
    return drivers


def _synapses(drivers: Any, columns: Any, weights: Array, n_runs: int, arrival: str) -> Any:
    """Connect, in every run, the rows to the columns where a weight is set."""
    n_rows, n_columns = weights.shape
    row, column = np.nonzero(weights)
    run = np.arange(n_runs)[:, None]
    synapses = brian2.Synapses(drivers, columns, "weight : 1 (constant)", on_pre=arrival, clock=drivers.clock)
    synapses.connect(i=(run * n_rows + row).ravel(), j=(run * n_columns + column).ravel())
    synapses.weight = np.tile(weights[row, column], n_runs)
    return synapses


def _constants(circuit: Circuit) -> dict[str, Any]:
    """Return the names that the equations use."""
    times = {"tau_mem": circuit.tau_mem_us, "tau_syn": circuit.tau_syn_us}
    constants = {name: value * brian2.usecond for name, value in times.items() if value is not None}
    return constants if circuit.i_max is None else {**constants, "i_max": circuit.i_max}
