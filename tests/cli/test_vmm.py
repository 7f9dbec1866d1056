"""``neurohw vmm``: characterisation within the bounds of calix's own test, calibration, what is written."""

import csv
import json

import numpy as np
import pytest

WEIGHTS = list(range(-63, 64))


def lines_of(data):
    return {line["input"]: line for line in data["lines"]}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_characterisation_is_within_the_bounds_of_calix(call_json, seed):
    code, data = call_json("vmm", "characterise", "--seed", seed)
    assert code == 0
    assert (data["weights"], data["inputs"], data["runs"]) == (WEIGHTS, [0, 3, 7], 30)
    lines = lines_of(data)
    for value, line in lines.items():
        assert line["noise"] < 5
        if value >= 3:
            assert line["slope"] > 0.02
            assert line["linearity"] > 0.9
    assert lines[7]["ordered"] >= 0.6
    assert abs(lines[0]["slope"]) < 0.02  # no event, no product


def test_an_ideal_chip_is_the_mock(call_json):
    _, data = call_json("vmm", "characterise", "--ideal", "--inputs", "3,7,20")
    expected = 0.002 * 128 * np.array([3, 7, 20])[:, None] * np.array(WEIGHTS) - 0.5
    inside = np.abs(expected) < 110
    assert np.abs(np.array(data["mean"]) - expected)[inside].max() < 5 * 2 / 30**0.5
    assert data["seed"] is None


def test_an_ideal_chip_takes_no_seed(call, working_folder):
    code, _, err = call("vmm", "characterise", "--ideal", "--seed", "7", "--out", "out")
    assert code == 2
    assert "--ideal has no fixed pattern for --seed 7" in err
    assert not (working_folder / "out").exists()


def test_a_refused_run_leaves_folders_that_were_there(call, working_folder):
    (working_folder / "out").mkdir()
    code, _, _ = call("vmm", "characterise", "--unit", "nothing", "--out", "out")
    assert code == 2
    assert (working_folder / "out").is_dir()


def test_seeds_are_chips_and_noises(call_json):
    first, again, chip, noise = (
        call_json("vmm", "characterise", "--runs", 5, "--out", "out", *options)[1]["mean"]
        for options in ((), (), ("--seed", "2"), ("--noise-seed", "1"))
    )
    assert first == again
    assert first != chip
    assert first != noise


def test_a_run_folder_holds_plot_and_table(call_json, working_folder):
    _, data = call_json("vmm", "characterise", "--out", "out", "--runs", "3")
    names = {path.name for path in (working_folder / "out").iterdir()}
    assert names == {
        "characterisation.csv",
        "characterisation.png",
        "characterisation.svg",
        "versions.json",
        "unit.toml",
    }
    with (working_folder / "out" / "characterisation.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["weight"]) for row in rows] == WEIGHTS
    assert float(rows[5]["mean_7"]) == pytest.approx(data["mean"][2][5], rel=1e-5)


def test_calibration_brings_a_chip_to_the_ideal(call_json, working_folder):
    code, data = call_json("vmm", "calibrate", "--out", "out", "--runs", "25")
    assert code == 0
    assert data["success"]["columns"] > 0.9
    line = next(line for line in data["table"] if line["property"] == "column gain, exc")
    assert line["spread_after"] < line["spread_before"]
    assert line["mean_after"] == pytest.approx(1.0, abs=0.01)
    assert line["mean_before"] < 0.8  # excitatory inputs are weaker, on all chips
    assert json.loads((working_folder / "out" / "calibration.json").read_text()) == data["table"]
    plain, calibrated = (
        lines_of(call_json("vmm", "characterise", *options)[1])[7]["linearity"]
        for options in ((), ("--calibration", data["calibration"]))
    )
    assert plain < 0.995 < calibrated


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("characterise", "--unit", "brainscale"), "did you mean 'brainscales2'"),
        (("characterise", "--inputs", "3,x"), "must be whole numbers"),
        (("characterise", "--inputs", "3,3"), "different numbers"),
        (("characterise", "--inputs", "32"), "= 32 must be from 0 to 31"),
        (("characterise", "--runs", "1"), "at least 2"),
        (("characterise", "--seed", "-1"), "whole number of at least 0"),
        (("characterise", "--calibration", "absent.npz"), "cannot be read"),
        (("calibrate", "--unit", "rram"), "slices"),
        (("calibrat",), "calibrate"),
    ],
)
def test_bad_input_is_told(call, arguments, message):
    code, out, err = call("vmm", *arguments)
    assert code == 2
    assert message in err
    assert not out


@pytest.mark.parametrize("command", ["characterise", "calibrate"])
def test_a_unit_of_the_users_own_is_not_written_over(call, working_folder, command):
    own = working_folder / "unit.toml"
    own.write_text('base = "brainscales2"  # mine\n')
    code, _, err = call("vmm", command, "--unit", "unit.toml", "--out", ".")
    assert (code, own.read_text()) == (2, 'base = "brainscales2"  # mine\n')
    assert "unit.toml is there, not from a run" in err


def test_a_poor_calibration_is_told(call, working_folder):
    code, _, err = call("vmm", "calibrate", "--runs", "2", "--out", "out")
    assert code == 0
    assert "calibration of the chip with seed 1: " in err
    assert "UserWarning" not in err
