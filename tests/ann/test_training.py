"""Training: what is learnt with a chip in the loop, logs, determinism, bad input."""

import csv
import io

import pytest

from neurohw.backend import load_matrix
from neurohw.datasets import yin_yang
from neurohw.errors import SettingError, SimulationError
from neurohw.hardware.analog import AnalogUnit

NO_TORCH = "needs PyTorch: `python -m pip install torch`"
torch = pytest.importorskip("torch", reason=NO_TORCH)
ann = pytest.importorskip("neurohw.ann", reason=NO_TORCH)
nn = torch.nn

DATA = yin_yang(1500, 400)
INPUTS, LABELS = torch.from_numpy(DATA.train_inputs), torch.from_numpy(DATA.train_labels)
TEST = torch.from_numpy(DATA.test_inputs), torch.from_numpy(DATA.test_labels)


@pytest.fixture(scope="module")
def floats():
    torch.manual_seed(2)
    model = nn.Sequential(nn.Linear(4, 100), nn.ReLU(), nn.Linear(100, 3))
    ann.train(model, INPUTS, LABELS, epochs=60, learning_rate=0.05, batch_size=50)
    return model


def test_a_chip_in_the_loop_learns_what_its_pattern_costs(floats):
    """A strong pattern and little noise: the same weights tell few points right until they are trained there."""
    unit = AnalogUnit(noise=0.5, column_gain_spread=0.3, column_offset_spread=8.0, synapse_spread=0.2)
    chip = load_matrix("analog").chip(unit, 7)
    on_chip = ann.from_sequential(floats, INPUTS[:300], chip=chip)
    ideal = ann.accuracy(floats, *TEST)
    before = ann.accuracy(on_chip, *TEST)
    log = ann.train(
        on_chip, INPUTS, LABELS, epochs=25, learning_rate=2.0, batch_size=100, result_scale=1 / 16, test=TEST
    )
    after = log.epochs[-1].test_accuracy
    assert ideal > 0.9
    assert before < ideal - 0.3
    assert after > 0.8


def test_the_log_is_a_table(tmp_path, floats):
    log = ann.train(floats, INPUTS[:200], LABELS[:200], epochs=2, learning_rate=1e-4)
    log.save(tmp_path / "log.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "log.csv").read_text())))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert float(rows[0]["loss"]) == pytest.approx(log.epochs[0].loss, rel=1e-5)
    assert rows[0]["test_accuracy"] == ""
    assert log.epochs[0].train_accuracy > 0.8


def test_the_same_seeds_give_the_same_weights():
    def trained(seed):
        torch.manual_seed(1)
        chip = load_matrix("analog").chip("brainscales2", 3)
        model = nn.Sequential(ann.Linear(4, 20, num_sends=10, chip=chip), ann.ReLU())
        inputs = ann.scale_input(INPUTS[:100])
        ann.train(model, inputs, LABELS[:100], epochs=1, learning_rate=1.0, batch_size=20, seed=seed)
        return model[0].weight.tolist()

    assert trained(1) == trained(1)
    assert trained(1) != trained(2)


def test_training_draws_nothing_from_the_generator_of_the_process(floats):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    ann.train(floats, INPUTS[:50], LABELS[:50], epochs=1, learning_rate=1e-5)
    assert (torch.get_rng_state() == before).all()


def test_a_loss_that_is_no_number_ends_the_training():
    model = nn.Sequential(nn.Linear(4, 3))
    with pytest.raises(SimulationError, match=r"loss of epoch 1 is nan; lower the learning rate of 0\.1"):
        ann.train(model, torch.full_like(INPUTS, torch.inf), LABELS, epochs=2, learning_rate=0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs = 0 must be at least 1"),
        ({"batch_size": 0}, "batch_size = 0"),
        ({"labels": LABELS[:7]}, "1500 inputs and 7 labels"),
        ({"inputs": INPUTS[:0], "labels": LABELS[:0]}, "0 inputs and 0 labels"),
        ({"epochs": 1.5}, r"epochs = 1\.5 must be at least 1, a whole number"),
        ({"learning_rate": 0.0}, "learning_rate = 0 must be above 0"),
        ({"learning_rate": float("nan")}, "learning_rate = nan must be above 0"),
        ({"result_scale": float("nan")}, "result_scale = nan must be a finite number above 0"),
        ({"labels": LABELS.double()}, r"labels of type torch\.float64"),
        ({"labels": LABELS + 1}, r"a class for each label from 1 to 3"),
        ({"labels": LABELS - 1}, r"a class for each label from -1 to 1"),
    ],
)
def test_bad_settings_are_named(change, message):
    arguments = {"inputs": INPUTS, "labels": LABELS, "epochs": 1, "learning_rate": 0.1} | change
    with pytest.raises(SettingError, match=message):
        ann.train(nn.Sequential(nn.Linear(4, 3)), **arguments)


def test_accuracy_needs_samples():
    with pytest.raises(SettingError, match="accuracy: 0 inputs and 0 labels"):
        ann.accuracy(nn.Sequential(nn.Linear(4, 3)), INPUTS[:0], LABELS[:0])


def test_images_are_moved_a_little_and_keep_their_light():
    images = torch.zeros(20, 1, 28, 28)
    images[:, :, 10:18, 12:16] = 1.0
    changed = ann.random_affine(images, torch.Generator().manual_seed(1))
    assert changed.shape == images.shape
    assert (changed != images).flatten(1).any(1).all()
    light = changed.sum((1, 2, 3)) / 32
    assert light.min() > 0.7
    assert light.max() < 1.4
    again = ann.random_affine(images, torch.Generator().manual_seed(1))
    assert (changed == again).all()
