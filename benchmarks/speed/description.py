"""A network as a file that a simulator's own interpreter can read: numpy is all that it needs.

The file is an npz. ``header`` is JSON: ``timestep_ms``, and lists ``populations`` (name, model, first, size, recorded,
parameters) and ``synapses`` (pre, post, receptor, model, rule, weight, delay, n), in PyNN's units, delays in ticks; all
synapses of a group have one rule. What is the same for all cells or synapses is a number there; what is not is null,
and an array under ``population/0/v`` or ``synapses/0/weight``. Pairs are ``synapses/0/pre`` and ``synapses/0/post``,
sorted by the first.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray
STDP = "stdp_spike_pair_additive"


class Description:
    """A network as it was written."""

    def __init__(self, path: str) -> None:
        self._arrays = np.load(path)
        header = json.loads(str(self._arrays["header"]))
        self.timestep_ms: float = header["timestep_ms"]
        self.populations: list[dict[str, Any]] = header["populations"]
        self.synapses: list[dict[str, Any]] = header["synapses"]

    def of_cells(self, population: int, name: str) -> float | Array:
        """Return a parameter or initial value: a number, or one for each cell."""
        value = self.populations[population]["parameters"][name]
        return self._arrays[f"population/{population}/{name}"] if value is None else value

    def of_synapses(self, group: int, name: str) -> Any:
        """Return ``pre`` or ``post`` as an array, ``weight`` or ``delay`` as a number or an array."""
        value = self.synapses[group].get(name)
        return self._arrays[f"synapses/{group}/{name}"] if value is None else value


def write(network: Any, path: Path) -> None:
    """Write a network (:class:`neurohw.network.Network`) of cells and Poisson sources."""
    arrays: dict[str, Array] = {}
    recorded = {probe.population for probe in network.probes}
    populations = []
    for index, p in enumerate(network.populations):
        values = {**p.parameters, **p.initial}
        names = {
            name: _number_or_array(arrays, f"population/{index}/{name}", a) for name, a in values.items()
        }
        plain = {"name": p.name, "model": p.model.name, "first": p.first, "size": p.size}
        populations.append({**plain, "recorded": index in recorded, "parameters": names})
    groups = []
    for index, s in enumerate(network.synapses):
        arrays[f"synapses/{index}/pre"] = np.repeat(
            np.arange(len(s.indptr) - 1, dtype=np.int32), np.diff(s.indptr)
        )
        arrays[f"synapses/{index}/post"] = s.target
        rule = {name: float(values[0]) for name, values in s.parameters.items()}
        group = {"pre": None, "post": None, "receptor": s.receptor, "n": s.size}
        group |= {"model": s.model.name, "rule": rule}
        for name in ("weight", "delay"):
            group[name] = _number_or_array(arrays, f"synapses/{index}/{name}", getattr(s, name))
        groups.append({**group, "from": s.pre, "to": s.post})
    header = {"timestep_ms": network.timestep_ms, "populations": populations, "synapses": groups}
    with path.open("wb") as file:
        np.savez(file, header=np.array(json.dumps(header)), **arrays)


def _number_or_array(arrays: dict[str, Array], name: str, values: Array) -> float | None:
    if len(values) and (values == values[0]).all():
        return values[0].item()
    arrays[name] = values
    return None
