"""Activations that the chip's processor computes on results: the ReLU, and the one that makes new inputs of them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from neurohw.ann.checks import check_finite, check_whole
from neurohw.ann.scaling import NOMINAL
from neurohw.errors import SettingError


class ReLU(nn.ReLU):
    """Results below zero become zero.

    Parameters
    ----------
    mock : as in hxtorch; here both are the same computation.
    """

    def __init__(self, mock: bool = False) -> None:
        super().__init__()
        self.mock = mock


class _ConvertingReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, results: torch.Tensor, shift: int, largest: int) -> torch.Tensor:
        ctx.save_for_backward((results > 0) & (results < (largest + 1) * 2**shift))
        ctx.shift = shift
        return torch.floor(results.clamp(min=0) / 2**shift).clamp(max=largest)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (inside,) = ctx.saved_tensors
        (gradient,) = gradients
        return gradient * inside / 2**ctx.shift, None, None


class ConvertingReLU(ReLU):
    """Results become inputs of the next layer: ``min(max(result, 0) >> shift, 31)``.

    Backward it is a line of slope ``2**-shift``, and 0 where the result was cut off below or above.

    Parameters
    ----------
    shift : bits, from 0 to 7.
    mock : as in hxtorch; here both are the same computation.
    input_max : largest input of the next layer's chip.
    """

    def __init__(self, shift: int = 2, mock: bool = False, *, input_max: int = NOMINAL.input_max) -> None:
        super().__init__(mock)
        check_whole("ConvertingReLU: shift", shift, 0)
        check_whole("ConvertingReLU: input_max", input_max, 1)
        if not shift < NOMINAL.result_bits:
            raise SettingError(
                f"ConvertingReLU: shift {shift} must be from 0 to {NOMINAL.result_bits - 1} bits"
            )
        self.shift = shift
        self.input_max = input_max

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return whole numbers from 0 to ``input_max``."""
        if input.isnan().any():
            check_finite(f"{self}: input", input)
        inputs: torch.Tensor = _ConvertingReLU.apply(input, self.shift, self.input_max)
        return inputs

    def extra_repr(self) -> str:
        """Return the shift."""
        return f"shift={self.shift}"
