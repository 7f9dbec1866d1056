"""Training of networks: the same loop for floats, for the mock, and with a chip in the loop.

With layers on a chip every forward pass runs there, so that the weights learn what this chip does to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from math import isfinite
from os import PathLike
from time import perf_counter

import torch
from torch import nn
from tqdm import tqdm

from neurohw.ann.checks import check_number
from neurohw.errors import SettingError, SimulationError
from neurohw.files import write_text
from neurohw.progress import interval_s, shows_progress

Augment = Callable[[torch.Tensor, torch.Generator], torch.Tensor]
_TEST_BATCH = 500
_WARM_UP = 0.15  # of all steps, in which the learning rate rises


@dataclass(frozen=True)
class Epoch:
    """One passage through the training samples."""

    epoch: int
    loss: float  # mean over the samples, each with the weights of its moment
    train_accuracy: float  # likewise
    test_accuracy: float | None  # after the epoch; None without test samples
    seconds: float  # since the beginning


@dataclass(frozen=True)
class TrainingLog:
    """What a training did, epoch by epoch."""

    epochs: tuple[Epoch, ...]

    def to_csv(self) -> str:
        """Return a table with one row for each epoch."""
        names = [item.name for item in fields(Epoch)]
        rows = [",".join("" if v is None else f"{v:.6g}" for v in asdict(e).values()) for e in self.epochs]
        return "\n".join([",".join(names), *rows]) + "\n"

    def save(self, path: str | PathLike[str]) -> None:
        """Write the table to a file."""
        write_text(path, self.to_csv())


def train(
    model: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int = 200,
    result_scale: float = 1.0,
    augment: Augment | None = None,
    test: tuple[torch.Tensor, torch.Tensor] | None = None,
    seed: int = 0,
    label: str = "training",
) -> TrainingLog:
    """Train a network to tell classes apart (cross entropy, Adam, learning rate up and down again), in place.

    Parameters
    ----------
    inputs, labels : [samples, ...] and [samples].
    learning_rate : the largest, in units of the weights: steps of the chip for analog layers.
    result_scale : factor on the results before the softmax; about 1/16 for results of a chip, which go to 127.
    augment : makes new inputs of a batch, with random numbers of the generator it is given.
    test : inputs and labels to test with after each epoch; they do not influence the training.
    seed : of the order of the samples, and of ``augment``.
    label : name of the progress bar, shown on a terminal or with ``NEUROHW_PROGRESS=1``.

    Raises
    ------
    SettingError
        For fewer than one epoch or sample, a learning rate or a factor that is not above zero, labels that are no
        whole numbers, and where inputs, labels and results do not go together.
    SimulationError
        When the loss is no longer a number.
    """
    _check(inputs, labels, epochs, batch_size, learning_rate)
    check_number("train: result_scale", result_scale, above_zero=True)
    random = torch.Generator().manual_seed(seed)
    n_steps = epochs * -(-len(labels) // batch_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, total_steps=n_steps, pct_start=_WARM_UP
    )
    log: list[Epoch] = []
    started = perf_counter()
    with tqdm(
        total=n_steps, desc=label, mininterval=interval_s(), disable=not shows_progress(), leave=False
    ) as bar:
        for epoch in range(1, epochs + 1):
            total_loss, correct = 0.0, 0
            model.train()
            for chosen in torch.randperm(len(labels), generator=random).split(batch_size):
                batch = inputs[chosen] if augment is None else augment(inputs[chosen], random)
                results = _checked_results(model(batch), labels) * result_scale
                total_loss += len(chosen) * _step(results, labels[chosen], optimizer)
                schedule.step()
                correct += int((results.argmax(1) == labels[chosen]).sum())
                bar.update()
            if not isfinite(total_loss):
                raise SimulationError(
                    f"{label}: the loss of epoch {epoch} is {total_loss}; lower the learning rate of {learning_rate:g}"
                )
            tested = None if test is None else accuracy(model, *test)
            n_samples, seconds = len(labels), perf_counter() - started
            log.append(Epoch(epoch, total_loss / n_samples, correct / n_samples, tested, seconds))
            bar.set_postfix(loss=f"{log[-1].loss:.3f}", correct=f"{log[-1].train_accuracy:.2%}")
    return TrainingLog(tuple(log))


def _step(results: torch.Tensor, labels: torch.Tensor, optimizer: torch.optim.Optimizer) -> float:
    """Move the weights one step down the loss of a batch; returns its mean loss."""
    loss = nn.functional.cross_entropy(results, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss.item())


def accuracy(
    model: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, *, batch_size: int = _TEST_BATCH
) -> float:
    """Return the share of samples whose largest result is that of their label; of equal results the first counts.

    Raises
    ------
    SettingError
        Without samples, or for another number of labels.
    """
    _check_pairs("accuracy", inputs, labels)
    was_training = model.training
    model.eval()
    with torch.no_grad():
        correct = sum(
            int((model(part).argmax(1) == right).sum())
            for part, right in zip(inputs.split(batch_size), labels.split(batch_size), strict=True)
        )
    model.train(was_training)
    return correct / len(labels)


def _check(
    inputs: torch.Tensor, labels: torch.Tensor, epochs: int, batch_size: int, learning_rate: float
) -> None:
    _check_pairs("train", inputs, labels)
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if not isinstance(value, int) or value < 1:
            raise SettingError(f"train: {name} = {value} must be at least 1, a whole number")
    if not (isfinite(learning_rate) and learning_rate > 0):
        raise SettingError(f"train: learning_rate = {learning_rate:g} must be above 0")
    if labels.is_floating_point() or labels.is_complex() or labels.dim() != 1:
        raise SettingError(
            f"train: labels of type {labels.dtype} and shape {tuple(labels.shape)} must be whole numbers, [samples]"
        )


def _checked_results(results: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    if results.dim() != 2 or not 0 <= int(labels.min()) <= int(labels.max()) < results.shape[1]:
        raise SettingError(
            f"train: results of shape {tuple(results.shape)} must be [samples, classes], with a class for each label "
            f"from {int(labels.min())} to {int(labels.max())}"
        )
    return results


def _check_pairs(name: str, inputs: torch.Tensor, labels: torch.Tensor) -> None:
    if len(inputs) != len(labels) or not len(labels):
        raise SettingError(
            f"{name}: {len(inputs)} inputs and {len(labels)} labels must be as many, and at least 1"
        )
