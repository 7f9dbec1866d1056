"""The data sets that need no files: scikit-learn's digits and Yin-Yang."""

import builtins
import math
import sys

import numpy as np
import pytest

from neurohw.datasets import Dataset, load_digits, yin_yang
from neurohw.errors import MissingPackageError, SettingError

NO_SKLEARN = "scikit-learn is not installed; `python -m pip install scikit-learn`"


def label_by_hand(x, y):
    """Return the class of a point as the picture shows it, with plain conditions."""
    right, left = math.dist((x, y), (0.75, 0.5)), math.dist((x, y), (0.25, 0.5))
    if min(right, left) < 0.1:
        return 2
    if left <= 0.25:
        return 0
    if right <= 0.25:
        return 1
    return 0 if y > 0.5 else 1


def test_points_lie_in_the_disc_with_the_label_of_their_place():
    data = yin_yang(2000, 300, seed=3)
    assert data.train_inputs.shape == (2000, 4)
    assert data.test_inputs.shape == (300, 4)
    for (x, y, not_x, not_y), label in zip(data.train_inputs, data.train_labels, strict=True):
        assert math.dist((x, y), (0.5, 0.5)) <= 0.5 + 1e-6
        assert (x + not_x, y + not_y) == pytest.approx((1, 1))
        assert label == label_by_hand(float(x), float(y))


def test_labels_are_equally_likely_and_points_even():
    data = yin_yang(30_000, 0)
    assert np.bincount(data.train_labels) == pytest.approx([10_000] * 3, abs=300)
    dots = data.train_inputs[data.train_labels == 2]
    left = dots[dots[:, 0] < 0.5]
    assert len(left) == pytest.approx(len(dots) / 2, abs=300)
    # even over a disc of radius 0.1: the mean distance from its centre is two thirds of that
    assert np.hypot(left[:, 0] - 0.25, left[:, 1] - 0.5).mean() == pytest.approx(0.1 * 2 / 3, rel=0.02)


def test_a_seed_gives_the_same_points():
    same, again, other = yin_yang(50, 20, seed=1), yin_yang(50, 20, seed=1), yin_yang(50, 20, seed=2)
    assert (same.train_inputs == again.train_inputs).all()
    assert (same.test_labels == again.test_labels).all()
    assert (same.train_inputs != other.train_inputs).any()
    assert not np.isin(same.test_inputs[:, 0], same.train_inputs[:, 0]).any()


def test_a_negative_number_of_samples_is_refused():
    with pytest.raises(SettingError, match="-1 samples"):
        yin_yang(5, -1)


def test_digits():
    pytest.importorskip("sklearn", reason=NO_SKLEARN)
    data = load_digits()
    assert data.train_inputs.shape == (1437, 8, 8)
    assert data.test_inputs.shape == (360, 8, 8)
    assert (data.train_inputs.max(), data.input_max) == (16, 16)
    assert data.train_labels[:10].tolist() == list(range(10))


def test_without_scikit_learn_the_message_says_how_to_get_it(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
    imported = builtins.__import__

    def absent(name, *rest):
        if name.split(".")[0] == "sklearn":
            raise ImportError(f"No module named {name!r}")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingPackageError, match="pip install scikit-learn"):
        load_digits()


def test_the_first_samples():
    data = yin_yang(50, 20)
    part = data.first(10, 100)
    assert (len(part.train_labels), len(part.test_labels)) == (10, 20)
    assert (part.train_inputs == data.train_inputs[:10]).all()


def test_labels_out_of_range_are_refused():
    points, labels = np.zeros((2, 3)), np.array([0, -1])
    with pytest.raises(SettingError, match="mine: label -1 must be from 0 to 1"):
        Dataset("mine", points, labels, points, np.array([0, 1]), n_classes=2, input_max=1.0)
