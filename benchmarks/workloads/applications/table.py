"""The ten applications, smallest networks first in each kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from benchmarks.workloads.applications import stimuli
from benchmarks.workloads.applications.feed_forward import TIMESTEP_MS, FeedForward
from benchmarks.workloads.applications.layers import Convolution, Dense, Layer, Pooling
from benchmarks.workloads.applications.recurrent import DigitsStdp, Reservoir

Application = FeedForward | Reservoir | DigitsStdp


def _blocks(*blocks: tuple[int, ...]) -> list[Layer]:
    """Return convolutions 3 x 3 of the channels of each block, and a pooling 2 x 2 behind each."""
    layers: list[Layer] = []
    for channels in blocks:
        layers += [*(Convolution(n, kernel=3, padding=1) for n in channels), Pooling(2)]
    return layers


APPLICATIONS: Mapping[str, Application] = {
    # 64 x 64 pixels, each smoothed one from its 2 x 2: 4,096 to 1,024 cells
    "image_smoothing": FeedForward((1, 64, 64), [Pooling(2)]),
    # 4,096 - 1,024 - 1,024 - 1,024 cells
    "edge_detection": FeedForward(
        (1, 64, 64),
        [Pooling(2), Convolution(1, kernel=5, padding=2), Convolution(1, kernel=5, padding=2)],
    ),
    "mlp_mnist": FeedForward((1, 28, 28), [Dense(100), Dense(10)]),
    "lenet": FeedForward(
        (1, 32, 32),
        [Convolution(6, 5), Pooling(2), Convolution(16, 5), Pooling(2), Dense(120), Dense(84), Dense(10)],
    ),
    "heartbeat_cnn": FeedForward(
        (1, 82, 82),
        [Convolution(16, 5), Pooling(2), Convolution(16, 5), Pooling(2), Dense(256), Dense(6)],
    ),
    # channels and dense layers of AlexNet (Krizhevsky et al. 2012) over pictures of 32 x 32 with three colours
    "alexnet": FeedForward(
        (3, 32, 32),
        [
            Convolution(96, kernel=3, stride=2, padding=1),
            Pooling(2),
            Convolution(256, kernel=3, padding=1),
            Pooling(2),
            *_blocks((384, 384, 256)),
            *(Dense(n) for n in (4096, 4096, 10)),
        ],
    ),
    # configuration D of Simonyan and Zisserman 2014 (arXiv 1409.1556) over the same pictures
    "vgg16": FeedForward(
        (3, 32, 32),
        [
            *_blocks((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3),
            *(Dense(n) for n in (4096, 4096, 10)),
        ],
    ),
    "heart_rate": Reservoir(
        partial(stimuli.heartbeats, 64, timestep_ms=TIMESTEP_MS), size=1024, in_degree=100, n_readers=16
    ),
    "visual_pursuit": Reservoir(
        partial(stimuli.moving_target, (24, 24), timestep_ms=TIMESTEP_MS),
        size=512,
        in_degree=100,
        n_readers=8,
    ),
    "digits_stdp": DigitsStdp(),
}
