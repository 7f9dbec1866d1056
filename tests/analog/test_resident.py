"""Matrices that a chip keeps programmed: never older than what is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog import resident
from neurohw_analog.board import AnalogBoard
from neurohw_analog.chip import AnalogChip

UNIT = AnalogUnit(noise=0.0, gain=0.01, column_offset_spread=3.0, column_gain_spread=0.2, blocks_per_chip=2)


def operands(seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 32, (5, 150)), rng.integers(-20, 21, (150, 9))


@pytest.fixture
def programmed(monkeypatch):
    """Return the list of the shapes that are programmed from now on."""
    shapes = []
    program = resident._program

    def counted(unit, arrays, weights, setting):
        shapes.append(weights.shape)
        return program(unit, arrays, weights, setting)

    monkeypatch.setattr(resident, "_program", counted)
    return shapes


def test_a_matrix_is_programmed_once_while_nothing_changes(programmed):
    inputs, weights = operands()
    chip = AnalogChip(UNIT, 1)
    first = chip.multiply(inputs, weights)
    assert (chip.multiply(inputs, weights.copy()) == first).all()
    assert (chip.multiply(inputs[:2], weights) == first[:2]).all()
    assert programmed == [weights.shape]


@pytest.mark.parametrize(
    "change",
    [
        {"num_sends": 2},
        {"wait_between_events": 9},
        {"first_block": 1},
    ],
)
def test_other_settings_are_programmed_anew_and_give_what_a_fresh_chip_gives(change, programmed):
    unit = UNIT.replace(tau_mem_us=5.0)
    inputs, weights = operands()
    chip = AnalogChip(unit, 1)
    before = chip.multiply(inputs, weights)
    after = chip.multiply(inputs, weights, **change)
    assert (after == AnalogChip(unit, 1).multiply(inputs, weights, **change)).all()
    assert (after != before).any()
    assert (chip.multiply(inputs, weights) == before).all()
    assert len(programmed) == 3  # two here, one on the fresh chip


def test_weights_changed_in_place_are_seen():
    inputs, weights = operands()
    chip = AnalogChip(UNIT, 1)
    chip.multiply(inputs, weights)
    weights[3] = 60
    assert (chip.multiply(inputs, weights) == AnalogChip(UNIT, 1).multiply(inputs, weights)).all()


def test_trims_take_effect_on_matrices_that_were_multiplied_before():
    inputs, weights = operands()
    chip = AnalogChip(UNIT, 1)
    before = chip.multiply(inputs, weights)
    chip.trims = chip.trims.changed(column_offset=chip.trims.column_offset + 200)
    after = chip.multiply(inputs, weights)
    fresh = AnalogChip(UNIT, 1)
    fresh.trims = chip.trims
    assert (after == fresh.multiply(inputs, weights)).all()
    assert (after > before).any()


def test_a_board_keeps_its_matrices_too(programmed):
    inputs, weights = operands()
    board = AnalogBoard([AnalogChip(UNIT, 1), AnalogChip(UNIT, 2)])
    assert (board.multiply(inputs, weights) == board.multiply(inputs, weights)).all()
    assert programmed == [weights.shape]


def test_the_matrix_used_longest_ago_gives_way(programmed, monkeypatch):
    inputs, weights = operands()
    monkeypatch.setattr(resident, "MOST_WEIGHTS", 2 * weights.size)
    chip = AnalogChip(UNIT, 1)
    for matrix in (weights, -weights, weights, 2 * weights, weights):
        chip.multiply(inputs, matrix)
    assert len(programmed) == 3
    chip.multiply(inputs, -weights)
    assert len(programmed) == 4


def test_a_board_sees_the_trims_of_its_chips_change():
    inputs, weights = operands()
    chip = AnalogChip(UNIT, 1)
    board = AnalogBoard([chip])
    before = board.multiply(inputs, weights)
    chip.trims = chip.trims.changed(column_offset=chip.trims.column_offset + 200)
    assert (board.multiply(inputs, weights) == chip.multiply(inputs, weights)).all()
    assert (board.multiply(inputs, weights) > before).any()
