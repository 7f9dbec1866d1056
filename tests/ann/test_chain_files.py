"""Networks of the chain as files: they come back with weights and settings, and other files are refused."""

import pickle

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: `python -m pip install torch`")

from neurohw import ann  # noqa: E402
from neurohw.ann.chain import convolutional_network, load_network, save_network  # noqa: E402
from neurohw.backend import load_matrix  # noqa: E402
from neurohw.errors import SettingError  # noqa: E402
from neurohw.hardware.analog import load_unit  # noqa: E402


@pytest.fixture(scope="module")
def images():
    return torch.rand(30, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def floats():
    return convolutional_network(7, seed=3)


@pytest.fixture
def chip():
    return load_matrix("analog").chip(load_unit("brainscales2").replace(noise=0.0), seed=4)


def test_floats_come_back(floats, images, tmp_path):
    save_network(floats, tmp_path / "floats.pt")
    loaded = load_network(tmp_path / "floats.pt")
    assert torch.equal(loaded(images), floats(images))


def test_a_network_for_chips_comes_back_with_its_settings(floats, images, chip, tmp_path):
    """On the chip on which it was, and on another, results are the same."""
    made = ann.from_sequential(floats, images, chip=chip, max_sends=16)
    save_network(made, tmp_path / "made.pt")
    loaded = load_network(tmp_path / "made.pt", chip)
    assert str(loaded) == str(made)
    assert torch.equal(loaded(images), made(images))
    assert loaded[-1].result_scale == made[-1].result_scale
    assert loaded[0].mask_clipped == made[0].mask_clipped
    other = load_matrix("analog").chip(chip.unit, seed=5)
    assert torch.equal(ann.transfer(loaded, other)(images), ann.transfer(made, other)(images))
    mock = load_network(tmp_path / "made.pt")
    assert all(layer.mock and layer.chip is None for layer in ann.analog_layers(mock))
    assert torch.equal(ann.transfer(mock, chip)(images), made(images))


@pytest.mark.parametrize("content", [{"weights": {}}, {"layers": [], "weights": {"0.weight": [1]}}, [1, 2]])
def test_files_of_something_else_are_refused(content, tmp_path):
    torch.save(content, tmp_path / "other.pt")
    with pytest.raises(SettingError, match=r"other.pt: no network of `neurohw vmm mnist`"):
        load_network(tmp_path / "other.pt")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingError, match=r"absent.pt: cannot be read: No such file"):
        load_network(tmp_path / "absent.pt")


class _Code:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def test_code_in_a_file_is_not_run(tmp_path):
    for save in (torch.save, lambda code, path: path.write_bytes(pickle.dumps(code, 2))):
        save(_Code(str(tmp_path / "trace")), tmp_path / "hostile.pt")
        with pytest.raises(SettingError, match="no network"):
            load_network(tmp_path / "hostile.pt")
    assert not (tmp_path / "trace").exists()
