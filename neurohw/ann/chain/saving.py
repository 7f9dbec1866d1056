"""Networks of the chain as files: weights and what their layers were set to, without code, so that reading is safe."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch import nn

from neurohw.ann.activations import ConvertingReLU
from neurohw.ann.analog_layer import AnalogLayer
from neurohw.ann.chain.network import convolutional_network
from neurohw.ann.convolutions import Conv2d
from neurohw.ann.layers import Linear
from neurohw.ann.mock import Chip, MockParameter, measure_mock_parameter
from neurohw.ann.scaling import ScaleInput
from neurohw.errors import SettingError
from neurohw.files import replacing

_SETTINGS = ("num_sends", "first_block", "mask_clipped", "result_scale")


def save_network(network: nn.Module, path: str | PathLike[str]) -> None:
    """Write a network of the chain, of floats or for a chip; which chip is no part of it.

    Raises
    ------
    SettingError
        For a folder that is missing or cannot be written to.
    """
    content = {
        "layers": [_settings(module) for module in network.children()],
        "weights": dict(network.state_dict()),
    }
    with replacing(path) as temporary, temporary.open("wb") as file:
        torch.save(content, file)


def load_network(path: str | PathLike[str], chip: Chip | None = None) -> nn.Sequential:
    """Read what `save_network` wrote.

    Parameters
    ----------
    chip : that multiplies for the layers of a network that is for chips; None: the mock, with the ranges of
        BrainScaleS-2. A network of floats needs none.

    Raises
    ------
    SettingError
        For a file that is missing or no network of the chain.
    """
    parameter = MockParameter() if chip is None else measure_mock_parameter(chip)
    source = Path(path)
    try:
        content = torch.load(source, weights_only=True)
        weights = content["weights"]
        plain = convolutional_network(len(list(weights.values())[-1]))
        modules = zip(plain, content["layers"], strict=True)
        network = nn.Sequential(*(_restored(module, given, chip, parameter) for module, given in modules))
        network.load_state_dict(weights)
    except OSError as error:
        raise SettingError(f"{source}: cannot be read: {error.strerror or error}") from error
    except Exception as error:  # whatever PyTorch stumbles over in a file of something else
        first = (str(error).splitlines() or [""])[0]
        raise SettingError(
            f"{source}: no network of `neurohw vmm mnist` ({type(error).__name__}: {first})"
        ) from error
    return network


def _settings(module: nn.Module) -> dict[str, Any]:
    """Return what a module was set to, beside its sizes; nothing for one of floats."""
    if isinstance(module, ConvertingReLU):
        return {"shift": module.shift, "input_max": module.input_max}
    if not isinstance(module, AnalogLayer):
        return {}
    given: dict[str, Any] = {name: getattr(module, name) for name in _SETTINGS}
    transform = module.input_transform
    if isinstance(transform, ScaleInput):
        given |= {"input_factor": transform.factor, "input_max": transform.largest}
    return given


def _restored(
    module: nn.Module, given: dict[str, Any], chip: Chip | None, parameter: MockParameter
) -> nn.Module:
    """Return a module of floats as the one that had these settings."""
    if not given:
        return module
    is_mock = chip is None
    if isinstance(module, nn.ReLU):
        return ConvertingReLU(given["shift"], mock=is_mock, input_max=given["input_max"])
    options: dict[str, Any] = {
        "bias": False,
        "mock": is_mock,
        "chip": chip,
        "mock_parameter": parameter,
        **{name: given[name] for name in ("num_sends", "first_block", "mask_clipped")},
    }
    if "input_factor" in given:
        options["input_transform"] = ScaleInput(given["input_factor"], given["input_max"])
    layer: AnalogLayer
    if isinstance(module, nn.Conv2d):
        sizes = module.in_channels, module.out_channels, module.kernel_size
        layer = Conv2d(*sizes, stride=module.stride, padding=module.padding, **options)
    elif isinstance(module, nn.Linear):
        layer = Linear(module.in_features, module.out_features, **options)
    else:
        raise SettingError(f"settings of {module}, which has none")
    layer.result_scale = given["result_scale"]
    return layer
