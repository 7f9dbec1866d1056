"""Which multiplications share their noise: those with the same chip, run, block and vector, and no others."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.board import AnalogBoard
from neurohw_analog.chip import AnalogChip
from neurohw_analog.convolution import conv2d
from neurohw_analog.noise_key import noise_key

UNIT = AnalogUnit(noise=1000.0, result_bits=14, blocks_per_chip=2)
INPUTS, WEIGHTS = np.zeros((400, 4), int), np.zeros((4, 20), int)


def noise(chip, **settings):
    return chip.multiply(INPUTS, WEIGHTS, **settings).ravel().astype(float)


def assert_unrelated(streams):
    for first, second in combinations(streams, 2):
        assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(first.size)


def test_chips_with_the_same_seeds_have_the_same_noise():
    for seed, noise_seed in ((None, 0), (3, 0), (np.int64(3), 8)):
        chips = (AnalogChip(UNIT, seed, noise_seed=noise_seed) for _ in range(2))
        first, second = (noise(chip) for chip in chips)
        np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(noise(AnalogChip(UNIT, np.int64(3))), noise(AnalogChip(UNIT, 3)))


@pytest.mark.parametrize("settings", [{}, {"noise_seed": 5}, {"noise_seed": 5, "first_vector": 7}])
def test_chips_with_different_seeds_have_different_noise(settings):
    assert_unrelated([noise(AnalogChip(UNIT, seed), **settings) for seed in (None, 0, 1, 2, 2**62)])


def test_chips_without_a_seed_differ_by_their_noise_seed():
    assert_unrelated([noise(AnalogChip(UNIT, noise_seed=seed)) for seed in range(4)])


def test_blocks_have_noise_of_their_own():
    chip = AnalogChip(UNIT, 1)
    streams = [noise(chip, noise_seed=1, first_vector=0, first_block=block) for block in range(4)]
    assert_unrelated(streams)
    np.testing.assert_array_equal(streams[0], noise(chip, noise_seed=1))


def test_boards_of_different_chips_have_different_noise():
    boards = [AnalogBoard([AnalogChip(UNIT, a), AnalogChip(UNIT, b)]) for a, b in ((1, 2), (2, 1), (1, 3))]
    assert_unrelated([noise(board) for board in boards])
    alone, on_board = AnalogChip(UNIT, 1), AnalogBoard([AnalogChip(UNIT, 1)])
    np.testing.assert_array_equal(noise(alone), noise(on_board))


def test_keys_do_not_meet():
    """Neither seeds that change places nor those of several chips make the same key."""
    seeds = (None, 0, 1, 2, 2**32, 2**63 - 1)
    runs = (0, 1, 2**32, 2**63 - 1)
    chips = [(a,) for a in seeds] + [(a, b) for a in seeds for b in seeds if (a, b) != (None, None)]
    keys = {noise_key(run, chip) for run in runs for chip in chips}
    assert len(keys) == len(runs) * len(chips)
    assert all(0 <= key < 2**64 for key in keys)


def test_groups_of_a_convolution_have_noise_of_their_own():
    chip = AnalogChip(UNIT)
    x, w = np.zeros((3, 4, 40, 40), int), np.zeros((4, 1, 1, 1), int)
    results = conv2d(chip, x, w, groups=4, noise_seed=3)
    assert_unrelated([results[:, channel].ravel().astype(float) for channel in range(4)])
    positions = 40 * 40  # vectors of one image
    second = conv2d(chip, x[1:], w, groups=4, noise_seed=3, first_vector=positions)
    np.testing.assert_array_equal(second, results[1:])
