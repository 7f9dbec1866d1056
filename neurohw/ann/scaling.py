"""Scaling of inputs and weights to the range of a chip; names as in hxtorch."""

from __future__ import annotations

import torch

from neurohw.ann.checks import check_finite, check_number
from neurohw.hardware.analog import AnalogUnit

NOMINAL = AnalogUnit()  # 5-bit inputs, 6-bit weights with a sign


def scale_input(inputs: torch.Tensor, unit: AnalogUnit = NOMINAL) -> torch.Tensor:
    """Return inputs with their largest at the largest input of the chip, 31; all zeros stay so.

    The factor depends on the batch: the same sample may be scaled differently in another. `ScaleInput` keeps one.
    """
    check_finite("scale_input: inputs", inputs)
    return inputs * _factor(unit.input_max, inputs)


def scale_weight(weights: torch.Tensor, unit: AnalogUnit = NOMINAL) -> torch.Tensor:
    """Return weights with the largest magnitude at the largest weight of the chip, 63; all zeros stay so."""
    check_finite("scale_weight: weights", weights)
    return weights * _factor(unit.weight_max, weights.abs())


def clamp_weight_(weights: torch.Tensor, unit: AnalogUnit = NOMINAL) -> torch.Tensor:
    """Clamp weights in place to the range of the chip, -63 to 63, and return them."""
    with torch.no_grad():
        weights.clamp_(-unit.weight_max, unit.weight_max)
    return weights


class ScaleInput:
    """A fixed factor for all inputs, and the range of the chip as their limit: an ``input_transform``.

    Parameters
    ----------
    factor : input steps of the chip for an input of 1.
    largest : largest input of the chip.
    """

    def __init__(self, factor: float, largest: int = NOMINAL.input_max) -> None:
        self.factor = check_number("ScaleInput: factor", factor, above_zero=True)
        self.largest = largest

    def __call__(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the inputs in steps of the chip."""
        return (inputs * self.factor).clamp(0.0, float(self.largest))

    def __repr__(self) -> str:
        return f"ScaleInput({self.factor:g})"


def _factor(largest: int, magnitudes: torch.Tensor) -> float:
    found = float(magnitudes.detach().max()) if magnitudes.numel() else 0.0
    return largest / found if found > 0 else 1.0
