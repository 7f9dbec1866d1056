"""What the chain found: a share of digits told right for each step and chip, and the cost of an image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from torch import nn

from neurohw.ann.costs import LayerCost
from neurohw.ann.training import TrainingLog

# Weis et al. 2020 (arXiv 2006.13177): one chip; direct: the quantised weights on the chip, without training on it
PUBLISHED: Mapping[str, float] = {
    "floats": 0.9829,
    "quantised": 0.9810,
    "direct": 0.9213,
    "in_the_loop": 0.9801,
}
PUBLISHED_POWER_W = 0.3
PUBLISHED_ENERGY_MJ = 12.0  # of one image


@dataclass(frozen=True)
class ChipOutcome:
    """Shares of test samples told right on one chip."""

    seed: int
    direct: float  # quantised weights, chip as it was made
    calibrated: float  # quantised weights, chip with trims
    in_the_loop: float  # trained on this chip, as it was made
    other_seed: int
    on_other: float  # the weights trained on this chip, on the one of ``other_seed``


@dataclass(frozen=True)
class ChainOutcome:
    """Shares of test samples told right, from floats to chips."""

    dataset: str
    train_samples: int
    test_samples: int
    unit: str
    seed: int
    floats: float
    quantised: float  # inputs, weights and results are whole; no noise
    with_noise: float  # likewise, with the noise of the chip but without its pattern
    chips: tuple[ChipOutcome, ...]
    direct_of_many: tuple[
        float, ...
    ]  # quantised weights on further chips as they were made, seeds 1, 2, 3 ...
    costs: tuple[LayerCost, ...]  # mean of ``cost_samples`` test samples, one after the other
    cost_samples: int
    power_w: float
    logs: Mapping[str, TrainingLog]
    networks: Mapping[str, nn.Module]  # as trained, by the names of their logs

    @property
    def time_us(self) -> float:
        """Time of one image on a chip."""
        return sum(cost.time_us for cost in self.costs) / self.cost_samples

    @property
    def energy_mj(self) -> float:
        """Energy of one image on a chip."""
        return sum(cost.energy_uj for cost in self.costs) * 1e-3 / self.cost_samples

    @property
    def runs(self) -> float:
        """Runs of one image."""
        return sum(cost.runs for cost in self.costs) / self.cost_samples

    def to_dict(self) -> dict[str, Any]:
        """Return everything but logs and networks as plain values, and the published figures beside it."""
        names = (
            "dataset",
            "train_samples",
            "test_samples",
            "unit",
            "seed",
            "floats",
            "quantised",
            "with_noise",
        )
        return {name: getattr(self, name) for name in names} | {
            "chips": [asdict(chip) for chip in self.chips],
            "direct_of_many": list(self.direct_of_many),
            "published": dict(PUBLISHED),
            "image": {
                "runs": self.runs,
                "time_us": self.time_us,
                "energy_mj": self.energy_mj,
                "power_w": self.power_w,
                "samples": self.cost_samples,
                "published_energy_mj": PUBLISHED_ENERGY_MJ,
                "published_power_w": PUBLISHED_POWER_W,
            },
            "layers": [asdict(cost) for cost in self.costs],
        }
