"""A network moved to another chip, with the weights that it has."""

from __future__ import annotations

from copy import deepcopy

from torch import nn

from neurohw.ann.analog_layer import AnalogLayer
from neurohw.ann.mock import Chip, MockParameter, measure_mock_parameter


def analog_layers(model: nn.Module) -> list[AnalogLayer]:
    """Return the layers of a network that multiply on a chip, in the order of the network."""
    return [module for module in model.modules() if isinstance(module, AnalogLayer)]


def transfer(model: nn.Module, chip: Chip | None, mock_parameter: MockParameter | None = None) -> nn.Module:
    """Return a copy of a network that multiplies on a chip; what it learns there leaves the original as it is.

    Parameters
    ----------
    model : with layers of `neurohw.ann`; all of them move.
    chip : None: the mock.
    mock_parameter : gain and noise of the chip. Default: measured, once for all layers.
    """
    if mock_parameter is None:
        mock_parameter = MockParameter() if chip is None else measure_mock_parameter(chip)
    copy = copied(model)
    for layer in analog_layers(copy):
        layer.mock = chip is None
        layer.place_on(chip, mock_parameter)
    return copy


def copied(model: nn.Module) -> nn.Module:
    """Return a copy of a network on the same chips: they are places, not parts of the network."""
    places = [place for layer in analog_layers(model) for place in (layer.chip, layer.mock_chip)]
    return deepcopy(model, {id(place): place for place in places})
