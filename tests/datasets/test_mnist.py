"""MNIST in its four files: small ones made here, and the real ones where they are."""

import gzip
import struct

import numpy as np
import pytest

from neurohw.datasets import load_mnist
from neurohw.errors import SettingError
from tests.reference_data import ROOT


def write(folder, *, size=28, labels=(3, 9), suffix="", compress=bytes):
    """Write a training part with as many images as labels and a test part with one fewer."""
    folder.mkdir(exist_ok=True, parents=True)
    for prefix, part in (("train", labels), ("t10k", labels[1:])):
        pixels = bytes(range(256)) * 16
        header = struct.pack(">4B3I", 0, 0, 8, 3, len(part), size, size)
        images = header + pixels[: len(part) * size * size]
        (folder / f"{prefix}-images-idx3-ubyte{suffix}").write_bytes(compress(images))
        (folder / f"{prefix}-labels-idx1-ubyte{suffix}").write_bytes(
            compress(struct.pack(">4BI", 0, 0, 8, 1, len(part)) + bytes(part))
        )
    return folder


@pytest.fixture(autouse=True)
def no_data(monkeypatch):
    monkeypatch.delenv("NEUROHW_DATA", raising=False)


@pytest.mark.parametrize(("suffix", "compress"), [("", bytes), (".gz", gzip.compress)])
def test_the_four_files_are_read(tmp_path, suffix, compress):
    data = load_mnist(write(tmp_path, suffix=suffix, compress=compress))
    assert data.train_inputs.shape == (2, 28, 28)
    assert data.test_inputs.shape == (1, 28, 28)
    assert (data.train_labels.tolist(), data.test_labels.tolist()) == ([3, 9], [9])
    assert data.train_inputs[0, 0, :3].tolist() == [0, 1, 2]
    assert (data.train_inputs.dtype, data.train_labels.dtype) == (np.uint8, np.int64)


@pytest.mark.parametrize("below", ["mnist", "."])
def test_the_environment_says_where(tmp_path, monkeypatch, below):
    write(tmp_path / below)
    monkeypatch.setenv("NEUROHW_DATA", str(tmp_path))
    assert len(load_mnist().train_labels) == 2


def test_without_files_the_message_says_where_to_get_them(tmp_path):
    with pytest.raises(SettingError, match=r"NEUROHW_DATA is not set.*yann\.lecun\.com"):
        load_mnist()
    with pytest.raises(SettingError, match=str(tmp_path)):
        load_mnist(tmp_path)


def test_a_missing_part_is_named(tmp_path):
    (write(tmp_path) / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(SettingError, match=r"no t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte\.gz"):
        load_mnist(tmp_path)


def test_other_sizes_and_labels_are_refused(tmp_path):
    with pytest.raises(SettingError, match="must be uint8, n x 28 x 28"):
        load_mnist(write(tmp_path / "small", size=20))
    with pytest.raises(SettingError, match="label 11 must be from 0 to 9"):
        load_mnist(write(tmp_path / "labels", labels=(3, 11)))


def test_a_part_without_samples_is_refused(tmp_path):
    with pytest.raises(SettingError, match="t10k-images-idx3-ubyte: holds no samples"):
        load_mnist(write(tmp_path, labels=(3,)))


def test_images_and_labels_must_be_as_many(tmp_path):
    folder = write(tmp_path)
    other = write(tmp_path / "other", labels=(1, 2, 3))
    (folder / "train-labels-idx1-ubyte").write_bytes((other / "train-labels-idx1-ubyte").read_bytes())
    with pytest.raises(SettingError, match="2 inputs and 3 labels to train with"):
        load_mnist(folder)


def test_the_real_files():
    if not (ROOT / "mnist").is_dir():
        pytest.skip(f"no {ROOT / 'mnist'}; set NEUROHW_DATA to the folder of reference data")
    data = load_mnist(ROOT / "mnist")
    assert data.train_inputs.shape == (60_000, 28, 28)
    assert data.test_inputs.shape == (10_000, 28, 28)
    # as published: the first ten labels, and 5,421 to 6,742 samples of each digit
    assert data.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    counts = np.bincount(data.train_labels)
    assert (counts.min(), counts.max()) == (5421, 6742)
    assert data.train_inputs.max() == 255
