"""Chips and boards: what they refuse, their stream of noise, their blocks and what a product costs."""

import numpy as np
import pytest

from neurohw.errors import ChipError, SettingError, UnsupportedError
from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw_analog.board import AnalogBoard
from neurohw_analog.chip import AnalogChip
from neurohw_analog.partition import partition

X = np.ones((2, 4), np.int64)
W = np.ones((4, 3), np.int64)


@pytest.mark.parametrize(
    ("inputs", "weights", "message"),
    [
        (X[0], W, r"inputs: shape \(4,\) must have two axes, \[vectors, rows\]"),
        (X, W[0], r"weights: shape \(3,\) must have two axes"),
        (X, W[:3], r"inputs \(2, 4\) and weights \(3, 3\) do not go together"),
        (X * 32, W, r"inputs\[0, 0\] = 32 must be from 0 to 31"),
        (-X, W, r"inputs\[0, 0\] = -1 must be from 0 to 31"),
        (X, W * 64, r"weights\[0, 0\] = 64 must be from -63 to 63"),
        (X * 1.5, W, r"inputs\[0, 0\] = 1.5 is no whole number"),
        (X, W * np.nan, r"weights\[0, 0\] is not a number \(whole numbers from -63 to 63"),
        (X, W * np.inf, r"weights\[0, 0\] = inf must be from -63 to 63"),
        (X.astype(bool), W, r"inputs: type bool must be whole numbers"),
        (X, W.astype(str), r"weights: type <U21 must be whole numbers"),
        (X[:, :0], W[:0], r"weights: shape \(0, 3\) must have at least one row"),
        ([[1, 2], [3]], W, r"inputs: rows of different lengths"),
    ],
)
def test_operands_that_no_array_takes_are_refused(inputs, weights, message):
    with pytest.raises(SettingError, match=message):
        AnalogChip(AnalogUnit()).multiply(inputs, weights)


@pytest.mark.parametrize(
    "settings",
    [
        {"num_sends": 0},
        {"num_sends": 1.0},
        {"num_sends": True},
        {"wait_between_events": 0},
        {"noise_seed": -1},
        {"first_vector": -1},
        {"first_block": -1},
    ],
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(SettingError, match=f"{next(iter(settings))} = .* must be a whole number"):
        AnalogChip(AnalogUnit()).multiply(X, W, **settings)


@pytest.mark.parametrize("array", [-1, 2, 0.0, True])
def test_an_array_that_a_chip_does_not_have_is_refused(array):
    chip = AnalogChip(AnalogUnit())
    for call in (lambda: chip.membranes(X, W, array=array), lambda: chip.effective_weights(W, array=array)):
        with pytest.raises(SettingError, match=f"array = {array!r} must be a whole number from 0 to 1"):
            call()


def test_whole_numbers_of_any_type_give_the_same():
    chip = AnalogChip(AnalogUnit(noise=0.0, gain=0.5))
    results = [chip.multiply(X.astype(t), W.astype(t)) for t in (np.int8, np.uint8, np.int64, np.float64)]
    for result in results:
        assert result.dtype == np.int8
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.parametrize(("vectors", "columns"), [(0, 3), (2, 0)])
def test_nothing_times_nothing_is_nothing(vectors, columns):
    results, report = AnalogChip("brainscales2", 1).multiply_and_report(X[:vectors], W[:, :columns])
    assert results.shape == (vectors, columns)
    assert report.clipped == 0.0


def test_noise_goes_on_from_call_to_call():
    one, two = AnalogChip(AnalogUnit()), AnalogChip(AnalogUnit())
    first = np.concatenate([one.multiply(X, W), one.multiply(X, W)])
    np.testing.assert_array_equal(first, two.multiply(np.concatenate([X, X]), W))
    assert (first[:2] != first[2:]).any()


def test_matrices_in_different_blocks_go_on_by_themselves():
    x, small, large = np.full((6, 200), 9), np.full((200, 3), 5), np.full((200, 300), 5)
    whole, parts = AnalogChip("brainscales2", seed=1), AnalogChip("brainscales2", seed=1)
    expected = [whole.multiply(x, small), whole.multiply(x, large, first_block=2)]
    found = [[parts.multiply(p, small), parts.multiply(p, large, first_block=2)] for p in (x[:2], x[2:])]
    for of_matrix, other in zip(expected, zip(*found, strict=True), strict=True):
        np.testing.assert_array_equal(np.concatenate(other), of_matrix)


def test_matrices_that_share_a_block_never_share_noise():
    chip, x = AnalogChip("brainscales2"), np.zeros((50, 1))
    first = chip.multiply(x, np.zeros((1, 600)))[:, 256:512]  # in blocks 0 to 2
    again = chip.multiply(x, np.zeros((1, 256)), first_block=1)
    other = AnalogChip("brainscales2").multiply(x, np.zeros((1, 256)), first_block=1)
    np.testing.assert_array_equal(first, other)
    assert (first == again).mean() < 0.5


def test_a_seed_of_noise_starts_its_stream():
    chip = AnalogChip(AnalogUnit())
    first = chip.multiply(X, W, noise_seed=5)
    np.testing.assert_array_equal(chip.multiply(X, W, noise_seed=5), first)
    np.testing.assert_array_equal(chip.multiply(X[1:], W, noise_seed=5, first_vector=1), first[1:])


def test_the_converter_ends_at_its_range():
    unit = AnalogUnit(noise=0.0, adc_range=100.0, adc_offset=10.0)
    chip = AnalogChip(unit)
    x = np.full((1, 128), 31)
    results, report = chip.multiply_and_report(x, np.array([[63, -63, 1]]) * np.ones((128, 1), int))
    assert results.tolist() == [[39, -60, 7]]
    assert report.clipped == pytest.approx(2 / 3)


@pytest.mark.parametrize(("zero", "ends"), [(5.0, [122, -128]), (-5.0, [127, -123])])
def test_a_zero_beside_the_middle_moves_an_end_of_the_whole_range(zero, ends):
    x, w = np.full((1, 128), 31), np.array([[63, -63]]) * np.ones((128, 1), int)
    assert AnalogChip(AnalogUnit(noise=0.0, adc_offset=zero)).multiply(x, w).tolist() == [ends]


def test_row_blocks_are_clipped_before_they_are_added():
    chip = AnalogChip(AnalogUnit(noise=0.0))
    x = np.full((1, 256), 31)
    w = np.concatenate([np.full((128, 1), 63), np.full((128, 1), -8)])
    assert chip.multiply(x, w).tolist() == [[127 - 64]]


def test_blocks_fill_all_arrays_before_the_next_run():
    unit = AnalogUnit()
    blocks = partition(unit, (300, 300), 4)
    assert [(b.rows.start, b.columns.start, b.n_rows, b.n_columns) for b in blocks] == [
        (0, 0, 128, 256),
        (0, 256, 128, 44),
        (128, 0, 128, 256),
        (128, 256, 128, 44),
        (256, 0, 44, 256),
        (256, 256, 44, 44),
    ]
    assert [(b.run, b.array) for b in blocks] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]


def test_what_a_product_costs():
    unit = load_unit("brainscales2")
    x = np.zeros((3, 200), int)
    x[:, :100] = 1  # 100 events for the first rows of blocks, none for the second
    _, report = AnalogChip(unit, 1).multiply_and_report(x, np.ones((200, 300), int), num_sends=2)
    assert (report.blocks, report.runs, report.chips) == (4, 2 * 3, 1)
    assert report.utilisation == 200 * 300 / (2 * 2 * 128 * 256)
    assert report.events == 3 * 2 * 2 * 100
    # 38 us a run, and in the first run of each vector 200 events of 5 cycles of 8 ns
    assert report.time_us == pytest.approx(3 * (2 * 38 + 200 * 0.04))
    assert report.energy_uj == pytest.approx(0.3 * report.time_us)


def test_a_board_takes_what_one_chip_has_no_room_for():
    unit = load_unit("brainscales2").replace(noise=0.0)
    chips = [AnalogChip(unit, seed) for seed in (1, 2)]
    random = np.random.default_rng(0)
    x, w = random.integers(0, 32, (5, 512)), random.integers(-63, 64, (512, 20))
    results, report = AnalogBoard(chips).multiply_and_report(x, w)
    parts = [chips[0].multiply(x[:, :256], w[:256]), chips[1].multiply(x[:, 256:], w[256:])]
    expected = np.clip(sum(part.astype(int) for part in parts), -128, 127)
    inside = (np.abs(parts) < 127).all(axis=0)
    np.testing.assert_array_equal(results[inside], expected[inside])
    assert (report.runs, report.chips) == (5, 2)


def test_a_board_follows_the_trims_of_its_chips():
    chip = AnalogChip(AnalogUnit(noise=0.0))
    board = AnalogBoard([chip])
    chip.trims = chip.trims.changed(column_offset=np.full((2, 256), 1023))
    np.testing.assert_array_equal(board.multiply(X * 0, W), chip.multiply(X * 0, W))
    assert board.multiply(X * 0, W).all()


def test_a_board_has_no_trims():
    board = AnalogBoard([AnalogChip("brainscales2", seed=1)])
    with pytest.raises(UnsupportedError, match=r"board.chips\[i\].trims"):
        _ = board.trims
    with pytest.raises(UnsupportedError, match=r"set board.chips\[i\].trims"):
        board.trims = board.chips[0].trims
    assert not hasattr(board, "trims")
    with pytest.raises(SettingError, match="trims must be Trims, not int 1"):
        board.chips[0].trims = 1


def test_boards_are_of_one_kind():
    with pytest.raises(SettingError, match="at least one"):
        AnalogBoard([])
    with pytest.raises(SettingError, match="one kind, not 'brainscales2' and another 'pcm'"):
        AnalogBoard([AnalogChip("brainscales2"), AnalogChip("pcm")])


def test_a_board_takes_each_chip_once():
    chip = AnalogChip(AnalogUnit(), 4)
    with pytest.raises(SettingError, match="chips 0 and 2 of a board are the same chip, with seed 4"):
        AnalogBoard([chip, AnalogChip(AnalogUnit(), 5), chip])
    assert AnalogBoard([chip, AnalogChip(AnalogUnit(), 4)]).n_chips == 2


@pytest.mark.parametrize(
    ("chips", "message"),
    [
        (["brainscales2"], "chip 0 of a board must be an AnalogChip, not str 'brainscales2'"),
        ("brainscales2", "sequence of chips, not str 'brainscales2'"),
        (None, "sequence of chips, not NoneType None"),
    ],
)
def test_what_is_no_chip_is_on_no_board(chips, message):
    with pytest.raises(SettingError, match=message):
        AnalogBoard(chips)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"columns": 2, "slice_bits": 2}, "columns = 2 must be at least 3: so many take a weight of 6 bits"),
        ({"slice_bits": 7}, "slice_bits = 7 must be at most weight_bits = 6"),
        ({"drift_spread": 0.1}, "drift_spread = 0.1 has no effect without a drift_exponent"),
        ({"adc_offset": 300.0}, "adc_offset = 300.0 leave no digit: from -128 to -173"),
        ({"adc_range": 0.5}, "adc_range = 0.5 and adc_offset = None leave no digit"),
    ],
)
def test_units_whose_numbers_contradict_each_other_are_refused(numbers, message):
    with pytest.raises(ChipError, match=f"analog unit 'ideal': .*{message}"):
        AnalogUnit(**numbers)


def test_units_at_their_limits_multiply():
    sliced = AnalogUnit(noise=0.0, columns=3, slice_bits=2)
    assert AnalogChip(sliced).multiply(X, W).shape == (2, 3)
    whole = AnalogUnit(noise=0.0, slice_bits=6, gain=0.1)
    np.testing.assert_array_equal(AnalogChip(whole).multiply(X, 9 * W), [[3, 3, 3]] * 2)
    AnalogUnit(drift_spread=0.1, drift_exponent=0.0)


def test_the_backend_makes_chips_and_runs_no_neurons():
    from neurohw.backend import load, load_matrix
    from neurohw.network import Network
    from neurohw.program import Program

    chip = load_matrix("analog").chip("brainscales2", 1)
    assert chip.unit.name == "brainscales2"
    with pytest.raises(UnsupportedError, match="no chips that multiply"):
        load_matrix("event")
    with pytest.raises(UnsupportedError, match="'event' does"):
        load("analog").open(Program(Network(0.1, ())))


@pytest.mark.parametrize("seed", [-1, 1.0, "7", True, 2**63])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(SettingError, match=f"seed = {seed!r} must be a whole number"):
        AnalogChip("brainscales2", seed)


@pytest.mark.parametrize("seed", [-1, 1.0, None, 2**63])
def test_a_seed_of_noise_is_a_whole_number(seed):
    with pytest.raises(SettingError, match=f"noise_seed = {seed!r} must be a whole number from 0"):
        AnalogChip("brainscales2", noise_seed=seed)
    with pytest.raises(SettingError, match=f"noise_seed = {seed!r} must be a whole number from 0"):
        AnalogBoard([AnalogChip(AnalogUnit())], noise_seed=seed)


@pytest.mark.parametrize(
    ("temperature", "message"), [(-300.0, "above -273.15"), (600.0, "nothing is left of the gain")]
)
def test_temperatures_at_which_no_chip_works_are_refused(temperature, message):
    with pytest.raises(SettingError, match=message):
        AnalogChip("brainscales2", 1, temperature_c=temperature)
