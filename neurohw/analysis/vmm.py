"""What an analog chip makes of constant inputs and weights: mean and spread of its results, over the weights.

The measurement is that of figure 4 of Weis et al. 2020 (arXiv 2006.13177); the numbers of a line are those that the
test of multiplication in calix, the calibration software of BrainScaleS-2, looks at.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from neurohw.errors import SettingError

Array = np.ndarray


@dataclass(frozen=True)
class CharacterisationLine:
    """Results at one constant input, over the weights."""

    input: int
    slope: float  # LSB per weight step
    offset: float  # LSB, of the line at weight 0
    noise: float  # LSB, standard deviation from run to run, mean over the columns
    linearity: float | None  # R^2 of the line; None where nothing changes with the weight
    ordered: float | None  # share of columns whose magnitude is above that of the next smaller input


@dataclass(frozen=True, eq=False)
class Characterisation:
    """Mean and standard deviation of results, for constant inputs and columns of constant weights."""

    label: str
    runs: int
    inputs: tuple[int, ...]
    weights: Array  # [columns]
    mean: Array  # [inputs, columns], LSB
    std: Array  # [inputs, columns], LSB

    def lines(self) -> list[CharacterisationLine]:
        """Return slope, noise and order for each input, the inputs rising."""
        order = np.argsort(self.inputs, kind="stable")
        return [self._line(int(at), int(order[i - 1]) if i else None) for i, at in enumerate(order)]

    def _line(self, at: int, smaller: int | None) -> CharacterisationLine:
        mean = self.mean[at]
        slope, offset = np.polyfit(self.weights, mean, 1)
        residual = mean - (slope * self.weights + offset)
        changes = self.inputs[at] > 0 and float(mean.var()) > 0
        above = None
        if smaller is not None and self.inputs[smaller] > 0:
            above = float(np.mean(np.abs(mean) > np.abs(self.mean[smaller])))
        return CharacterisationLine(
            input=self.inputs[at],
            slope=float(slope),
            offset=float(offset),
            noise=float(self.std[at].mean()),
            linearity=float(1 - residual.var() / mean.var()) if changes else None,
            ordered=above,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "label": self.label,
            "runs": self.runs,
            "lines": [asdict(line) for line in self.lines()],
            "weights": self.weights.tolist(),
            "inputs": list(self.inputs),
            "mean": self.mean.tolist(),
            "std": self.std.tolist(),
        }

    def to_csv(self) -> str:
        """Return a table with a line for each column."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["weight", *(f"{name}_{x}" for x in self.inputs for name in ("mean", "std"))])
        for column, weight in enumerate(self.weights):
            results = [
                f"{part[i, column]:.6g}" for i in range(len(self.inputs)) for part in (self.mean, self.std)
            ]
            writer.writerow([int(weight), *results])
        return text.getvalue()


def characterise(
    chip: Any, inputs: Sequence[int] = (0, 3, 7), runs: int = 30, *, label: str = ""
) -> Characterisation:
    """Multiply constant inputs by columns of constant weights, again and again.

    Parameters
    ----------
    chip : of a backend that multiplies matrices, as ``neurohw.backend.load_matrix("analog").chip(...)`` returns it.
    inputs : constant inputs, each sent to all rows of an array.
    runs : of each input.
    label : of the result.

    Raises
    ------
    SettingError
        For inputs that the chip does not take, none at all or one twice, fewer than two runs, or a chip without room
        for a column of every weight.
    """
    unit = chip.unit
    if runs < 2:
        raise SettingError(f"runs = {runs} must be at least 2: there is no spread in one")
    if not len(inputs) or len(set(inputs)) < len(inputs):
        raise SettingError(f"inputs {list(inputs)} must be different numbers, and at least one")
    weights = np.arange(-unit.weight_max, unit.weight_max + 1)
    if weights.size > unit.columns:
        raise SettingError(
            f"{weights.size} weights: an array of unit {unit.name!r} has {unit.columns} columns"
        )
    vectors = np.repeat(np.asarray(inputs), runs)[:, None] * np.ones(unit.rows, np.int64)
    matrix = np.broadcast_to(weights, (unit.rows, weights.size))
    results = chip.multiply(vectors, matrix).reshape(len(inputs), runs, weights.size)
    return Characterisation(
        label=label or unit.name,
        runs=runs,
        inputs=tuple(int(x) for x in inputs),
        weights=weights,
        mean=results.mean(axis=1),
        std=results.std(axis=1),
    )
