"""What the synapses of a chip may do besides passing every spike on with one weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# the names are those of the synapse models of a network
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "short_term": ("tsodyks_markram",),
    "stochastic": ("simple_stochastic", "stochastic_tsodyks_markram", "multi_quantal"),
    "stdp": (
        "stdp_spike_pair_additive",
        "stdp_spike_pair_multiplicative",
        "stdp_spike_pair_additive_potentiation_multiplicative_depression",
        "stdp_spike_pair_gutig",
        "stdp_vogels_2011_additive",
    ),
}
ALWAYS = "static"
CHOICES = (ALWAYS, *FAMILIES, *(model for models in FAMILIES.values() for model in models))


def models_of(names: Iterable[str]) -> frozenset[str]:
    """Return the synapse models that some names of models and families stand for; ``"static"`` always is one."""
    return frozenset({ALWAYS}.union(*(FAMILIES.get(name, (name,)) for name in names)))
