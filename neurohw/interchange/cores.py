"""A core of a SANA-FE architecture: what its units cost a message, a synapse, a spike and a neuron."""

from __future__ import annotations

from dataclasses import dataclass

from neurohw.interchange.sections import Section
from neurohw.interchange.units import UNKNOWN, count_of_name, note_unused

INPUT_MODEL = "input"  # of a unit that makes spikes and is no neuron
_BY_STAGE = "a report always has energy and latency by stage"
_CORE_REASONS = {
    "buffer_position": "what arrives acts on neurons in the next tick, wherever it waits",
    "buffer_inside_unit": "what arrives acts on neurons in the next tick, wherever it waits",
    "log_energy": _BY_STAGE,
}
_UNIT_REASONS = {
    "model": "a network names its own cell and synapse models",
    "plugin": "neurohw runs no code that a file names",
    "log_energy": _BY_STAGE,
    "log_latency": _BY_STAGE,
    "update_every_timestep": "neurons count once a tick, synapses once a spike",
}


@dataclass(frozen=True)
class Cost:
    """Latency in s and energy in J of one action, and where they stand."""

    latency_s: float
    energy_j: float
    where: str

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.latency_s + other.latency_s, self.energy_j + other.energy_j, f"{self.where} + {other.where}"
        )


@dataclass(frozen=True)
class Core:
    """What a core holds and costs."""

    where: str
    neurons: int
    receive: Cost  # of a message
    send: Cost  # of a message
    synapse: Cost  # of a synaptic event
    spike: Cost  # of a neuron that fires
    update: Cost  # of a neuron in a step


def read_core(section: Section) -> Core:
    """Read one core; of several units of a kind the first is taken, of somas the first that is no input."""
    attributes = section.part("attributes")
    # what arrives is added up behind the dendrite, unless the file says before it: then that works once for a neuron
    buffered_early = attributes.text("buffer_position", "soma") == "dendrite"
    neurons = attributes.count("max_neurons_supported")
    attributes.used.discard("buffer_position")
    attributes.leave_rest(_CORE_REASONS, UNKNOWN)

    receive = _only_cost(section, "axon_in", "message_in")
    send = _only_cost(section, "axon_out", "message_out")
    synapse = _only_cost(section, "synapse", "process_spike", 0.0)
    dendrite = _only_cost(section, "dendrite", "update", 0.0)
    spike, update = _soma(section)
    section.used.add("name")
    section.leave_rest({}, UNKNOWN)
    if buffered_early:
        return Core(section.where, neurons, receive, send, synapse, spike, update + dendrite)
    return Core(section.where, neurons, receive, send, synapse + dendrite, spike, update)


def _soma(core: Section) -> tuple[Cost, Cost]:
    """Return the costs of a spike and of a step."""
    soma = _unit(core, "soma")
    access, update, spike = (
        _cost(soma, action, 0.0) for action in ("access_neuron", "update_neuron", "spike_out")
    )
    if update.energy_j or update.latency_s:
        soma.leave(
            "energy_update_neuron", "counted for every neuron and tick; in SANA-FE for neurons not at rest"
        )
    if spike.latency_s:
        soma.leave(
            "latency_spike_out", "comes once for a spike, while encode_cycles comes for each of its packets"
        )
    soma.leave_rest(_UNIT_REASONS, UNKNOWN)
    return spike, access + update


def _only_cost(core: Section, kind: str, action: str, default: float | None = None) -> Cost:
    unit = _unit(core, kind)
    cost = _cost(unit, action, default)
    unit.leave_rest(_UNIT_REASONS, UNKNOWN)
    return cost


def _cost(attributes: Section, action: str, default: float | None) -> Cost:
    latency_s = attributes.amount(f"latency_{action}", default)
    energy_j = attributes.amount(f"energy_{action}", default)
    return Cost(latency_s, energy_j, f"{attributes.where}.*_{action}")


def _unit(core: Section, kind: str) -> Section:
    """Return the attributes of the unit that is taken; the others are written down."""
    units = core.parts(kind)
    for unit in units:
        count_of_name(unit)
    taken = next((unit for unit in units if _model(unit) != INPUT_MODEL), units[0])
    note_unused(units, taken, f"a chip has one kind of {kind}")
    attributes = taken.part("attributes")
    taken.leave_rest({}, UNKNOWN)
    return attributes


def _model(unit: Section) -> object:
    attributes = unit.entries.get("attributes")
    return attributes.get("model") if isinstance(attributes, dict) else None
