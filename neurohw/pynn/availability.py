"""What to say when a script asks the module for something that it does not have."""

from __future__ import annotations

from typing import Any

from pyNN import standardmodels
from pyNN.standardmodels import cells, electrodes, receptors, synapses

from neurohw.errors import did_you_mean
from neurohw.pynn.errors import UnavailableModelError
from neurohw.pynn.standardmodels import CELL_NAMES as CELLS
from neurohw.pynn.standardmodels.electrodes import NAMES as SOURCES
from neurohw.pynn.standardmodels.plasticity import NAMES as RULES
from neurohw.pynn.standardmodels.point_neurons import MEMBRANES
from neurohw.pynn.standardmodels.receptors import NAMES as RECEPTORS
from neurohw.pynn.standardmodels.synapses import NAMES as SYNAPSES

KINDS: tuple[tuple[str, Any, Any, list[str]], ...] = (
    ("cell type", cells, standardmodels.StandardCellType, CELLS),
    ("synapse type", synapses, standardmodels.StandardModelType, SYNAPSES),
    ("current source", electrodes, standardmodels.StandardCurrentSource, SOURCES),
    ("receptor", receptors, standardmodels.StandardModelType, RECEPTORS),
)


def explain_missing(module: str, name: str) -> AttributeError:
    """Return the error for a missing attribute; it says which standard models work."""
    for kind, library, base, available in KINDS:
        model = getattr(library, name, None)
        if isinstance(model, type) and issubclass(model, base):
            return UnavailableModelError(
                f"neurohw has no {kind} {name} yet; there are {', '.join(available) or 'none of this kind'}"
            )
    hint = did_you_mean(name, [*CELLS, *MEMBRANES, *RECEPTORS, *SYNAPSES, *RULES, *SOURCES])
    return AttributeError(f"module {module!r} has no attribute {name!r}{hint.rstrip(';')}")
