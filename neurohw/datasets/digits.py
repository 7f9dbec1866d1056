"""The 1,797 handwritten digits of 8 x 8 pixels that come with scikit-learn: no download, trained in seconds.

Alpaydin, Kaynak, "Optical Recognition of Handwritten Digits" (UCI Machine Learning Repository, 1998), its test part.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np

from neurohw.datasets.dataset import Dataset
from neurohw.errors import MissingPackageError

TEST_SAMPLES = 360  # a fifth


def load_digits() -> Dataset:
    """Return the digits, pixels as uint8 [samples, 8, 8] from 0 to 16: the last 360 to test with.

    Raises
    ------
    MissingPackageError
        When scikit-learn is not installed.
    """
    try:
        datasets = import_module("sklearn.datasets")
    except ImportError as error:
        raise MissingPackageError(
            f"the small digits come with scikit-learn, and it cannot be imported ({error}); "
            "install it with `python -m pip install scikit-learn`"
        ) from error
    digits = datasets.load_digits()
    images, labels = digits.images.astype(np.uint8), digits.target.astype(np.int64)
    return Dataset(
        "digits",
        train_inputs=images[:-TEST_SAMPLES],
        train_labels=labels[:-TEST_SAMPLES],
        test_inputs=images[-TEST_SAMPLES:],
        test_labels=labels[-TEST_SAMPLES:],
        n_classes=10,
        input_max=16.0,
    )
