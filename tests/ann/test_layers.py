"""Layers on a chip: the mock's formula in plain loops, convolutions against PyTorch's, options."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.backend import load_matrix
from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit

NO_TORCH = "needs PyTorch: `python -m pip install torch`"
torch = pytest.importorskip("torch", reason=NO_TORCH)
ann = pytest.importorskip("neurohw.ann", reason=NO_TORCH)

SILENT = ann.MockParameter(gain=0.002, noise_std=0.0)


def linear_by_hand(inputs, weights, sends, rows=128):
    """Return hxtorch's formula with plain loops: vectors of whole inputs, weights [rows][columns]."""
    results = []
    for vector in inputs:
        line = []
        for column in range(len(weights[0])):
            total = 0
            for start in range(0, len(weights), rows):
                block = range(start, min(start + rows, len(weights)))
                charge = sum(int(vector[row]) * int(weights[row][column]) for row in block)
                # in single precision, as hxtorch computes
                code = math.floor(np.float32(np.float32(sends * 0.002) * np.float32(charge)))
                total += max(-128, min(127, code))
            line.append(max(-128, min(127, total)))
        results.append(line)
    return results


def whole(seed, *shape, low=-63, high=64):
    return torch.tensor(np.random.default_rng(seed).integers(low, high, shape), dtype=torch.float32)


def layer_with(kind, weight, *sizes, **options):
    layer = kind(*sizes, bias=False, mock=True, mock_parameter=SILENT, **options)
    with torch.no_grad():
        layer.weight.copy_(weight)
    return layer


@given(st.integers(1, 300), st.integers(1, 4), st.integers(1, 4), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_without_noise_a_linear_layer_is_the_mock_formula(rows, columns, sends, seed):
    weight, inputs = whole(seed, columns, rows), whole(seed + 1, 2, rows, low=0, high=32)
    layer = layer_with(ann.Linear, weight, rows, columns, num_sends=sends)
    assert layer(inputs).tolist() == linear_by_hand(inputs.numpy(), weight.T.numpy(), sends)


CONVOLUTIONS = [
    {},
    {"stride": 2, "padding": 1},
    {"padding": 2, "dilation": 2},
    {"groups": 2, "padding": "same"},
    {"stride": 3, "padding": 1, "padding_mode": "circular"},
]


@pytest.mark.parametrize("options", CONVOLUTIONS)
@pytest.mark.parametrize("n_axes", [1, 2])
def test_convolutions_see_the_patches_that_pytorch_sees(options, n_axes):
    """With few inputs the sum is far from the limits: the result is the floor of PyTorch's, times the gain."""
    kind, reference = ((ann.Conv1d, torch.nn.Conv1d), (ann.Conv2d, torch.nn.Conv2d))[n_axes - 1]
    plain = reference(4, 6, 3, bias=False, **options)
    weight = whole(1, *plain.weight.shape)
    with torch.no_grad():
        plain.weight.copy_(weight)
    layer = layer_with(kind, weight, 4, 6, 3, num_sends=1, **options)
    inputs = whole(2, 2, 4, *[9, 7][:n_axes], low=0, high=8)
    exact = np.float32(0.002) * plain(inputs).detach().numpy()
    assert layer(inputs).detach().numpy() == pytest.approx(np.floor(exact))
    assert layer(inputs[0]).tolist() == layer(inputs)[0].tolist()


def test_gradients_of_a_convolution_are_those_of_pytorch_times_the_gain():
    weight = whole(1, 6, 2, 3, 3)
    layer = layer_with(ann.Conv2d, weight, 4, 6, 3, num_sends=2, groups=2, padding=1)
    plain = torch.nn.Conv2d(4, 6, 3, bias=False, groups=2, padding=1)
    with torch.no_grad():
        plain.weight.copy_(weight)
    inputs = whole(2, 2, 4, 5, 5, low=0, high=8)
    gradients = []
    for module in (layer, plain):
        taken = inputs.clone().requires_grad_()
        module(taken).sum().backward()
        gradients.append((taken.grad, module.weight.grad))
    for on_chip, exact in zip(*gradients, strict=True):
        assert on_chip.numpy() == pytest.approx(2 * 0.002 * exact.numpy(), rel=1e-5, abs=1e-5)


def test_the_bias_is_rounded_and_added_with_saturation():
    layer = ann.Linear(2, 3, mock=True, num_sends=1, mock_parameter=SILENT)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[63.0, 63.0]] * 3))
        layer.bias.copy_(torch.tensor([0.4, -20.6, 200.0]))
    result = layer(torch.tensor([31.0, 31.0]))
    assert result.tolist() == [7, 7 - 21, 127]  # floor(0.002 * 3906) = 7
    result.sum().backward()
    assert layer.bias.grad.tolist() == [1, 1, 0]


def test_averaged_columns_have_less_noise():
    noise = {}
    for avg in (1, 16):
        layer = layer_with(ann.Linear, torch.zeros(1, 8), 8, 1, num_sends=1, avg=avg)
        layer.place_on(None, ann.MockParameter(0.002, 4.0))
        noise[avg] = layer(torch.zeros(4000, 8)).std().item()
    assert noise[1] == pytest.approx(4.0, rel=0.06)
    assert noise[16] == pytest.approx(1.0, rel=0.06)


def noise_of(layer, vectors=500):
    """Return what a layer adds to zeros."""
    with torch.no_grad():
        layer.weight.zero_()
        return layer(torch.zeros(vectors, layer.in_features)).numpy()


def test_each_layer_of_the_mock_has_its_own_noise():
    noise = [noise_of(ann.Linear(8, 40, bias=False, mock=True)) for _ in range(8)]
    assert noise[0].std() == pytest.approx(math.sqrt(4 + 1 / 12), rel=0.05)
    # the mean of eight; 20,000 results
    assert np.mean(noise, 0).std() == pytest.approx(math.sqrt((4 + 1 / 12) / 8), rel=0.05)


def test_layers_of_an_imported_network_have_their_own_noise():
    floats = torch.nn.Sequential(
        torch.nn.Linear(8, 8, bias=False), torch.nn.ReLU(), torch.nn.Linear(8, 8, bias=False)
    )
    net = ann.from_sequential(floats, torch.rand(50, 8))
    first, second = (noise_of(layer, 2000).ravel() for layer in ann.analog_layers(net))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05


def test_noise_of_the_mock_follows_from_pytorchs_seed_or_the_given_one():
    def made(**options):
        torch.manual_seed(3)
        return [noise_of(ann.Linear(8, 4, mock=True, **options), 5).tolist() for _ in range(2)]

    assert made() == made()
    first, second = made(noise_seed=7)
    assert first == second != made()[0]


def test_a_noise_seed_leaves_the_initial_weights_as_they_are():
    weights = []
    for seed in (None, 7):
        torch.manual_seed(3)
        weights.append(ann.Linear(8, 4, mock=True, noise_seed=seed).weight.tolist())
    assert weights[0] == weights[1]


def test_two_layers_on_two_chips_have_their_own_patterns_and_gains():
    backend = load_matrix("analog")
    unit = AnalogUnit(noise=0.0, column_offset_spread=5.0)
    chips = [backend.chip(unit.replace(gain=gain), seed) for gain, seed in ((0.002, 1), (0.004, 2))]
    layers = [ann.Linear(16, 4, bias=False, num_sends=1, chip=chip) for chip in chips]
    weight, inputs = whole(3, 4, 16), whole(4, 3, 16, low=0, high=32)
    with torch.no_grad():
        for layer in layers:
            layer.weight.copy_(weight)
    for layer, chip in zip(layers, chips, strict=True):
        expected = chip.multiply(inputs.numpy(), weight.T.numpy())
        assert (layer(inputs).detach().numpy() == expected).all()
    assert layers[0].mock_parameter.gain == pytest.approx(0.002, rel=0.01)
    assert layers[1].mock_parameter.gain == pytest.approx(0.004, rel=0.01)


def test_gain_and_noise_are_measured():
    unit = AnalogUnit(gain=0.003, noise=3.0, column_offset_spread=4.0)
    found = ann.measure_mock_parameter(load_matrix("analog").chip(unit, 5))
    assert found.gain == pytest.approx(0.003, rel=0.01)
    assert found.noise_std == pytest.approx(3.0, rel=0.02)


def test_the_converting_relu_and_its_slope():
    results = torch.arange(-128.0, 128.0, requires_grad=True)
    for shift in range(5):
        results.grad = None
        inputs = ann.ConvertingReLU(shift)(results)
        assert inputs.tolist() == [min(max(v, 0) >> shift, 31) for v in range(-128, 128)]
        inputs.sum().backward()
        slopes = [2.0**-shift if 0 < v < 32 << shift else 0.0 for v in range(-128, 128)]
        assert results.grad.tolist() == slopes


def test_scaling():
    assert ann.scale_input(torch.tensor([0.0, 0.5, 2.0])).tolist() == [0, 7.75, 31]
    assert ann.scale_weight(torch.tensor([-0.5, 0.25])).tolist() == [-63, 31.5]
    assert ann.scale_input(torch.zeros(2)).tolist() == [0, 0]
    weight = torch.tensor([-100.0, 5.0, 64.0])
    assert ann.clamp_weight_(weight) is weight
    assert weight.tolist() == [-63, 5, 63]
    assert ann.ScaleInput(31.0)(torch.tensor([-1.0, 0.5, 3.0])).tolist() == [0, 15.5, 31]


def test_initial_weights_keep_the_mean_square_of_inputs():
    """He et al. 2015: behind a ReLU and its shift, the inputs of the next layer are as large as those of this one."""
    torch.manual_seed(1)
    layer = ann.Linear(128, 2000, bias=False, mock=True, mock_parameter=SILENT)
    inputs = torch.rand(50, 128) * 10
    # what the charge would be without limits of the result
    charge = layer.num_sends * 0.002 * inputs @ layer.weight.T
    after = (charge.clamp(min=0) / 2).pow(2).mean().sqrt().item()
    assert after == pytest.approx(inputs.pow(2).mean().sqrt().item(), rel=0.1)
    assert layer.weight.abs().max() <= 63


def test_weight_noise_is_drawn_in_training_only():
    layer = layer_with(ann.Linear, torch.zeros(4, 8), 8, 4, num_sends=50, weight_noise=10.0)
    inputs = torch.full((1, 8), 31.0)
    assert layer(inputs).tolist() != layer(inputs).tolist()
    assert layer.eval()(inputs).tolist() == [[0.0] * 4]
    assert (layer.weight == 0).all()


def test_a_module_that_makes_inputs_belongs_to_the_layer():
    class Doubled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = torch.nn.Parameter(torch.tensor(2.0))

        def forward(self, inputs):
            return inputs * self.factor

    for kind, axes in ((ann.Linear, 0), (ann.Conv1d, 1), (ann.Conv2d, 2)):
        sizes = (4, 2, 1) if axes else (4, 2)
        plain = layer_with(kind, whole(1, 2, 4, *[1] * axes), *sizes)
        layer = layer_with(kind, plain.weight, *sizes, input_transform=Doubled())
        inputs = whole(2, 3, 4, *[1] * axes, low=0, high=16)
        assert torch.equal(layer(inputs), plain(2 * inputs))
        layer(inputs).sum().backward()
        assert dict(layer.named_parameters())["input_transform.factor"].grad != 0


def test_whole_numbers_are_taken_as_they_are():
    inputs = whole(3, 2, 1, 5, 5, low=0, high=32)
    for layer in (
        layer_with(ann.Linear, whole(1, 2, 5), 5, 2),
        layer_with(ann.Conv2d, whole(1, 2, 1, 3, 3), 1, 2, 3),
    ):
        for dtype in (torch.int64, torch.uint8):
            assert torch.equal(layer(inputs.to(dtype)), layer(inputs))


def test_an_empty_batch_gives_an_empty_result():
    assert ann.Linear(4, 3, mock=True)(torch.ones(0, 4)).shape == (0, 3)
    assert ann.Conv2d(1, 2, 3, mock=True)(torch.ones(0, 1, 5, 6)).shape == (0, 2, 3, 4)
    assert ann.Conv1d(2, 2, 3, mock=True, groups=2, avg=2)(torch.ones(0, 2, 5)).shape == (0, 2, 3)


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16, torch.float64])
def test_inputs_of_other_precision_give_the_same(kind):
    layer = layer_with(ann.Linear, whole(1, 3, 8), 8, 3, num_sends=1)
    inputs = whole(2, 5, 8, low=0, high=32)
    exact, other = inputs.clone().requires_grad_(), inputs.to(kind).requires_grad_()
    gradients = []
    for vectors in (exact, other):
        layer.zero_grad()
        layer(vectors).sum().backward()
        gradients.append(layer.weight.grad.clone())
    assert layer(other).dtype == kind
    assert layer(other).tolist() == layer(exact).tolist() == layer(inputs.long()).tolist()
    assert gradients[0].numpy() == pytest.approx(gradients[1].numpy(), rel=1e-6)


def test_other_units_have_their_own_ranges():
    unit = AnalogUnit(input_bits=3, weight_bits=2, noise=0.0)
    chip = load_matrix("analog").chip(unit)
    layer = ann.Linear(4, 2, bias=False, chip=chip, num_sends=1)
    with torch.no_grad():
        layer.weight.fill_(50.0)
    layer(torch.full((1, 4), 7.0))
    assert layer.weight.unique().tolist() == [3.0]
    for low, high in itertools.pairwise((0.0, 1.0)):
        assert (layer(torch.full((1, 4), low)) <= layer(torch.full((1, 4), high))).all()


def test_weights_beyond_the_range_are_clamped_or_refused():
    layer = layer_with(ann.Linear, torch.full((1, 2), 90.0), 2, 1, num_sends=1)
    layer(torch.ones(1, 2))
    assert layer.weight.tolist() == [[63, 63]]
    untouched = layer_with(ann.Linear, torch.full((1, 2), 90.0), 2, 1, num_sends=1, weight_transform=None)
    with pytest.raises(SettingError, match="90 must be from -63 to 63"):
        untouched(torch.ones(1, 2))
