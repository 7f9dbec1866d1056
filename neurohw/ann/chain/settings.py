"""How long the networks of the chain are trained, and how fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Epochs and learning rates; rates on a chip are in weight steps."""

    float_epochs: int
    float_rate: float
    quantised_epochs: int
    quantised_rate: float
    loop_epochs: int
    loop_rate: float
    batch_size: int
    result_scale: float = 1 / 16  # of results of a chip, -128 to 127, before the softmax
    max_sends: int = 16  # of an input
    scale_samples: int = 500  # from which weights are scaled to the chip


FULL = Settings(
    float_epochs=10,
    float_rate=4e-3,
    quantised_epochs=1,
    quantised_rate=0.5,
    loop_epochs=2,
    loop_rate=1.0,
    batch_size=200,
)
QUICK = Settings(
    float_epochs=15,
    float_rate=6e-3,
    quantised_epochs=2,
    quantised_rate=0.5,
    loop_epochs=3,
    loop_rate=1.0,
    batch_size=50,
)
