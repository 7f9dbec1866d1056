"""What becomes of the charge of events until the reading: leak, synaptic current, saturation.

A run sends the inputs of a vector row after row, ``num_sends`` times over; an input of 0 sends nothing and takes no
time. Event k = 0, 1, ... stands at t_k = k * wait * event_ns, and the membranes are read at T = n * wait * event_ns +
read_delay_us, n being the number of events. An event of row i brings column c the charge, in LSB,

    q_exc = gain * x_i * exc_ic        q_inh = gain * x_i * inh_ic

with x_i the input less the driver's offset, and exc and inh the weights as programmed. From V = 0 and I = 0 at t = 0:

    dI_exc/dt = -I_exc / tau_syn + sum over events of q_exc / tau_syn * delta(t - t_k)        and the same for inh
    dV/dt     = -V / tau_mem + limited(I_exc) - limited(I_inh)        limited(I) = I / sqrt(1 + (I / saturation)^2)

Without ``tau_syn_us``, V jumps by q_exc - q_inh at each event. Without ``tau_mem_us``, V does not leak. Without
``saturation``, limited(I) = I; the equations are linear then, and at T an event has the share

    jump                  exp(-(T - t_k) / tau_mem)
    current, no leak      1 - exp(-(T - t_k) / tau_syn)
    current and leak      tau_mem / (tau_mem - tau_syn) * (exp(-(T - t_k) / tau_mem) - exp(-(T - t_k) / tau_syn))

of its charge, so that inputs are multiplied by their shares and one matrix product does the rest. With saturation the
equations are integrated by the classical Runge-Kutta method, from event to event. To V(T) is added the column's offset.
"""

from __future__ import annotations

from math import ceil, inf

import numpy as np

from neurohw.errors import SimulationError
from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.kernels.ordered import ordered_product
from neurohw_analog.kernels.saturation import saturating_run
from neurohw_analog.programmed import Programmed

Array = np.ndarray

STEPS_PER_TAU = 10  # integration steps in the shortest time constant, at least


def is_static(unit: AnalogUnit) -> bool:
    """Return whether all charge arrives at once and stays."""
    return unit.tau_mem_us is None and unit.tau_syn_us is None and unit.saturation is None


def membranes(
    unit: AnalogUnit, programmed: Programmed, inputs: Array, num_sends: int, slot_us: float
) -> Array:
    """Return what the columns have gathered at the end of the run, in LSB, without offset and noise.

    Parameters
    ----------
    inputs : [vectors, rows], whole numbers.
    slot_us : from event to event.

    Returns
    -------
    float64 [vectors, columns]

    Raises
    ------
    SimulationError
        For membranes that are not finite.
    """
    driven = programmed.driven(inputs.astype(np.float64))
    if unit.saturation is None:
        shares = num_sends if is_static(unit) else _shares(unit, inputs, num_sends, slot_us)
        product: Array = ordered_product(driven * shares, programmed.exc - programmed.inh)
        linear: Array = unit.gain * product
        _refuse_non_finite(unit, linear)
        return linear
    shortest = min(unit.tau_syn_us or inf, unit.tau_mem_us or inf)
    membrane: Array = saturating_run(
        inputs > 0,
        driven,
        unit.gain * programmed.exc,
        unit.gain * programmed.inh,
        num_sends,
        slot_us,
        unit.read_delay_us,
        ceil(STEPS_PER_TAU * slot_us / shortest),
        unit.tau_mem_us or inf,
        unit.tau_syn_us,
        unit.saturation,
    )
    _refuse_non_finite(unit, membrane)
    return membrane


def _shares(unit: AnalogUnit, inputs: Array, num_sends: int, slot_us: float) -> Array:
    """Return how much of the charge of one send is left at the reading, summed over the sends, [vectors, rows]."""
    is_event = inputs > 0
    index = np.cumsum(is_event, axis=1) - 1
    events = is_event.sum(axis=1, keepdims=True)
    shares = np.zeros(inputs.shape)
    for send in range(num_sends):
        slots = (num_sends - send) * events - index  # until the reading
        shares += _share(unit, slots * slot_us + unit.read_delay_us)
    return np.where(is_event, shares, 0.0)


def _share(unit: AnalogUnit, elapsed_us: Array) -> Array:
    mem, syn = unit.tau_mem_us, unit.tau_syn_us
    if mem is None:
        return -np.expm1(-elapsed_us / syn)
    if syn is None:
        left: Array = np.exp(-elapsed_us / mem)
        return left
    # of the two exponentials the slower is taken out: no exponent is above 0, and no digits are lost where both are
    # alike
    rate = abs(1.0 / mem - 1.0 / syn)
    slower: Array = np.exp(-elapsed_us / max(mem, syn))
    if rate == 0.0:
        return slower * elapsed_us / syn
    return slower * -np.expm1(-elapsed_us * rate) / (rate * syn)


def _refuse_non_finite(unit: AnalogUnit, membrane: Array) -> None:
    """Refuse to convert what is no voltage: as whole numbers, NaN and infinity would look like results."""
    if np.isfinite(membrane).all():
        return
    vector, column = np.argwhere(~np.isfinite(membrane))[0]
    raise SimulationError(
        f"analog unit {unit.name!r}: the membrane of column {column} is {membrane[vector, column]} LSB for vector "
        f"{vector}, and must be finite; its gain, tau_mem_us, tau_syn_us or saturation is too extreme"
    )
