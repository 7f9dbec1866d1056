"""What all layers that multiply on a chip have in common: which chip, how inputs are sent, how weights begin."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, sqrt
from typing import TypedDict

import numpy as np
import torch
from torch import nn

from neurohw.ann.checks import check_finite, check_number, check_range, check_whole
from neurohw.ann.mock import (
    LARGEST_SEED,
    Chip,
    MockParameter,
    check_chip,
    measure_mock_parameter,
    mock_chip,
    next_noise_seed,
)
from neurohw.ann.product import product
from neurohw.ann.scaling import NOMINAL, clamp_weight_
from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit

MOST_SENDS = 1000  # of an input
MOST_COLUMNS = 2**16  # that hold the same weights
Transform = Callable[[torch.Tensor], torch.Tensor]


class Options(TypedDict, total=False):
    """Options of every layer, beside those of its counterpart in PyTorch.

    Attributes
    ----------
    chip : that multiplies; None with ``mock``.
    first_block : array of the chip that holds the first block of the weights.
    mock_parameter : gain and noise of the mock, and gain of the backward pass. Default: measured on the chip, or
        hxtorch's without one.
    avg : columns that hold the same weights, whose results are averaged. The mean stays as it is, with fractions, as in
        hxtorch; ``operations.linear`` of the analog backend rounds it down.
    input_transform : what makes inputs of the chip, 0 to 31, of the layer's inputs; None: nothing.
    weight_transform : what makes weights of the chip, -63 to 63, of the layer's; None: nothing.
    weight_noise : standard deviation of what is added to every weight in training mode, in steps, drawn for each batch.
    noise_seed : of the mock's noise. Default: follows from the state of PyTorch's generator when the layer is made, so
        that each layer has its own noise, and ``torch.manual_seed`` before a network gives the same again.
    mask_clipped : whether the gradient is 0 where a result is the smallest or largest there is. Not by default, as in
        hxtorch; training in the loop for long needs it, or more and more results are driven into the limits.
    """

    chip: Chip | None
    first_block: int
    mock_parameter: MockParameter | None
    avg: int
    input_transform: Transform | None
    weight_transform: Transform | None
    weight_noise: float
    noise_seed: int | None
    mask_clipped: bool


class AnalogLayer(nn.Module):
    """A layer whose products are made on a chip; the part that does not depend on how a layer uses them."""

    weight: nn.Parameter
    bias: nn.Parameter | None
    num_sends: int | None

    def _configure(
        self, num_sends: int | None, wait_between_events: int | None, mock: bool, options: Options
    ) -> None:
        """Take the options; before PyTorch's own constructor, which asks for initial weights."""
        unknown = set(options) - set(Options.__annotations__)
        if unknown:
            raise TypeError(f"{type(self).__name__}: unknown arguments {', '.join(sorted(unknown))}")
        self.num_sends = None if num_sends is None else self._whole("num_sends", num_sends, 1, MOST_SENDS)
        wait = wait_between_events
        self.wait_between_events = None if wait is None else self._whole("wait_between_events", wait, 1)
        if not isinstance(mock, bool):
            raise SettingError(f"{type(self).__name__}: mock = {mock!r} must be True or False")
        self.mock = mock
        self.first_block = self._whole("first_block", options.get("first_block", 0), 0)
        self.avg = self._whole("avg", options.get("avg", 1), 1, MOST_COLUMNS)
        self.weight_noise = check_number(
            f"{type(self).__name__}: weight_noise", options.get("weight_noise", 0.0)
        )
        self.mask_clipped = options.get("mask_clipped", False)
        seed = options.get("noise_seed")
        self.noise_seed = (
            next_noise_seed() if seed is None else self._whole("noise_seed", seed, 0, LARGEST_SEED)
        )
        self.place_on(options.get("chip"), options.get("mock_parameter"))

    def _add_transforms(self, options: Options) -> None:
        """Take the functions; behind PyTorch's own constructor, since modules among them become parts of the layer."""
        self.input_transform = options.get("input_transform")
        self.weight_transform = options.get("weight_transform", clamp_weight_)
        for name in ("input_transform", "weight_transform"):
            function = getattr(self, name)
            if not (function is None or callable(function)):
                raise SettingError(
                    f"{type(self).__name__}: {name} = {function!r} must be a function, or None"
                )

    def _whole(self, name: str, value: int, least: int, most: int | None = None) -> int:
        return check_whole(f"{type(self).__name__}: {name}", value, least, most)

    def place_on(self, chip: Chip | None, mock_parameter: MockParameter | None = None) -> None:
        """Use another chip from now on; None: the mock.

        Parameters
        ----------
        mock_parameter : gain and noise of the chip. Default: measured.
        """
        if chip is None and not self.mock:
            raise SettingError(f"{type(self).__name__}: needs a chip, or mock=True")
        if chip is not None:
            check_chip(chip)
        if mock_parameter is None:
            mock_parameter = MockParameter() if chip is None else measure_mock_parameter(chip)
        if not isinstance(mock_parameter, MockParameter):
            raise SettingError(
                f"{type(self).__name__}: mock_parameter = {mock_parameter!r} must be a MockParameter(gain, noise_std)"
            )
        self.chip = chip
        self.mock_parameter = mock_parameter
        self.mock_chip = mock_chip(self.unit, mock_parameter, self.noise_seed)

    @property
    def title(self) -> str:
        """Kind and size, as messages and tables name the layer."""
        sizes = (self.in_features, self.out_features) if isinstance(self, nn.Linear) else self.weight.shape
        return f"{type(self).__name__}({', '.join(map(str, sizes))})"

    @property
    def unit(self) -> AnalogUnit:
        """The analog unit that the layer's weights are for."""
        return NOMINAL if self.chip is None else self.chip.unit

    @property
    def n_rows(self) -> int:
        """Inputs of one product."""
        return int(self.weight[0].numel())

    @property
    def n_groups(self) -> int:
        """Matrices of the layer, each with its own part of the inputs."""
        return 1

    @property
    def n_blocks(self) -> int:
        """Arrays that the weights take."""
        columns = len(self.weight) // self.n_groups * self.avg
        return self.n_groups * ceil(self.n_rows / self.unit.rows) * ceil(columns / self.unit.columns)

    def reset_parameters(self, weight_mean: float = 0.0, relu_shift: int = 1) -> None:
        """Draw initial weights such that inputs of layer after layer have the same mean square (He et al. 2015).

        Where that needs larger weights than the chip has, inputs are sent several times, unless ``num_sends`` is given.

        Parameters
        ----------
        weight_mean : of the weights, in steps.
        relu_shift : of the converting ReLU behind the layer.
        """
        std = sqrt(2.0) * 2**relu_shift / (self.mock_parameter.gain * sqrt(self.n_rows))
        largest = float(self.unit.weight_max)
        if self.num_sends is None:
            self.num_sends = ceil(std / (largest / 3))  # three standard deviations fit
        std /= self.num_sends
        nn.init.trunc_normal_(self.weight, mean=weight_mean, std=std, a=-largest, b=largest)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def multiplying_chip(self) -> Chip:
        """Return the chip that multiplies: the mock's, or the layer's."""
        if self.mock:
            return self.mock_chip
        if self.chip is None:
            raise SettingError(f"{type(self).__name__}: needs a chip, or mock=True")
        return self.chip

    def multiply(self, inputs: torch.Tensor, weights: torch.Tensor, group: int = 0) -> torch.Tensor:
        """Return the results of one matrix of the layer: [vectors, rows] times [rows, columns].

        Inputs and weights are as on the chip already, averaging is not.
        """
        chip, num_sends = self.multiplying_chip(), self.num_sends or 1
        block = self.first_block + group * (self.n_blocks // self.n_groups)

        def on_chip(whole_inputs: np.ndarray, whole_weights: np.ndarray) -> np.ndarray:
            return chip.multiply(
                whole_inputs,
                whole_weights,
                num_sends=num_sends,
                wait_between_events=self.wait_between_events,
                first_block=block,
            )

        columns = weights.repeat_interleave(self.avg, 1) if self.avg > 1 else weights
        results = product(
            inputs,
            columns,
            on_chip,
            gain=num_sends * self.mock_parameter.gain,
            limits=(self.unit.result_min, self.unit.result_max) if self.mask_clipped else None,
        )
        return results.unflatten(1, (-1, self.avg)).mean(2) if self.avg > 1 else results

    def chip_weight(self) -> torch.Tensor:
        """Return the weights as they go to the chip, but for rounding; with noise in training mode."""
        name = f"{self.title}: weight"
        check_finite(name, self.weight)
        weight = self._transformed_weight()
        largest = self.unit.weight_max
        check_range(name, weight, -largest, largest, f"weight_bits = {self.unit.weight_bits}")
        if not (self.training and self.weight_noise):
            return weight
        return (weight + self.weight_noise * torch.randn_like(weight)).clamp(-largest, largest)

    def _transformed_weight(self) -> torch.Tensor:
        if self.weight_transform is clamp_weight_:
            return clamp_weight_(self.weight, self.unit)
        return self.weight if self.weight_transform is None else self.weight_transform(self.weight)

    def chip_input(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the inputs as they go to the chip, but for rounding."""
        taken = inputs if self.input_transform is None else self.input_transform(inputs)
        bits = f"input_bits = {self.unit.input_bits}"
        check_range(f"{self.title}: input", taken, 0, self.unit.input_max, bits)
        return taken

    def add_bias(self, results: torch.Tensor, axis: int) -> torch.Tensor:
        """Return the results plus the rounded bias, as the chip's processor adds: 8 bits that saturate."""
        if self.bias is None:
            return results
        check_finite(f"{self.title}: bias", self.bias)
        # straight through the rounding
        whole = self.bias + (torch.round(self.bias) - self.bias).detach()
        shape = [1] * results.dim()
        shape[axis] = -1
        return (results + whole.view(shape)).clamp(self.unit.result_min, self.unit.result_max)

    def extra_repr(self) -> str:
        """Return PyTorch's own text with what the chip adds."""
        where = "mock" if self.mock else f"{self.unit.name}, first_block={self.first_block}"
        return f"{super().extra_repr()}, num_sends={self.num_sends}, {where}"
