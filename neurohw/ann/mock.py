"""Gain and noise of a chip: as hxtorch assumes them, or as measured; what the mock and the backward pass use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from neurohw.ann.checks import check_number
from neurohw.backend import load_matrix
from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit

_VECTORS = 64  # of one measurement
_SEED = 20_200_623
LARGEST_SEED = 2**63 - 1  # of noise
_CODE_VARIANCE = 1 / 12  # of the rounding to whole results


class Chip(Protocol):
    """What layers need of a chip."""

    @property
    def unit(self) -> AnalogUnit:
        """The analog unit that the chip is made of."""

    def multiply(
        self,
        inputs: Any,
        weights: Any,
        *,
        num_sends: int = 1,
        wait_between_events: int | None = None,
        first_block: int = 0,
    ) -> np.ndarray:
        """Return the results, int8 [vectors, columns]."""


@dataclass(frozen=True)
class MockParameter:
    """A chip as one line with noise: ``result = floor(gain * inputs @ weights + noise)``; the defaults are hxtorch's.

    Attributes
    ----------
    gain : LSB for one input step times one weight step.
    noise_std : LSB, standard deviation of a result.
    """

    gain: float = 0.002
    noise_std: float = 2.0

    def __post_init__(self) -> None:
        for name in ("gain", "noise_std"):
            check_number(f"MockParameter: {name}", getattr(self, name), above_zero=name == "gain")


def check_chip(chip: Any) -> None:
    """Refuse what does not multiply, as the name of a preset.

    Raises
    ------
    SettingError
        Saying how a chip is made.
    """
    if not (hasattr(chip, "unit") and hasattr(chip, "multiply")):
        raise SettingError(
            f"chip = {chip!r} is no chip; make one: "
            'neurohw.backend.load_matrix("analog").chip("brainscales2", seed=1)'
        )


def measure_mock_parameter(chip: Chip) -> MockParameter:
    """Return gain and noise of a chip, measured with random inputs and weights on all of its arrays.

    The gain is the slope of the line through all results, offsets of columns taken off; the noise is how much two
    measurements of the same differ.
    """
    check_chip(chip)
    random = np.random.default_rng(_SEED)
    unit = chip.unit
    inputs = random.integers(0, unit.input_max + 1, (_VECTORS, unit.rows))
    weights = random.integers(-unit.weight_max, unit.weight_max + 1, (unit.rows, unit.columns))
    ideal = (inputs - inputs.mean(0)) @ weights
    both = np.array(
        [
            [chip.multiply(inputs, weights, first_block=block) for block in range(unit.blocks_per_chip)]
            for _ in range(2)
        ],
        np.float64,
    )
    codes = both.mean((0, 1))
    gain = float((ideal * codes).sum() / (ideal**2).sum())
    variance = (both[0] - both[1]).var() / 2 - _CODE_VARIANCE
    return MockParameter(gain, float(np.sqrt(max(variance, 0.0))))


def mock_chip(unit: AnalogUnit, parameter: MockParameter, noise_seed: int = 0) -> Chip:
    """Return a chip without pattern that is nothing but gain and noise."""
    ideal = unit.ideal().replace(gain=parameter.gain, noise=parameter.noise_std)
    chip: Chip = load_matrix("analog").chip(ideal, noise_seed=noise_seed)
    return chip


def next_noise_seed() -> int:
    """Return a seed that follows from the state of PyTorch's generator, which stays as it is."""
    with torch.random.fork_rng(devices=[]):
        return int(torch.randint(LARGEST_SEED, (), dtype=torch.int64))
