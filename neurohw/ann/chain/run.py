"""The steps of the chain, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import torch
from torch import nn

from neurohw.ann.augmentation import random_affine
from neurohw.ann.chain.network import convolutional_network, images_of
from neurohw.ann.chain.outcome import ChainOutcome, ChipOutcome
from neurohw.ann.chain.settings import FULL, Settings
from neurohw.ann.costs import LayerCost, layer_costs
from neurohw.ann.importing import from_sequential
from neurohw.ann.mock import LARGEST_SEED, Chip
from neurohw.ann.training import TrainingLog, accuracy, train
from neurohw.ann.transfer import transfer
from neurohw.backend import MatrixBackend, load_matrix
from neurohw.datasets import Dataset
from neurohw.errors import SettingError, UnsupportedError
from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw.progress import with_progress

COST_SAMPLES = 100  # over which the cost of an image is averaged
MANY_SEEDS = range(1, 21)  # chips that show how much a direct transfer differs from chip to chip


def run_chain(
    dataset: Dataset,
    *,
    unit: AnalogUnit | str | PathLike[str] = "brainscales2",
    chip_seeds: Sequence[int] = (1, 2, 3),
    seed: int = 0,
    settings: Settings = FULL,
    backend: str = "analog",
    say: Callable[[str], None] = lambda message: None,
) -> ChainOutcome:
    """Train the network of Weis et al. 2020 with floats, quantise it, and take it to several chips.

    Every chip gets the quantised weights as it was made (direct), then with its trims set (calibrated). Then it trains
    them further as it was made, in the loop, and what it has learnt is taken to another chip. What a direct transfer
    loses depends on the chip: 20 chips get the quantised weights as they were made, whatever seeds are asked for.

    Parameters
    ----------
    dataset : images of at most 28 x 28 pixels.
    unit : what the chips are made of.
    chip_seeds : of the fixed patterns, one chip each.
    seed : of initial weights, order of samples, augmentation and noise.
    settings : epochs and learning rates.
    backend : that makes the chips.
    say : is told what was found, line by line.

    Raises
    ------
    SettingError
        For fewer than two different chips, images that are too large, and a seed out of range.
    UnsupportedError
        For a unit with bit slices, which cannot be calibrated.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise SettingError(f"seed = {seed} must be from 0 to {LARGEST_SEED}")
    if len(set(chip_seeds)) != len(chip_seeds) or len(chip_seeds) < 2:
        raise SettingError(
            f"chip_seeds = {list(chip_seeds)} must be at least two different ones: weights are taken from chip to chip"
        )
    if max(chip_seeds) > LARGEST_SEED or min(chip_seeds) < 0:
        raise SettingError(f"chip_seeds = {list(chip_seeds)} must be from 0 to {LARGEST_SEED}")
    unit = load_unit(unit)
    if unit.n_slices > 1:
        raise UnsupportedError(
            f"unit {unit.name!r}: weights in {unit.n_slices} slices cannot be calibrated, which the chain does"
        )
    chain = _Chain(dataset, unit, seed, settings, load_matrix(backend), say)
    return chain.run(chip_seeds)


@dataclass
class _Samples:
    inputs: torch.Tensor
    labels: torch.Tensor


class _Chain:
    """Data, settings, logs and networks of one run of the chain."""

    def __init__(
        self,
        dataset: Dataset,
        unit: AnalogUnit,
        seed: int,
        settings: Settings,
        backend: MatrixBackend,
        say: Callable[[str], None],
    ) -> None:
        self.dataset = dataset
        self.unit = unit
        self.seed = seed
        self.settings = settings
        self.backend = backend
        self.say = say
        self.train, self.test = (
            _Samples(images_of(inputs, dataset.input_max), torch.from_numpy(labels))
            for inputs, labels in (
                (dataset.train_inputs, dataset.train_labels),
                (dataset.test_inputs, dataset.test_labels),
            )
        )
        self.logs: dict[str, TrainingLog] = {}
        self.networks: dict[str, nn.Module] = {}

    def run(self, chip_seeds: Sequence[int]) -> ChainOutcome:
        floats, quantised = self._trained_without_chip()
        noisy = transfer(quantised, self._ideal_chip(self.unit.noise))
        shares = {
            "floats": self._accuracy("floats", floats),
            "quantised": self._accuracy("quantised", quantised),
            "with_noise": self._accuracy("with noise", noisy),
        }
        chips, costs = self._on_chips(quantised, chip_seeds)
        return ChainOutcome(
            dataset=self.dataset.name,
            train_samples=len(self.train.labels),
            test_samples=len(self.test.labels),
            unit=self.unit.name,
            seed=self.seed,
            chips=chips,
            direct_of_many=self._direct_of_many(quantised),
            costs=costs,
            cost_samples=min(COST_SAMPLES, len(self.test.labels)),
            power_w=self.unit.power_w,
            logs=self.logs,
            networks=self.networks,
            **shares,
        )

    def _trained_without_chip(self) -> tuple[nn.Module, nn.Module]:
        settings = self.settings
        floats = convolutional_network(self.dataset.n_classes, seed=self.seed)
        self._train("floats", floats, settings.float_epochs, settings.float_rate)
        scaled = from_sequential(
            floats,
            self.train.inputs[: settings.scale_samples],
            chip=self._ideal_chip(0.0),
            max_sends=settings.max_sends,
        )
        # noise in training keeps the sums far above that of the chip
        quantised = transfer(scaled, self._ideal_chip(self.unit.noise))
        self._train("quantised", quantised, settings.quantised_epochs, settings.quantised_rate)
        return floats, transfer(quantised, self._ideal_chip(0.0))

    def _on_chips(
        self, quantised: nn.Module, seeds: Sequence[int]
    ) -> tuple[tuple[ChipOutcome, ...], tuple[LayerCost, ...]]:
        chips = {seed: self.backend.chip(self.unit, seed, noise_seed=self.seed) for seed in seeds}
        outcomes = []
        for seed, other in zip(seeds, [*seeds[1:], seeds[0]], strict=True):
            name = f"chip {seed}"
            direct = self._accuracy(f"{name}, direct", transfer(quantised, chips[seed]))
            trimmed = transfer(quantised, self._calibrated(seed))
            calibrated = self._accuracy(f"{name}, calibrated", trimmed)
            trained = transfer(quantised, chips[seed])
            self._train(f"{name}, in the loop", trained, self.settings.loop_epochs, self.settings.loop_rate)
            in_the_loop = self._accuracy(f"{name}, in the loop", trained)
            on_other = self._accuracy(f"trained on {name}, on chip {other}", transfer(trained, chips[other]))
            outcomes.append(ChipOutcome(seed, direct, calibrated, in_the_loop, other, on_other))
        return tuple(outcomes), layer_costs(trained, self.test.inputs[:COST_SAMPLES])

    def _direct_of_many(self, quantised: nn.Module) -> tuple[float, ...]:
        chips = (self.backend.chip(self.unit, seed, noise_seed=self.seed) for seed in MANY_SEEDS)
        shares = [
            accuracy(transfer(quantised, chip), self.test.inputs, self.test.labels)
            for chip in with_progress(chips, "many chips, direct", len(MANY_SEEDS))
        ]
        self.say(f"{len(shares)} chips, direct: {min(shares):.2%} to {max(shares):.2%} right")
        return tuple(shares)

    def _calibrated(self, seed: int) -> Chip:
        """Return the chip of a seed with its trims set."""
        chip: Chip = self.backend.chip(self.unit, seed, noise_seed=self.seed)
        self.backend.calibrate(chip, noise_seed=self.seed).apply_to(chip)
        return chip

    def _ideal_chip(self, noise: float) -> Chip:
        chip: Chip = self.backend.chip(self.unit.ideal().replace(noise=noise), noise_seed=self.seed)
        return chip

    def _train(self, label: str, model: nn.Module, epochs: int, rate: float) -> None:
        on_chip: dict[str, Any] = {} if label == "floats" else {"result_scale": self.settings.result_scale}
        self.logs[label] = log = train(
            model,
            self.train.inputs,
            self.train.labels,
            epochs=epochs,
            learning_rate=rate,
            batch_size=self.settings.batch_size,
            augment=random_affine,
            seed=self.seed,
            label=label,
            **on_chip,
        )
        self.networks[label] = model
        self.say(f"{label}: trained for {epochs} epochs in {log.epochs[-1].seconds:.1f} s")

    def _accuracy(self, label: str, model: nn.Module) -> float:
        share = accuracy(model, self.test.inputs, self.test.labels)
        self.say(f"{label}: {share:.2%} right")
        return share
