"""``neurohw vmm mnist``: the chain on small digits, what it writes, bad input."""

import csv
import json
import struct

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: `python -m pip install torch`")

from neurohw.ann.chain import Settings, load_network  # noqa: E402
from neurohw.cli.vmm.mnist import TABLE, files_of_earlier  # noqa: E402


@pytest.fixture
def small_mnist(working_folder):
    """Files as those of MNIST with 300 and 100 images: bars, of which the label is the place."""
    random = np.random.default_rng(1)
    for prefix, n in (("train", 300), ("t10k", 100)):
        labels = random.integers(0, 10, n).astype(np.uint8)
        images = random.integers(0, 60, (n, 28, 28)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[4:24, 2 + 2 * label : 5 + 2 * label] = 250
        (working_folder / f"{prefix}-images-idx3-ubyte").write_bytes(
            struct.pack(">4B3I", 0, 0, 8, 3, n, 28, 28) + images.tobytes()
        )
        (working_folder / f"{prefix}-labels-idx1-ubyte").write_bytes(
            struct.pack(">4BI", 0, 0, 8, 1, n) + labels.tobytes()
        )
    return working_folder


def test_the_chain_prints_and_writes_its_table(call, small_mnist):
    code, out, err = call(
        "vmm",
        "mnist",
        "--data",
        small_mnist,
        "--chips",
        "4,9",
        "--samples",
        200,
        "--threads",
        1,
        "--out",
        "run",
    )
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].startswith("mnist: 200 digits to train, 100 to test; unit brainscales2")
    assert lines[2].split("  ")[-1].strip() == "Weis et al. 2020"
    assert [name in out for name in ("98.29", "98.10", "92.13", "98.01", "12 mJ at 0.3 W")] == [True] * 5
    data = json.loads((small_mnist / "run" / "chain.json").read_text())
    assert [(chip["seed"], chip["other_seed"]) for chip in data["chips"]] == [(4, 9), (9, 4)]
    for name in ("floats", "quantised", "with_noise"):
        assert 0 <= data[name] <= 1
        assert f"{100 * data[name]:.2f}" in out
    many = data["direct_of_many"]
    assert len(many) == 20
    assert [many[seed - 1] for seed in (4, 9)] == pytest.approx(
        [c["direct"] for c in data["chips"]], abs=0.05
    )
    assert f"20 chips as made: {min(many):.2%}"[:-1] in out
    assert f"median {np.median(many):.2%}"[:-1] in out
    lost = 100 * (data["quantised"] - np.median(many))
    assert f"The median chip loses {lost:.1f} points" in out
    # 25 positions of the kernels, 500 rows in four blocks of which two run at a time, and the last layer
    assert data["image"]["runs"] == 25 + 2 + 1
    assert [layer["blocks"] for layer in data["layers"]] == [1, 4, 1]
    assert data["image"]["energy_mj"] == pytest.approx(0.3e-3 * data["image"]["time_us"])
    logs = {path.name for path in (small_mnist / "run").glob("training-*.csv")}
    assert {"training-floats.csv", "training-chip-9-in-the-loop.csv"} < logs
    with (small_mnist / "run" / "training-floats.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 10
    names = {path.stem.removeprefix("network-") for path in (small_mnist / "run").glob("network-*.pt")}
    assert names == {name.removeprefix("training-").removesuffix(".csv") for name in logs}


def test_a_second_run_leaves_nothing_of_the_first(call, small_mnist, monkeypatch):
    """Files of other chips go; what the folder holds beside stays."""
    quick = Settings(1, 4e-3, 1, 0.5, 1, 1.0, 100)
    monkeypatch.setattr("neurohw.ann.chain.FULL", quick)
    monkeypatch.setattr("neurohw.ann.chain.run.MANY_SEEDS", range(1, 3))
    folder = small_mnist / "run"
    for chips in ("4,9", "5,6"):
        code, _, err = call("vmm", "mnist", "--data", small_mnist, "--chips", chips, "--out", folder)
        assert code == 0, err
        (folder / "training-notes.csv").write_text("mine")
    logs = {path.name for path in folder.glob("*.csv")}
    trained = {f"chip-{seed}-in-the-loop" for seed in (5, 6)} | {"floats", "quantised"}
    assert logs == {f"training-{name}.csv" for name in trained} | {"training-notes.csv"}
    assert {path.name for path in folder.glob("*.pt")} == {f"network-{name}.pt" for name in trained}
    images = torch.rand(3, 1, 28, 28)
    assert load_network(folder / "network-chip-5-in-the-loop.pt")(images).shape == (3, 10)


def test_a_table_that_is_of_no_run_stays(call, small_mnist):
    (small_mnist / "mine").mkdir()
    (small_mnist / "mine" / "chain.json").write_text("{}")
    code, _, err = call("vmm", "mnist", "--data", small_mnist, "--out", "mine")
    assert code == 2
    assert "chain.json is there, not from a run" in err


def test_small_digits_are_learnt(call_json):
    """Chips 7 and 9: where clipped results pass a gradient, training drives more of them into the limits there."""
    pytest.importorskip("sklearn", reason="needs scikit-learn: `python -m pip install scikit-learn`")
    code, data = call_json("vmm", "mnist", "--quick", "--chips", "7,9", "--threads", "1", "--out", "run")
    assert code == 0, data
    assert data["floats"] > 0.93
    assert data["quantised"] > data["floats"] - 0.04
    for chip in data["chips"]:
        assert chip["direct"] < data["floats"] - 0.02
        assert chip["in_the_loop"] > data["floats"] - 0.04
        assert chip["calibrated"] > data["floats"] - 0.05


BAD = [
    (("--chips", "1"), "must be at least two different ones"),
    (("--chips", "2,2"), "must be at least two different ones"),
    (("--chips", "1,x"), "'x' must be a whole number"),
    (("--unit", "brainscales3"), "did you mean 'brainscales2'"),
    (("--seed", str(2**63)), "must be from 0 to 9223372036854775807"),
    (("--samples", "0"), "must be a whole number above 0"),
]


@pytest.mark.parametrize(("options", "message"), BAD)
def test_bad_input_is_named(call, small_mnist, options, message):
    code, _, err = call("vmm", "mnist", "--data", small_mnist, *options)
    assert code == 2
    assert message in err


def test_without_files_the_message_says_where_to_get_them(call, monkeypatch):
    monkeypatch.delenv("NEUROHW_DATA", raising=False)
    code, _, err = call("vmm", "mnist")
    assert code == 2
    assert "torchvision.datasets.MNIST" in err


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"files": 5}', '{"files": [5]}'])
def test_a_damaged_table_names_no_files(tmp_path, content):
    (tmp_path / TABLE).write_text(content)
    assert files_of_earlier(tmp_path) == []


def test_a_table_names_files_of_its_folder_alone(tmp_path):
    (tmp_path / TABLE).write_text('{"files": ["network-a.pt", "../network-b.pt"]}')
    assert files_of_earlier(tmp_path) == ["network-a.pt", "network-b.pt"]
