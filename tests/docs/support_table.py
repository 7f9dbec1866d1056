"""The tables of docs/pynn_support.md that follow from the code; ``python -m tests.docs.support_table`` writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import pyNN.connectors
import pyNN.neurohw as sim
import pyNN.standardmodels.cells
import pyNN.standardmodels.electrodes
import pyNN.standardmodels.receptors
import pyNN.standardmodels.synapses

from neurohw.backend import load
from neurohw.hardware import load_chip, preset_names
from neurohw.hardware.synapses import FAMILIES
from neurohw.network import Network, Population, SpikeTrains
from neurohw.program import Program
from tests.docs.tables import table, with_tables

PATH = Path(__file__).parents[2] / "docs" / "pynn_support.md"
BACKENDS = ("event", "brian2")

NO_CLASSES = {
    "Section",
    "HasSections",
    "Connector",
    "FixedNumberConnector",
}  # parts of definitions, nothing to make
WHY_NOT = {
    "MultiCompartmentNeuron": "cells are points: a crossbar column sums its inputs at one place",
    "ElectricalSynapse": "couples two potentials at every moment, which is no event; no chip here has such a path",
    "SmallWorldConnector": "PyNN leaves it unfinished",
}
FAMILY_OF_SYNAPSE = {
    "StaticSynapse": "",
    "TsodyksMarkramSynapse": "short_term",
    "SimpleStochasticSynapse": "stochastic",
    "StochasticTsodyksMarkramSynapse": "stochastic",
    "MultiQuantalSynapse": "stochastic",
    "STDPMechanism": "stdp",
    "AdditiveWeightDependence": "stdp",
    "MultiplicativeWeightDependence": "stdp",
    "AdditivePotentiationMultiplicativeDepression": "stdp",
    "GutigWeightDependence": "stdp",
    "SpikePairRule": "stdp",
    "Vogels2011Rule": "stdp",
}


def names_in(library: ModuleType) -> list[str]:
    """Return the names of the classes that a module of PyNN defines for scripts, in its order."""
    return [
        name
        for name, value in vars(library).items()
        if isinstance(value, type) and value.__module__ == library.__name__
        if name not in NO_CLASSES and not name.startswith("_")
    ]


def cells() -> str:
    """Cell types: which backends run them."""
    rows = []
    for name in names_in(pyNN.standardmodels.cells):
        ran_by = {backend: _runs(name, backend) for backend in BACKENDS}
        available = _available(name) and ran_by["event"]
        is_source = name.startswith("SpikeSource")
        on_chip = ("enters at the corner tile" if is_source else "takes a column") if available else "no"
        reason = "" if available else _reason(name)
        rows.append((f"`{name}`", _yes(available), on_chip, _yes(ran_by["brian2"]), reason))
    return table(("cell type", "ideal", "on a chip", "Brian2 reference", "why not"), rows)


def synapses() -> str:
    """Synapse types and rules: what a chip must say to have them."""
    rows = []
    for name in names_in(pyNN.standardmodels.synapses):
        available = _available(name)
        family = FAMILY_OF_SYNAPSE.get(name)
        on_chip = "yes" if family == "" else f'with `"{family}"` or the single model'
        rows.append(
            (f"`{name}`", _yes(available), on_chip if available else "no", "" if available else _reason(name))
        )
    return table(("synapse type", "ideal", "on a chip", "why not"), rows)


def chips() -> str:
    """Synapse models of the presets."""
    rows = [
        (f"`{name}`", ", ".join(f"`{model}`" for model in sorted(load_chip(name).synapse_models)))
        for name in preset_names()
    ]
    return table(("chip", "synapse models"), rows)


def families() -> str:
    """What the families stand for."""
    rows = [
        (f'`"{family}"`', ", ".join(f"`{model}`" for model in models)) for family, models in FAMILIES.items()
    ]
    return table(("family", "synapse models"), rows)


def electrodes() -> str:
    """Current sources."""
    return _simple("current source", pyNN.standardmodels.electrodes)


def receptors() -> str:
    """Post-synaptic responses of point neurons."""
    return _simple("receptor", pyNN.standardmodels.receptors)


def connectors() -> str:
    """Connectors; a chip has no say in them."""
    return _simple("connector", pyNN.connectors)


TABLES: Mapping[str, Callable[[], str]] = {
    part.__name__: part for part in (cells, synapses, families, chips, electrodes, receptors, connectors)
}


def filled(text: str) -> str:
    """Return the document with the tables as the code has them now."""
    return with_tables(text, TABLES, PATH.name)


def _simple(heading: str, library: ModuleType) -> str:
    rows = []
    for name in names_in(library):
        available = _available(name)
        reason = "" if available else _reason(name)
        rows.append((f"`{name}`", _yes(available), _yes(available), reason))
    return table((heading, "ideal", "on a chip", "why not"), rows)


def _runs(name: str, backend: str) -> bool:
    """Ask a backend whether it runs a cell of a type; True for parts of cells, which have no model alone."""
    model = getattr(getattr(sim, name, None), "model", None)
    if not hasattr(model, "variables"):
        return hasattr(sim, name)
    parameters = {key: np.full(1, parameter.default) for key, parameter in model.parameters.items()}
    trains = SpikeTrains.from_lists([[]]) if name == "SpikeSourceArray" else None
    program = Program(Network(0.1, (Population(name, model, 0, 1, parameters, trains=trains),)))
    return not load(backend).unsupported(program, "ideal")


def _available(name: str) -> bool:
    return hasattr(sim, name) and name not in WHY_NOT


def _reason(name: str) -> str:
    return WHY_NOT.get(name, "not available")


def _yes(value: bool) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    PATH.write_text(filled(PATH.read_text(encoding="utf-8")), encoding="utf-8")
