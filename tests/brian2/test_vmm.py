"""Products as a spiking process against sums over events and a general solver of equations."""

from __future__ import annotations

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.errors import SettingError, UnsupportedError
from neurohw.hardware.analog import AnalogUnit
from neurohw_brian2.vmm import Block, multiply
from tests.naive.analog import membrane, mock, saturated_membrane

ROWS, COLUMNS = 7, 4
CIRCUITS = {
    "ideal": {},
    "leak": {"tau_mem_us": 0.7},
    "current": {"tau_syn_us": 0.3},
    "current and leak": {"tau_syn_us": 0.3, "tau_mem_us": 0.7},
    "equal time constants": {"tau_syn_us": 0.3, "tau_mem_us": 0.3},
    "time constants that are close": {"tau_syn_us": 0.3, "tau_mem_us": 0.3 * (1 + 1e-6)},
}


def operands(seed=0, rows=ROWS, vectors=3):
    """Return vectors with zeros, one of them empty, and a matrix of both signs."""
    rng = np.random.default_rng(seed)
    inputs = rng.integers(0, 32, (vectors, rows)) * (rng.random((vectors, rows)) < 0.6)
    inputs[-1] = 0
    return inputs, rng.integers(-63, 64, (rows, COLUMNS))


@pytest.mark.parametrize("circuit", CIRCUITS)
@pytest.mark.parametrize(("num_sends", "wait", "delay_us"), [(1, 5, 0.0), (3, 2, 0.08)])
def test_linear_circuits_add_up_what_is_left_of_every_event(circuit, num_sends, wait, delay_us):
    taus = CIRCUITS[circuit]
    inputs, weights = operands()
    unit = AnalogUnit(**taus, read_delay_us=delay_us)
    found = multiply(unit, inputs, [Block.ideal(weights)], num_sends=num_sends, wait_between_events=wait)
    timing = {"wait_us": wait * 0.008, "delay_us": delay_us, "num_sends": num_sends}
    expected = [unit.gain * membrane(vector, weights, **timing, **taus) for vector in inputs]
    # near the degenerate case the oracle's difference of exponentials keeps 9 digits
    assert found.analog[0] == pytest.approx(np.array(expected), abs=1e-8 if "close" in circuit else 1e-12)


@pytest.mark.parametrize("leak", [{}, {"tau_mem_us": 0.7}])
def test_saturating_currents_follow_a_general_solver(leak):
    inputs, weights = operands(1)
    unit = AnalogUnit(tau_syn_us=0.3, saturation=3.0, read_delay_us=0.04, **leak)
    found = multiply(unit, inputs, [Block.ideal(weights)], num_sends=2)
    limits = {"i_max": 3.0 / unit.gain, "tau_syn_us": 0.3, "delay_us": 0.04, "num_sends": 2, **leak}
    expected = np.array([unit.gain * saturated_membrane(vector, weights, **limits) for vector in inputs])
    linear = multiply(unit.replace(saturation=None), inputs, [Block.ideal(weights)], num_sends=2)
    assert found.analog[0] == pytest.approx(expected, abs=1e-6)
    assert abs(linear.analog[0] - expected).max() > 0.1  # the limit was felt


def test_ideal_codes_of_several_blocks_are_those_of_the_mock():
    rng = np.random.default_rng(2)
    inputs, weights = rng.integers(0, 32, (3, 300)), rng.integers(-63, 64, (300, 5))
    weights[:, 0] = 63  # clamps
    _, codes = load("brian2").matrix_product(AnalogUnit(), inputs, weights)
    assert (codes == mock(inputs, weights, dtype=np.float64)).all()
    assert codes[:, 0].tolist() == [127] * 3


def test_a_block_makes_charges_of_its_pattern():
    """Worked out by hand: one row, one column, every number of the pattern in use."""

    class OneSynapse:
        synapse_exc, synapse_inh = np.array([[1.5]]), np.array([[0.5]])
        synapse_offset = np.array([[-0.1]])
        driver_slope, driver_offset = np.array([0.9]), np.array([2.0])
        column_gain_exc, column_gain_inh = np.array([1.25]), np.array([0.75])
        column_offset = np.array([3.0])

    unit = AnalogUnit(gain=0.01)
    inputs = np.array([[0], [1], [10]])
    up, down = 40 * 1.5 * 0.9 * 1.25, 0.1 * 63 * 0.9 * 0.75
    positive = multiply(unit, inputs, [Block.of(unit, np.array([[40]]), OneSynapse)])
    assert positive.analog.ravel() == pytest.approx([3.0, 3.0, 3.0 + 0.01 * 8 * (up - down)])
    negative = multiply(unit, inputs, [Block.of(unit, np.array([[-40]]), OneSynapse)])
    down += 40 * 0.5 * 0.9 * 0.75
    assert negative.analog.ravel() == pytest.approx([3.0, 3.0, 3.0 - 0.01 * 8 * down])


def test_an_input_below_the_start_of_its_driver_takes_time_nevertheless():
    unit = AnalogUnit(tau_mem_us=0.7)
    weights = np.array([[50], [50]])
    late = Block(np.maximum(weights, 0), np.zeros((2, 1)), np.array([0.0, 5.0]), np.zeros(1))
    found = multiply(unit, np.array([[20, 3], [20, 0]]), [late])
    assert found.analog.ravel() == pytest.approx(2.0 * np.exp(-np.array([0.08, 0.04]) / 0.7))


@pytest.mark.parametrize(
    ("unit", "inputs", "settings", "message"),
    [
        ({}, [[1, 2, 3]], {}, "must be .vectors, rows."),
        ({}, [[1, -2]], {}, "an input of -2"),
        ({}, [[1, 2]], {"num_sends": 0}, "num_sends = 0"),
        ({}, [[1, 2]], {"wait_between_events": 0}, "at least 1 cycle"),
        ({"read_delay_us": 0.003}, [[1, 2]], {}, "read_delay_us = 0.003 must be a whole number of steps"),
    ],
)
def test_what_cannot_be_simulated_is_refused(unit, inputs, settings, message):
    with pytest.raises(SettingError, match=message):
        multiply(AnalogUnit(**unit), np.array(inputs), [Block.ideal(np.ones((2, 1), int))], **settings)


def test_units_with_more_than_a_block_has_are_refused():
    with pytest.raises(UnsupportedError, match="slice_bits"):
        multiply(AnalogUnit(slice_bits=2), np.ones((1, 2), int), [Block.ideal(np.ones((2, 1), int))])


def test_arrays_and_patterns_are_as_many_as_the_blocks():
    reference = load("brian2")
    operands = AnalogUnit(), np.ones((1, 200), int), np.ones((200, 1), int)
    with pytest.raises(SettingError, match="1 patterns for 2 blocks of 128 rows"):
        reference.matrix_product(*operands, patterns=[None])
    with pytest.raises(SettingError, match="arrays and patterns"):
        reference.matrix_product(*operands, patterns=[None], arrays=[None])
