"""What a data set is: inputs and labels to train with, and others to test with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from neurohw.errors import SettingError


@dataclass(frozen=True, eq=False)
class Dataset:
    """Inputs with the class of each.

    Attributes
    ----------
    train_inputs, test_inputs : [samples, ...], from 0 to ``input_max``.
    train_labels, test_labels : int64 [samples], from 0 to ``n_classes - 1``.
    """

    name: str
    train_inputs: np.ndarray
    train_labels: np.ndarray
    test_inputs: np.ndarray
    test_labels: np.ndarray
    n_classes: int
    input_max: float

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            inputs, labels = getattr(self, f"{part}_inputs"), getattr(self, f"{part}_labels")
            if len(inputs) != len(labels):
                raise SettingError(
                    f"{self.name}: {len(inputs)} inputs and {len(labels)} labels to {part} with"
                )
            if len(labels) and not 0 <= labels.min() <= labels.max() < self.n_classes:
                wrong = labels.min() if labels.min() < 0 else labels.max()
                raise SettingError(f"{self.name}: label {wrong} must be from 0 to {self.n_classes - 1}")

    def first(self, n_train: int, n_test: int) -> Dataset:
        """Return the data set with only the first samples of each part; all where there are fewer."""
        return replace(
            self,
            train_inputs=self.train_inputs[:n_train],
            train_labels=self.train_labels[:n_train],
            test_inputs=self.test_inputs[:n_test],
            test_labels=self.test_labels[:n_test],
        )
