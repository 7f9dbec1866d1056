"""Networks of floats, trained anywhere, taken to a chip: weights scaled to its range by what flows through them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from math import floor
from typing import Any

import numpy as np
import torch
from torch import nn

from neurohw.ann.activations import ConvertingReLU, ReLU
from neurohw.ann.analog_layer import AnalogLayer, Options
from neurohw.ann.checks import check_whole
from neurohw.ann.convolutions import Conv1d, Conv2d
from neurohw.ann.layers import Linear
from neurohw.ann.mock import Chip, MockParameter, check_chip, measure_mock_parameter
from neurohw.ann.scaling import NOMINAL, ScaleInput
from neurohw.errors import SettingError, UnsupportedError
from neurohw.hardware.analog import AnalogUnit

_PASSED = (nn.Flatten, nn.Unflatten, nn.Identity)
_CARRIED = "Linear, Conv1d, Conv2d, ReLU, Flatten, Unflatten, Dropout, Identity and Sequential"


def from_sequential(
    model: nn.Sequential,
    inputs: torch.Tensor,
    *,
    chip: Chip | None = None,
    mock_parameter: MockParameter | None = None,
    quantile: float = 0.999,
    max_sends: int = 8,
    mask_clipped: bool = True,
) -> nn.Sequential:
    """Return a network of floats as one of analog layers, which uses the whole range of inputs, weights and results.

    Weights are scaled so that the largest is the chip's largest. Inputs of a layer are sent as often as the sum of a
    run leaves room for, because noise does not grow with it. Behind a ReLU results are shifted to the range of inputs.

    Parameters
    ----------
    model : layers of PyTorch: Linear, Conv1d, Conv2d, ReLU, Flatten, Unflatten, Dropout, Identity, Sequential. Dropout
        is left out: it makes larger inputs of those that it keeps, and the chip's have an end. A layer that is passed
        twice becomes two.
    inputs : samples to choose the scales from, [samples, ...], none below zero; some hundreds do.
    chip : None: the mock.
    mock_parameter : gain and noise of the chip. Default: measured, or hxtorch's for the mock.
    quantile : share of sums that must fit into a result; those beyond are clipped.
    max_sends : how often inputs are sent at most.
    mask_clipped : of the layers: whether clipped results pass no gradient. Without it training on some chips drives
        more and more results into the limits, because the gradient does not see that they cannot grow.

    Returns
    -------
    A network whose results are whole numbers; ``results / model[-1].result_scale`` are about those of the original,
    where its last module is a layer with weights.

    Raises
    ------
    UnsupportedError
        For a module that no chip carries; the message names it.
    SettingError
        For inputs below zero, all zero or of another shape than the network takes, weights that are no numbers, and
        settings out of range.
    """
    _check(model, inputs, quantile, max_sends)
    least, most = float(inputs.min()), float(inputs.max())
    if least < 0 or not 0 < most < float("inf"):
        raise SettingError(
            f"from_sequential: inputs from {least:g} to {most:g}; a chip takes none below zero, and some must be above"
        )
    if mock_parameter is None:
        mock_parameter = MockParameter() if chip is None else measure_mock_parameter(chip)
    elif chip is not None:
        check_chip(chip)
    unit = NOMINAL if chip is None else chip.unit
    options: Options = {"mask_clipped": mask_clipped}
    # samples go through a copy: the original stays in training mode or out of it
    copy = deepcopy(model).float().eval()
    converted = _Import(unit, chip, mock_parameter, quantile, max_sends, options).run(copy, inputs)
    return converted.train(model.training)


def _check(model: nn.Sequential, inputs: torch.Tensor, quantile: float, max_sends: int) -> None:
    if not isinstance(model, nn.Sequential):
        raise UnsupportedError(
            f"from_sequential: {type(model).__name__} is no nn.Sequential; wrap its layers into one, in their order"
        )
    if not inputs.numel():
        raise SettingError(
            f"from_sequential: inputs of shape {tuple(inputs.shape)}; scales need some samples"
        )
    if not 0 < quantile <= 1:
        raise SettingError(f"from_sequential: quantile = {quantile} must be above 0 and at most 1")
    check_whole("from_sequential: max_sends", max_sends, 1)
    for name, module in model.named_modules():
        if isinstance(module, AnalogLayer | ConvertingReLU):
            raise UnsupportedError(
                f"from_sequential: module {name} ({module}) is a chip's already; ann.transfer takes it to another chip"
            )
    for name, weights in model.named_parameters():
        if not weights.isfinite().all():
            raise SettingError(f"from_sequential: {name} has values that are no finite numbers")


class _Meter:
    """A chip that only looks how large the sums of its runs become."""

    def __init__(self, unit: AnalogUnit, quantile: float) -> None:
        self.unit = unit
        self.quantile = quantile
        self.largest = 0.0  # input steps times weight steps

    def multiply(self, inputs: np.ndarray, weights: np.ndarray, **_: Any) -> np.ndarray:
        for row in range(0, len(weights), self.unit.rows):
            part = slice(row, row + self.unit.rows)
            sums = np.abs(inputs[:, part] @ weights[part])
            self.largest = max(self.largest, float(np.quantile(sums, self.quantile)))
        return np.zeros((len(inputs), weights.shape[1]), np.int8)


class _Import:
    """One import: the samples on their way through the layers, and how many steps of the chip one unit is there."""

    def __init__(
        self,
        unit: AnalogUnit,
        chip: Chip | None,
        parameter: MockParameter,
        quantile: float,
        max_sends: int,
        options: Options,
    ) -> None:
        self.unit = unit
        self.chip = chip
        self.parameter = parameter
        self.quantile = quantile
        self.max_sends = max_sends
        self.options = options
        self.next_block = 0
        self.is_first = True
        self.are_results = False  # of a layer with weights: below zero, too

    @torch.no_grad()
    def run(self, model: nn.Sequential, inputs: torch.Tensor) -> nn.Sequential:
        modules = list(_flat(model))
        last = max((place for place, (_, module) in enumerate(modules) if _has_weights(module)), default=-1)
        self.values = inputs.float()
        self.scale = self.unit.input_max / float(inputs.max())
        converted = nn.Sequential()
        for place, (name, module) in enumerate(modules):
            self.passed = self._passed(name, module)
            converted.append(self._converted(name, module, is_behind_last=place > last))
            self.values = self.passed
        return converted

    def _passed(self, name: str, module: nn.Module) -> torch.Tensor:
        try:
            values: torch.Tensor = module(self.values)
        except RuntimeError as error:
            raise SettingError(f"module {name} ({module}) does not take what it gets: {error}") from error
        return values

    def _converted(self, name: str, module: nn.Module, *, is_behind_last: bool) -> nn.Module:
        if isinstance(module, nn.Dropout):
            return nn.Identity()
        if isinstance(module, _PASSED):
            return module
        if isinstance(module, nn.ReLU):
            return self._activation(is_behind_last)
        if not _has_weights(module):
            raise UnsupportedError(
                f"module {name} ({module}): no chip carries it; {_CARRIED} can be imported. "
                "Fold a normalisation into the layer before it, replace pooling by strides"
            )
        if self.are_results:
            raise UnsupportedError(
                f"module {name} ({module}) gets results below zero of the layer before it; put a ReLU between them"
            )
        return self._layer(module)

    def _activation(self, is_behind_last: bool) -> nn.Module:
        if not self.are_results or is_behind_last:
            return ReLU(mock=self.chip is None)
        top = float(np.quantile(self.values.clamp(min=0).numpy(), self.quantile)) * self.scale
        top = min(top, self.unit.result_max)
        shift = 0
        while top >= (self.unit.input_max + 1) * 2**shift:
            shift += 1
        self.scale /= 2**shift
        self.are_results = False
        return ConvertingReLU(shift, mock=self.chip is None, input_max=self.unit.input_max)

    def _layer(self, module: nn.Module) -> AnalogLayer:
        layer = self._counterpart(module)
        weight_scale = self.unit.weight_max / max(float(module.weight.abs().max()), 1e-30)
        meter = _Meter(self.unit, self.quantile)
        layer.mock = False
        layer.place_on(meter, self.parameter)
        layer.weight.copy_(module.weight * weight_scale)
        layer((self.values * self.scale).clamp(0, self.unit.input_max))
        largest = self.parameter.gain * meter.largest  # LSB
        if module.bias is not None:  # which is added to the results, within their range
            sums = float(np.quantile(self.passed.abs().numpy(), self.quantile))
            largest = max(largest, sums * self.scale * weight_scale * self.parameter.gain)
        room = self.unit.result_max / max(largest, 1e-30)
        layer.num_sends = min(max(floor(room), 1), self.max_sends)
        weight_scale *= min(room, 1.0)
        layer.weight.copy_(module.weight * weight_scale)
        if self.is_first:
            self.is_first = False
            layer.input_transform = ScaleInput(self.scale, self.unit.input_max)
        layer.first_block = self._start(layer.n_blocks)
        layer.mock = self.chip is None
        layer.place_on(self.chip, self.parameter)
        self.next_block = layer.first_block + layer.n_blocks
        self.scale *= weight_scale * layer.num_sends * self.parameter.gain
        if layer.bias is not None:
            layer.bias.copy_(module.bias * self.scale)
        layer.result_scale = self.scale
        self.are_results = True
        return layer

    def _start(self, n_blocks: int) -> int:
        """Return the array for the first block of a layer: layers take turns, and large ones begin a run."""
        n_arrays = self.unit.blocks_per_chip
        return self.next_block if n_blocks == 1 else -(-self.next_block // n_arrays) * n_arrays

    def _counterpart(self, module: Any) -> AnalogLayer:
        options: Any = {"bias": module.bias is not None, "mock": True, "num_sends": 1, **self.options}
        if isinstance(module, nn.Linear):
            return Linear(module.in_features, module.out_features, **options)
        counterpart = Conv1d if isinstance(module, nn.Conv1d) else Conv2d
        names = ("stride", "padding", "dilation", "groups", "padding_mode")
        options |= {name: getattr(module, name) for name in names}
        return counterpart(module.in_channels, module.out_channels, module.kernel_size, **options)


def _has_weights(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d)


def _flat(model: nn.Sequential) -> Iterator[tuple[str, nn.Module]]:
    """Yield name and module in the order in which values pass them; one that they pass twice comes twice."""
    for name, module in model.named_modules(remove_duplicate=False):
        if not isinstance(module, nn.Sequential):
            yield name, module
