"""The product of vectors and a matrix on a chip, for autograd: the chip forward, a line through zero backward.

Training with the chip in the loop: the forward pass has everything that the chip does to a product, the backward pass
takes it for ``gain * inputs @ weights``. Weis et al. 2020 (arXiv 2006.13177), section 3; Spilger et al. 2020
(arXiv 2006.13138).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

# int8 [vectors, columns] of whole inputs [vectors, rows] and whole weights [rows, columns]
Multiply = Callable[[np.ndarray, np.ndarray], np.ndarray]


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        inputs: torch.Tensor,
        weights: torch.Tensor,
        multiply: Multiply,
        gain: float,
        limits: tuple[int, int] | None,
    ) -> torch.Tensor:
        whole_inputs, whole_weights = torch.round(inputs), torch.round(weights)
        codes = multiply(_array(whole_inputs), _array(whole_weights))
        result = torch.from_numpy(codes).to(inputs)
        clipped = (result <= limits[0]) | (result >= limits[1]) if limits is not None else None
        ctx.save_for_backward(whole_inputs, whole_weights, clipped)
        ctx.gain = gain
        return result

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        inputs, weights, clipped = ctx.saved_tensors
        (gradient,) = gradients
        gradient = ctx.gain * gradient.to(weights)  # inputs may have another precision
        gradient = gradient if clipped is None else gradient.masked_fill(clipped, 0.0)
        for_inputs = (gradient @ weights.T).to(inputs) if ctx.needs_input_grad[0] else None
        for_weights = inputs.to(weights).T @ gradient if ctx.needs_input_grad[1] else None
        return for_inputs, for_weights, None, None, None


def product(
    inputs: torch.Tensor,
    weights: torch.Tensor,
    multiply: Multiply,
    *,
    gain: float,
    limits: tuple[int, int] | None = None,
) -> torch.Tensor:
    """Return what a chip makes of ``inputs @ weights``.

    Parameters
    ----------
    inputs : [vectors, rows]; the chip gets them rounded, the gradient passes the rounding unchanged.
    weights : [rows, columns], likewise.
    multiply : the chip.
    gain : LSB for one input step times one weight step, as backward takes it.
    limits : smallest and largest result; where one was reached the gradient is 0. None: it passes everywhere.

    Returns
    -------
    [vectors, columns], whole numbers of the type of ``inputs``
    """
    if not inputs.is_floating_point():
        inputs = inputs.to(weights)
    result: torch.Tensor = _Product.apply(inputs, weights, multiply, gain, limits)
    return result


def _array(tensor: torch.Tensor) -> np.ndarray:
    values = tensor.detach().contiguous()
    # NumPy has no bfloat16
    array: np.ndarray = (values.float() if values.dtype == torch.bfloat16 else values).numpy()
    return array
