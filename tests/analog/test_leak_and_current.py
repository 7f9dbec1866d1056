"""Leak and synaptic current over their whole range of time constants, against two closed forms and an integration."""

from __future__ import annotations

import math

import numpy as np
import pytest

from neurohw.errors import SimulationError
from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.chip import AnalogChip
from neurohw_analog.dynamics import membranes

GAIN, X, W = 0.002, 31, 60


def exact(tau_mem, tau_syn, rows, num_sends, slot_us, delay_us=0.0):
    """Return the membrane as the sum over all events of what is left of their charge."""
    events = rows * num_sends
    elapsed = [(events - k) * slot_us + delay_us for k in range(events)]
    if tau_mem == tau_syn:
        shares = [t / tau_mem * math.exp(-t / tau_mem) for t in elapsed]
    else:
        factor = tau_mem / (tau_mem - tau_syn)
        shares = [factor * (math.exp(-t / tau_mem) - math.exp(-t / tau_syn)) for t in elapsed]
    return GAIN * X * W * math.fsum(shares)


def integrated(tau_mem, tau_syn, rows, num_sends, slot_us, steps):
    """Return the membrane after Heun steps of the two differential equations."""
    h = slot_us / steps
    v = current = 0.0
    for _ in range(rows * num_sends):
        current += GAIN * X * W / tau_syn
        for _ in range(steps):
            later = current * math.exp(-h / tau_syn)
            slope = current - v / tau_mem
            v += h / 2 * (slope + later - (v + h * slope) / tau_mem)
            current = later
    return v


def membrane(tau_mem, tau_syn, rows, num_sends, wait, delay_us=0.0):
    chip = AnalogChip(
        AnalogUnit(noise=0.0, gain=GAIN, tau_mem_us=tau_mem, tau_syn_us=tau_syn, read_delay_us=delay_us)
    )
    operands = np.full((1, rows), X), np.full((rows, 1), W)
    settings = {"num_sends": num_sends, "wait_between_events": wait}
    voltage = chip.membranes(*operands, **settings).item()
    assert chip.multiply(*operands, **settings).item() == max(-128, min(127, math.floor(voltage)))
    return voltage


@pytest.mark.parametrize(
    ("tau_mem", "tau_syn", "num_sends", "wait", "delay_us"),
    [
        (1.0, 10.0, 200, 5, 0.0),  # exp((1/tau_mem - 1/tau_syn) t) is beyond float64 from here ...
        (0.1, 10.0, 15, 5, 0.0),
        (1.0, 10.0, 1, 1000, 0.0),
        (1.0, 10.0, 1, 5, 800.0),  # ... to here
        (0.1, 10.0, 14, 5, 0.0),
        (1e-3, 1e3, 2, 5, 0.0),
        (1e3, 1e-3, 2, 5, 0.0),
        (10.0, 0.1, 100, 5, 0.0),
        (2.0, 2.0, 100, 5, 0.0),
        (0.01, 0.01, 1, 1000, 0.0),
    ],
)
def test_long_runs_keep_the_membrane_of_the_closed_form(tau_mem, tau_syn, num_sends, wait, delay_us):
    expected = exact(tau_mem, tau_syn, 128, num_sends, wait * 8e-3, delay_us)
    found = membrane(tau_mem, tau_syn, 128, num_sends, wait, delay_us)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("tau_mem", "tau_syn"), [(0.05, 5.0), (5.0, 0.05), (0.5, 0.5)])
def test_membranes_are_those_of_the_differential_equations(tau_mem, tau_syn):
    found = membrane(tau_mem, tau_syn, 16, 4, 20)
    assert found == pytest.approx(integrated(tau_mem, tau_syn, 16, 4, 0.16, 400), rel=1e-3)


@pytest.mark.parametrize("nearly", [math.nextafter(2.0, 3.0), math.nextafter(2.0, 1.0), 2.0 + 1e-9])
def test_time_constants_that_nearly_agree_give_what_equal_ones_give(nearly):
    assert membrane(nearly, 2.0, 32, 5, 5) == pytest.approx(membrane(2.0, 2.0, 32, 5, 5), rel=1e-8)
    assert membrane(2.0, nearly, 32, 5, 5) == pytest.approx(membrane(2.0, 2.0, 32, 5, 5), rel=1e-8)


def test_membranes_that_are_no_numbers_are_refused():
    """Not even where they come from outside the equations, as from a weight that is no number."""
    unit = AnalogUnit(name="leaky", noise=0.0, tau_mem_us=1.0)
    weights = np.array([[1.0, 2.0], [3.0, np.nan]])
    programmed = AnalogChip(unit).arrays[0].program(np.nan_to_num(weights))
    programmed.exc[1, 1] = np.nan
    with pytest.raises(
        SimulationError, match="unit 'leaky': the membrane of column 1 is nan LSB for vector 0"
    ):
        membranes(unit, programmed, np.ones((1, 2)), 1, 0.04)
