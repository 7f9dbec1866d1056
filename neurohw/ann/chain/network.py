"""The network of Weis et al. 2020 (arXiv 2006.13177) for handwritten digits, and the images as it takes them."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from neurohw.errors import SettingError

SIZE = 28  # pixels of an image, in both directions


def convolutional_network(n_classes: int = 10, *, seed: int = 0) -> nn.Sequential:
    """Return the network with random weights: 20 kernels of 10 x 10, then layers of 128 and ``n_classes`` neurons."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 20, 10, stride=5, padding=1, bias=False),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(500, 128, bias=False),
            nn.ReLU(),
            nn.Linear(128, n_classes, bias=False),
        )


def images_of(pixels: np.ndarray, largest: float) -> torch.Tensor:
    """Return images as float32 [samples, 1, 28, 28] from 0 to 1; small ones are enlarged by a whole factor.

    Parameters
    ----------
    pixels : [samples, height, width], from 0 to ``largest``.

    Raises
    ------
    SettingError
        For images of more than 28 pixels, or of another shape.
    """
    if pixels.ndim != 3 or not 0 < max(pixels.shape[1:]) <= SIZE:
        raise SettingError(
            f"inputs of shape {pixels.shape} must be [samples, height, width], of at most {SIZE} x {SIZE} pixels"
        )
    factor = SIZE // max(pixels.shape[1:])
    enlarged = pixels.repeat(factor, 1).repeat(factor, 2).astype(np.float32) / np.float32(largest)
    missing = [SIZE - size for size in enlarged.shape[1:]]
    framed = np.pad(enlarged, [(0, 0), *((gap // 2, gap - gap // 2) for gap in missing)])
    return torch.from_numpy(framed)[:, None]
