"""Yin-Yang: points of a plane in three classes, a data set for small networks that no straight line separates.

Kriener, Goeltz, Petrovici, "The Yin-Yang dataset" (NICE 2022, arXiv 2102.08211).
"""

from __future__ import annotations

import numpy as np

from neurohw.datasets.dataset import Dataset
from neurohw.errors import SettingError

RADIUS = 0.5  # of the disc; its centre is (RADIUS, RADIUS)
DOT_RADIUS = 0.1
YIN, YANG, DOT = 0, 1, 2
_CANDIDATES = 4096  # points drawn at a time


def yin_yang(n_train: int = 5000, n_test: int = 1000, *, seed: int = 42) -> Dataset:
    """Return points drawn at random, as float32 [samples, 4]: x, y, 1 - x, 1 - y.

    Each label is equally likely, and the points of a label are spread evenly over its area.

    Raises
    ------
    SettingError
        For fewer than 0 samples.
    """
    if min(n_train, n_test) < 0:
        raise SettingError(f"yin_yang: {min(n_train, n_test)} samples must be at least 0")
    random = np.random.default_rng(seed)
    train_inputs, train_labels = _sample(random, n_train)
    test_inputs, test_labels = _sample(random, n_test)
    return Dataset(
        "yin_yang", train_inputs, train_labels, test_inputs, test_labels, n_classes=3, input_max=1.0
    )


def yin_yang_label(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the labels of points inside the disc."""
    right = np.hypot(x - 1.5 * RADIUS, y - RADIUS)
    left = np.hypot(x - 0.5 * RADIUS, y - RADIUS)
    yin = (
        (right <= DOT_RADIUS)
        | ((left > DOT_RADIUS) & (left <= 0.5 * RADIUS))
        | ((y > RADIUS) & (right > 0.5 * RADIUS))
    )
    dot = (right < DOT_RADIUS) | (left < DOT_RADIUS)
    return np.where(dot, DOT, np.where(yin, YIN, YANG)).astype(np.int64)


def _sample(random: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    labels = random.integers(0, 3, n)
    points = np.empty((n, 2))
    missing = {label: np.flatnonzero(labels == label) for label in (YIN, YANG, DOT)}
    while any(places.size for places in missing.values()):
        candidates = random.uniform(0.0, 2 * RADIUS, (_CANDIDATES, 2))
        candidates = candidates[np.hypot(*(candidates - RADIUS).T) <= RADIUS]
        found = yin_yang_label(*candidates.T)
        for label, places in missing.items():
            taken = candidates[found == label][: places.size]
            points[places[: len(taken)]] = taken
            missing[label] = places[len(taken) :]
    return np.hstack([points, 1.0 - points]).astype(np.float32), labels
