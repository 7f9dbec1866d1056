"""What a network costs on its chips: runs, room, time and energy of every layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from neurohw.ann.analog_layer import AnalogLayer
from neurohw.ann.transfer import analog_layers, copied
from neurohw.hardware.analog import AnalogUnit


@dataclass(frozen=True)
class LayerCost:
    """One layer, for all samples together; layers run one after the other."""

    layer: str  # kind and size: "Linear(500, 128)"
    vectors: int
    blocks: int
    runs: int  # one after the other
    utilisation: float  # share of the synapses of the arrays, over the runs, that hold a weight
    events: int
    time_us: float
    energy_uj: float
    clipped: float  # share of conversions that met an end of the converter's range


def layer_costs(model: nn.Module, inputs: torch.Tensor) -> tuple[LayerCost, ...]:
    """Return what some samples cost in each layer that multiplies on a chip.

    Parameters
    ----------
    inputs : [samples, ...]; times and energies depend on them, because zeros send no event.
    """
    # the copy counts; noise goes on where the chips of the original stand
    copy = copied(model).eval()
    counters = []
    for layer in analog_layers(copy):
        counter = _Counter(layer.multiplying_chip())
        counters.append(counter)
        layer.mock = False
        layer.place_on(counter, layer.mock_parameter)
    with torch.no_grad():
        copy(inputs)
    return tuple(
        _cost(layer, counter.reports) for layer, counter in zip(analog_layers(copy), counters, strict=True)
    )


class _Counter:
    """A chip that keeps the reports of its multiplications."""

    def __init__(self, chip: Any) -> None:
        self.chip: Any = chip
        self.reports: list[Any] = []

    @property
    def unit(self) -> AnalogUnit:
        unit: AnalogUnit = self.chip.unit
        return unit

    def multiply(self, inputs: Any, weights: Any, **settings: Any) -> np.ndarray:
        results, report = self.chip.multiply_and_report(inputs, weights, **settings)
        self.reports.append(report)
        found: np.ndarray = results
        return found


def _cost(layer: AnalogLayer, reports: list[Any]) -> LayerCost:
    def total(name: str) -> Any:
        return sum(getattr(report, name) for report in reports)

    runs = total("runs")
    # of a layer with groups, each multiplication counts as often as it runs
    shares = {
        name: sum(getattr(report, name) * report.runs for report in reports) / runs if runs else 0.0
        for name in ("utilisation", "clipped")
    }
    return LayerCost(
        layer=layer.title,
        vectors=total("vectors"),
        blocks=total("blocks"),
        runs=runs,
        events=total("events"),
        time_us=total("time_us"),
        energy_uj=total("energy_uj"),
        **shares,
    )
