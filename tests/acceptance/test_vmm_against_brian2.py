"""Products of the analog chip against the same products as a spiking process in Brian2."""

from __future__ import annotations

import numpy as np
import pytest

from neurohw.backend import load_matrix, load_reference
from neurohw.cli.vmm_validation import CASES, RANGES, compare
from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw_brian2.vmm import blocks_of

QUIET = load_unit("brainscales2").replace(noise=0.0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.letter}: {case.what}")
def test_the_chip_gives_what_the_events_give(case):
    found = compare(QUIET, case, load_reference("brian2"), (7, 0))
    assert found.holds, found
    assert found.results == 288


@pytest.mark.parametrize("delay_us", [0.0, 0.4])
def test_slow_readings_and_frequent_events(delay_us):
    """Wait of one cycle; the reading waits for currents to flow."""
    rng = np.random.default_rng(1)
    unit = AnalogUnit(noise=0.0, tau_syn_us=0.2, tau_mem_us=3.0, read_delay_us=delay_us, gain=0.01)
    inputs, weights = rng.integers(0, 32, (4, 60)), rng.integers(-63, 64, (60, 9))
    settings = {"num_sends": 3, "wait_between_events": 1}
    chip = load_matrix("analog").chip(unit)
    analog, codes = load_reference("brian2").matrix_product(unit, inputs, weights, **settings)
    assert chip.membranes(inputs, weights, **settings) == pytest.approx(analog[0], abs=1e-9)
    assert (chip.multiply(inputs, weights, **settings) == codes).all()


def test_saturation_that_is_deep_agrees_and_matters():
    rng = np.random.default_rng(2)
    limited = AnalogUnit(noise=0.0, tau_syn_us=0.5, saturation=2.0)
    inputs, weights = rng.integers(10, 32, (3, 100)), rng.integers(20, 64, (100, 5))
    chips = [load_matrix("analog").chip(unit) for unit in (limited, limited.replace(saturation=None))]
    with_limit, without = (chip.membranes(inputs, weights) for chip in chips)
    analog, _ = load_reference("brian2").matrix_product(limited, inputs, weights)
    assert with_limit == pytest.approx(analog[0], abs=1e-3)
    assert (with_limit < 0.2 * without).all()


def test_arrays_hold_what_their_pattern_makes_to_half_a_rounding_step():
    """Weights are rounded, by column, so that sums are exact in float32."""
    rng = np.random.default_rng(3)
    weights = rng.integers(-63, 64, (128, 40))
    array = load_matrix("analog").chip(QUIET, 11).arrays[0]
    held = blocks_of(QUIET, weights, [array], None)[0]
    (made,) = blocks_of(QUIET, weights, None, [array.pattern])
    step = array.program(weights).step
    assert (abs(held.exc - made.exc) <= step / 2 + 1e-12).all()
    assert (abs(held.inh - made.inh) <= step / 2 + 1e-12).all()
    assert (step <= 1 / 8).all()


def test_a_reference_that_is_off_is_noticed():
    """A leak that is 1 % slower than the chip's."""

    class Slower:
        def matrix_product(self, unit, *operands, **settings):
            slower = unit.replace(tau_mem_us=1.01 * unit.tau_mem_us)
            return load_reference("brian2").matrix_product(slower, *operands, **settings)

    leak = next(case for case in CASES if case.letter == "B")
    found = compare(QUIET, leak, Slower(), (7, 0))
    assert not found.holds
    assert found.difference > 1e-3
    assert set(leak.effects) <= set(RANGES)
