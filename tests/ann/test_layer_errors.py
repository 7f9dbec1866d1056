"""Layers on a chip refuse what no chip can be or take, and say where it stands."""

import math

import numpy as np
import pytest

from neurohw.backend import load_matrix
from neurohw.errors import SettingError

NO_TORCH = "needs PyTorch: `python -m pip install torch`"
torch = pytest.importorskip("torch", reason=NO_TORCH)
ann = pytest.importorskip("neurohw.ann", reason=NO_TORCH)

SILENT = ann.MockParameter(gain=0.002, noise_std=0.0)


BAD_OPTIONS = [
    ({"mock": False}, "needs a chip, or mock=True"),
    ({"num_sends": 0}, "num_sends = 0 must be at least 1"),
    ({"avg": 0}, "avg = 0 must be at least 1"),
    ({"first_block": -1}, "first_block = -1 must be at least 0"),
    ({"weight_noise": -0.5}, "weight_noise = -0.5"),
    ({"weight_noise": math.inf}, "weight_noise = inf must be a finite number"),
    ({"num_sends": "3"}, "num_sends = '3' must be a whole number"),
    ({"avg": 1.5}, "avg = 1.5 must be a whole number"),
    ({"wait_between_events": 2.5}, "wait_between_events = 2.5 must be a whole number"),
    ({"noise_seed": -1}, "noise_seed = -1 must be at least 0"),
    ({"noise_seed": 2**63}, "noise_seed = 9223372036854775808 must be at most 9223372036854775807"),
    ({"num_sends": 1001}, "num_sends = 1001 must be at most 1000"),
    ({"avg": 10**9}, "avg = 1000000000 must be at most 65536"),
    ({"mock": "no"}, "mock = 'no' must be True or False"),
    ({"mock_parameter": 0.1}, "mock_parameter = 0.1 must be a MockParameter"),
    ({"chip": "brainscales2", "mock": False}, r"chip = 'brainscales2' is no chip; make one: .*load_matrix"),
    ({"weight_transform": 3}, "weight_transform = 3 must be a function"),
]


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS)
def test_bad_options_are_named(options, message):
    with pytest.raises(SettingError, match=message):
        ann.Linear(4, 2, **{"mock": True} | options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 0}, "stride = 0 must be at least 1"),
        ({"stride": 1.5}, "stride = 1.5 must be a whole number"),
        ({"padding": (0, -1)}, "padding = -1 must be at least 0"),
        ({"dilation": 0}, "dilation = 0"),
        ({"stride": "same"}, "stride = 'same' must be a whole number"),
        ({"groups": 0}, "groups = 0 must be at least 1"),
        ({"groups": 2}, "in_channels = 1 must be a multiple of groups = 2"),
        ({"stride": (1, 1, 1)}, r"stride = \(1, 1, 1\) must be one number, or 2 of them"),
        ({"padding": (1,)}, r"padding = \(1,\) must be one number, or 2 of them"),
        ({"padding_mode": "mirror"}, "padding_mode = 'mirror' must be one of zeros, reflect"),
        ({"padding": "full"}, "padding = 'full' must be 'same', 'valid' or whole numbers"),
        ({"padding": "same", "stride": (1, 2)}, r"padding = 'same' needs stride = 1, not \(1, 2\)"),
    ],
)
def test_bad_sizes_of_convolutions_are_named(options, message):
    with pytest.raises(SettingError, match=f"Conv2d: {message}"):
        ann.Conv2d(1, 2, 3, mock=True, **options)


@pytest.mark.parametrize(
    ("value", "message"), [(math.nan, "is not a number"), (-math.inf, "= -inf must be a finite")]
)
@pytest.mark.parametrize("weight_transform", [ann.clamp_weight_, None])
def test_a_wrong_parameter_is_named_in_the_order_of_pytorch(value, message, weight_transform):
    layer = ann.Linear(4, 3, mock=True, weight_transform=weight_transform)
    for parameter, place, name in (
        (layer.bias, (1,), r"bias\[1\]"),
        (layer.weight, (2, 3), r"weight\[2, 3\]"),
    ):
        with torch.no_grad():
            parameter[place] = value
        with pytest.raises(SettingError, match=rf"^Linear\(4, 3\): {name} {message}"):
            layer(torch.ones(1, 4))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.ones((1, 1, 5, 5)), "ndarray must be a torch.Tensor"),
        (torch.ones(1, 1, 5, 5, dtype=torch.bool), "tensor of torch.bool must be of real numbers"),
        (torch.ones(1, 1, 5, 5, dtype=torch.complex64), "tensor of torch.complex64 must be of real numbers"),
        (torch.ones(1, 1, 5, 5, device="meta"), "tensor on meta must be in main memory"),
    ],
)
def test_what_no_chip_can_read_is_named(wrong, message):
    for layer in (ann.Linear(5, 2, mock=True), ann.Conv2d(1, 2, 3, mock=True)):
        with pytest.raises(SettingError, match=f": input: {message}"):
            layer(wrong)


def test_tensors_that_numpy_does_not_read_are_named():
    chip, weights = load_matrix("analog").chip("brainscales2"), torch.ones(5, 2)
    for wrong in (torch.ones(1, 5, requires_grad=True), torch.ones(1, 5, dtype=torch.bfloat16)):
        with pytest.raises(SettingError, match="inputs: Tensor is nothing that NumPy reads"):
            chip.multiply(wrong, weights)


def test_a_wrong_input_of_a_convolution_has_its_own_place():
    inputs = torch.ones(2, 1, 5, 5)
    inputs[1, 0, 2, 3] = 32
    with pytest.raises(
        SettingError, match=r"Conv2d\(2, 1, 3, 3\): input\[1, 0, 2, 3\] = 32 must be from 0 to 31"
    ):
        ann.Conv2d(1, 2, 3, mock=True)(inputs)


def test_an_activation_and_scales_refuse_what_is_no_number():
    wrong = torch.tensor([1.0, math.nan])
    for function in (ann.ConvertingReLU(2), ann.scale_input, ann.scale_weight):
        with pytest.raises(SettingError, match=r"\[1\] is not a number"):
            function(wrong)
    with pytest.raises(SettingError, match=r"shift = 1.5 must be a whole number"):
        ann.ConvertingReLU(1.5)
    with pytest.raises(SettingError, match="gain = 0 must be a finite number above 0"):
        ann.MockParameter(gain=0)


def test_an_unknown_option_is_named():
    with pytest.raises(TypeError, match="Linear: unknown arguments wait"):
        ann.Linear(4, 2, mock=True, wait=3)


BAD_INPUTS = [
    (torch.full((1, 4), 32.0), r"Linear\(4, 2\): input\[0, 0\] = 32 must be from 0 to 31"),
    (torch.full((1, 4), -1.0), "= -1 must be from 0"),
    (torch.full((1, 4), math.nan), "not a number"),
    (torch.zeros(1, 5), "5"),
]


@pytest.mark.parametrize(("inputs", "message"), BAD_INPUTS)
def test_inputs_that_the_chip_cannot_take_are_named(inputs, message):
    with pytest.raises(SettingError, match=message):
        ann.Linear(4, 2, mock=True)(inputs)


def test_channels_of_a_convolution_are_checked():
    with pytest.raises(SettingError, match="must have 3 channels and 2 axes"):
        ann.Conv2d(3, 2, 3, mock=True)(torch.zeros(1, 4, 8, 8))


def test_an_input_smaller_than_the_kernel_is_refused():
    layer = ann.Conv2d(1, 2, 3, dilation=2, padding=1, mock=True)
    assert layer(torch.zeros(1, 1, 3, 4)).shape == (1, 2, 1, 2)
    with pytest.raises(
        SettingError, match=r"input of \(4, 6\) positions with padding is smaller .* \(5, 5\)"
    ):
        layer(torch.zeros(1, 1, 2, 4))
