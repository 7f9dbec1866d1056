"""Data sets to train and test networks with: MNIST from local files, scikit-learn's digits, Yin-Yang points."""

from neurohw.datasets.dataset import Dataset
from neurohw.datasets.digits import load_digits
from neurohw.datasets.idx import read_idx
from neurohw.datasets.mnist import load_mnist
from neurohw.datasets.yin_yang import yin_yang

__all__ = ["Dataset", "load_digits", "load_mnist", "read_idx", "yin_yang"]
