"""What this backend can run."""

from __future__ import annotations

from neurohw.backend import FIDELITIES, missing_models
from neurohw.network.models import MODELS, POINT_NEURON
from neurohw.program import Program
from neurohw_event.layout import KIND_OF_SOURCE

LONGEST_DELAY = 2**24  # ticks; the wheel of pending events has one slot a tick
_MODELS = (*(name for name, model in MODELS.items() if not model.is_source), POINT_NEURON, *KIND_OF_SOURCE)


def unsupported(program: Program, fidelity: str) -> list[str]:
    """Return the reasons why a program can't run here; empty when it can."""
    reasons = missing_models(program.network, _MODELS)
    if fidelity not in FIDELITIES:
        reasons.append(f"fidelity {fidelity!r} is unknown; known: {', '.join(FIDELITIES)}")
    elif fidelity != "ideal" and program.routes is None:
        reasons.append(f"fidelity {fidelity!r} needs a chip; without one only 'ideal' runs")
    for synapses in program.network.synapses:
        longest = int(synapses.delay.max(initial=0))
        if longest > LONGEST_DELAY:
            reasons.append(f"synapses {synapses.name!r}: delay of {longest} ticks, at most {LONGEST_DELAY}")
    return reasons
