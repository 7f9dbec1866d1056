"""A layer that multiplies all inputs by a matrix on a chip."""

from __future__ import annotations

from typing import Unpack

import torch
from torch import nn

from neurohw.ann.analog_layer import AnalogLayer, Options
from neurohw.ann.checks import checked_tensor
from neurohw.errors import SettingError


class Linear(AnalogLayer, nn.Linear):
    """`torch.nn.Linear` on a chip: whole results from -128 to 127, with ``avg`` means of them.

    Parameters
    ----------
    in_features, out_features, bias : as in PyTorch; the bias is added to the results, in LSB.
    num_sends : how often every input is sent. None: as often as `reset_parameters` finds right.
    wait_between_events : cycles from event to event; None: the unit's.
    mock : multiply with gain and noise alone.
    **options : see `Options`.

    Raises
    ------
    SettingError
        Without a chip and ``mock``, for options out of range, and for inputs that the chip cannot take.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        num_sends: int | None = None,
        wait_between_events: int | None = None,
        mock: bool = False,
        **options: Unpack[Options],
    ) -> None:
        self._whole("in_features", in_features, 1)
        self._whole("out_features", out_features, 1)
        self._configure(num_sends, wait_between_events, mock, options)
        nn.Linear.__init__(self, in_features, out_features, bias)
        self._add_transforms(options)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return the results, [..., out_features] for inputs [..., in_features]."""
        input = checked_tensor(f"{self.title}: input", input)
        if input.dim() == 0 or input.shape[-1] != self.in_features:
            raise SettingError(
                f"{self.title}: input of shape {tuple(input.shape)} must have {self.in_features} entries along its "
                "last axis"
            )
        vectors = self.chip_input(input).flatten(0, -2) if input.dim() > 1 else self.chip_input(input)[None]
        results = self.multiply(vectors, self.chip_weight().T)
        return self.add_bias(results, 1).view(*input.shape[:-1], self.out_features)
