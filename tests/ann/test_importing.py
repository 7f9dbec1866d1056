"""Networks of floats taken to a chip: what they compute stays, what no chip carries is named; transfer and costs."""

import numpy as np
import pytest

from neurohw.backend import load_matrix
from neurohw.errors import SettingError, UnsupportedError
from neurohw.hardware.analog import AnalogUnit

NO_TORCH = "needs PyTorch: `python -m pip install torch`"
torch = pytest.importorskip("torch", reason=NO_TORCH)
ann = pytest.importorskip("neurohw.ann", reason=NO_TORCH)
nn = torch.nn

SILENT = ann.MockParameter(noise_std=0.0)
# almost without rounding: what is left is what scaling does
FINE = AnalogUnit(input_bits=10, weight_bits=10, result_bits=16, gain=1e-3, noise=0.0)


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Sequential(nn.Flatten(), nn.Linear(36, 140), nn.ReLU()),
        nn.Linear(140, 3),
    )


def images(n=40, seed=1):
    return torch.rand(n, 1, 8, 8, generator=torch.Generator().manual_seed(seed))


def test_a_fine_chip_computes_what_the_floats_do():
    chip = load_matrix("analog").chip(FINE)
    floats = network().eval()
    on_chip = ann.from_sequential(floats, images(), chip=chip, quantile=1.0).eval()
    exact = floats(images()).detach().numpy()
    found = (on_chip(images()) / on_chip[-1].result_scale).detach().numpy()
    assert np.abs(found - exact).max() < 0.01 * np.abs(exact).max()


def test_the_ranges_are_used_and_kept():
    on_chip = ann.from_sequential(network(), images(), mock_parameter=SILENT)
    seen = []
    for module in on_chip:
        module.register_forward_hook(lambda module, inputs, result: seen.append((module, inputs[0], result)))
    on_chip.eval()(images())
    layers = [(m, i, r) for m, i, r in seen if isinstance(m, ann.Linear | ann.Conv2d)]
    for layer, inputs, results in layers:
        assert layer.weight.abs().max().item() == pytest.approx(63, rel=1e-6) or layer.num_sends == 1
        assert results.abs().max() <= 128
        if layer is not layers[0][0]:
            assert (inputs.min(), inputs.max()) >= (0, 0)
            assert 8 < inputs.max() <= 31
    shifts = [module.shift for module, _, _ in seen if isinstance(module, ann.ConvertingReLU)]
    assert len(shifts) == 2


def test_clipped_results_of_an_imported_layer_pass_no_gradient_unless_asked():
    """The first result of the layer is far beyond its limit; a gradient there would drive it on and on."""
    floats = nn.Sequential(nn.Linear(4, 2, bias=False))
    with torch.no_grad():
        floats[0].weight.copy_(torch.tensor([[1.0] * 4, [0.1] * 4]))
    for is_masked in (True, False):
        (layer,) = on_chip = ann.from_sequential(
            floats, torch.ones(1, 4), mock_parameter=SILENT, mask_clipped=is_masked
        )
        layer.num_sends = 50
        results = on_chip(torch.ones(1, 4))
        results.sum().backward()
        assert results[0].tolist() == [127, 74]  # of 781 and 74.4
        clipped, inside = layer.weight.grad.abs().sum(1)
        assert (clipped == 0) == is_masked
        assert inside > 0


def test_layers_take_arrays_in_turn_and_large_ones_begin_a_run():
    floats = nn.Sequential(nn.Linear(10, 300), nn.ReLU(), nn.Linear(300, 20), nn.ReLU(), nn.Linear(20, 5))
    on_chip = ann.from_sequential(floats, torch.rand(20, 10), mock_parameter=SILENT)
    # 300 columns are two blocks, 300 rows three, and the last layer one
    assert [layer.first_block for layer in ann.analog_layers(on_chip)] == [0, 2, 5]


def test_the_original_is_left_as_it_is():
    floats = network()
    before = [parameter.clone() for parameter in floats.parameters()]
    ann.from_sequential(floats, images())
    assert all((parameter == old).all() for parameter, old in zip(floats.parameters(), before, strict=True))
    assert all(module.training for module in floats.modules())
    on_chip = ann.from_sequential(floats.eval(), images())
    assert not any(module.training for module in [*floats.modules(), *on_chip.modules()])


REFUSED = [
    (nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)), r"module 1 \(BatchNorm1d.*Linear, Conv1d"),
    (nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Tanh())), r"module 1\.0 \(Tanh\(\)\)"),
    (nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)), r"module 1 .*put a ReLU between"),
]


@pytest.mark.parametrize(("model", "message"), REFUSED)
def test_what_no_chip_carries_is_named(model, message):
    with pytest.raises(UnsupportedError, match=message):
        ann.from_sequential(model, torch.rand(5, 4))


def nan_network():
    model = nn.Sequential(nn.Linear(4, 3))
    nn.init.constant_(model[0].bias, torch.nan)
    return model


SETTINGS = [
    ({"inputs": torch.rand(0, 4)}, r"inputs of shape \(0, 4\); scales need some samples"),
    ({"inputs": torch.rand(2, 5)}, r"module 0 \(Linear.*\) does not take what it gets"),
    ({"quantile": 0.0}, r"quantile = 0\.0 must be above 0"),
    ({"quantile": 1.5}, r"quantile = 1\.5 must be"),
    ({"max_sends": 0}, "max_sends = 0 must be at least 1"),
    ({"model": nan_network()}, r"0\.bias has values that are no finite numbers"),
]


@pytest.mark.parametrize(("change", "message"), SETTINGS)
def test_what_no_scale_can_be_chosen_from_is_refused(change, message):
    given = {"model": nn.Sequential(nn.Linear(4, 3)), "inputs": torch.rand(2, 4)} | change
    with pytest.raises(SettingError, match=message):
        ann.from_sequential(given.pop("model"), given.pop("inputs"), **given)


def test_a_single_layer_is_no_network():
    with pytest.raises(UnsupportedError, match=r"Linear is no nn\.Sequential"):
        ann.from_sequential(nn.Linear(4, 3), torch.rand(2, 4))


@pytest.mark.parametrize(
    "inputs", [torch.tensor([[-0.1, 1.0]]), torch.zeros(3, 2), torch.full((1, 2), torch.inf)]
)
def test_inputs_below_zero_or_without_any_are_refused(inputs):
    with pytest.raises(SettingError, match="a chip takes none below zero"):
        ann.from_sequential(nn.Sequential(nn.Linear(2, 2)), inputs)


def test_transfer_leaves_the_original_on_its_chip():
    backend = load_matrix("analog")
    unit = AnalogUnit(noise=0.0, column_offset_spread=6.0)
    first, second = backend.chip(unit, 1), backend.chip(unit, 2)
    original = ann.from_sequential(network(), images(), chip=first).eval()
    before = original(images()).tolist()
    moved = ann.transfer(original, second)
    assert all(layer.chip is second for layer in ann.analog_layers(moved))
    assert all(layer.chip is first for layer in ann.analog_layers(original))
    assert moved(images()).tolist() != before
    with torch.no_grad():
        moved[0].weight.zero_()
    assert original(images()).tolist() == before
    assert ann.transfer(ann.transfer(original, second), first)(images()).tolist() == before


def test_costs_are_those_of_the_runs():
    """Two arrays in parallel: 300 rows of a matrix are three blocks in two runs."""
    floats = nn.Sequential(nn.Linear(300, 20, bias=False), nn.ReLU(), nn.Linear(20, 5, bias=False))
    inputs = torch.ones(4, 300)
    on_chip = ann.from_sequential(floats, inputs, chip=load_matrix("analog").chip("brainscales2", 1))
    first, second = ann.layer_costs(on_chip, inputs)
    assert (first.layer, first.blocks, first.runs, first.vectors) == ("Linear(300, 20)", 3, 8, 4)
    assert (second.blocks, second.runs) == (1, 4)
    sends = on_chip[0].num_sends
    assert first.events == 4 * 300 * sends
    # 128 events in the first run and 44 in the second, 5 cycles of 8 ns each, and 38 us for every run
    assert first.time_us == pytest.approx(4 * (2 * 38 + (128 + 44) * sends * 0.04))
    assert first.energy_uj == pytest.approx(0.3 * first.time_us)


def test_a_module_that_is_passed_twice_comes_twice():
    torch.manual_seed(3)
    layer, relu = nn.Linear(6, 6), nn.ReLU()
    floats = nn.Sequential(layer, relu, layer, relu, nn.Linear(6, 2)).eval()
    inputs = torch.rand(50, 6)
    chip = load_matrix("analog").chip(FINE)
    on_chip = ann.from_sequential(floats, inputs, chip=chip, quantile=1.0)
    exact = floats(inputs).detach().numpy()
    found = (on_chip(inputs) / on_chip[-1].result_scale).detach().numpy()
    assert len(on_chip) == 5
    np.testing.assert_allclose(found, exact, atol=0.03 * np.abs(exact).max())


def test_dropout_is_left_out_also_in_training():
    on_chip = ann.from_sequential(network().train(), images(), mock_parameter=SILENT)
    assert on_chip.training
    torch.testing.assert_close(on_chip(images()), on_chip.eval()(images()))


def test_a_network_in_double_precision_is_imported():
    double = ann.from_sequential(network().double(), images(), mock_parameter=SILENT)
    single = ann.from_sequential(network(), images(), mock_parameter=SILENT)
    torch.testing.assert_close(double(images()), single(images()))


def test_a_network_that_is_on_a_chip_is_not_imported_again():
    once = ann.from_sequential(network(), images())
    with pytest.raises(UnsupportedError, match=r"module 0 .*Conv2d.* is a chip's already; ann\.transfer"):
        ann.from_sequential(once, images())


def test_a_batch_in_parts_has_the_noise_of_the_whole():
    floats = nn.Sequential(
        nn.Conv2d(2, 4, 3, groups=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(64, 200),
        nn.ReLU(),
        nn.Linear(200, 3),
    )
    inputs = torch.rand(9, 2, 6, 6, generator=torch.Generator().manual_seed(2))
    backend = load_matrix("analog")
    whole, parts = (
        ann.from_sequential(floats, inputs, chip=backend.chip("brainscales2", seed=1)) for _ in range(2)
    )
    torch.testing.assert_close(
        torch.cat([parts(inputs[:4]), parts(inputs[4:])]), whole(inputs), rtol=0, atol=0
    )
