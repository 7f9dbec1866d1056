"""A neuromorphic chip: tiles of crossbars, joined by routers and links.

All numbers are hardware cycles, bits, pJ and mW; ``provenance`` keeps where each came from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from math import ceil, inf
from typing import Any

from neurohw.errors import ChipError, did_you_mean
from neurohw.hardware.quantities import QUANTITIES, normalised, shown, value_problem
from neurohw.hardware.synapses import models_of

LONGEST_SERVICE = 2**40  # cycles; times are counted in 64 bits


@dataclass(frozen=True)
class Crossbar:
    """An array of synapses: ``rows`` axons (presynaptic cells) times ``columns`` neurons."""

    rows: int
    columns: int
    weight_bits: int  # magnitude bits of a cell; the sign is the receptor's
    # models, and families of them, that its synapses have besides "static"
    synapse_models: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tile:
    """What every tile holds, and the stages that a spike passes there."""

    crossbars: int  # crossbars in a tile
    encode_cycles: int = 0  # the encoder makes one packet
    encoder_packets: float = inf  # spikes that may wait for the encoder
    fifo_packets: float = inf  # packets that may wait for the crossbars
    read_cycles: int  # a crossbar reads the row of a packet, all its synapses at once
    synapse_cycles: int = 0  # and for each synapse in turn, where synapses share one circuit
    update_cycles: int = 0  # one neuron, once a tick


@dataclass(frozen=True, kw_only=True)
class Interconnect:
    """Routers and links."""

    topology: str = "mesh"
    width: int  # tiles along x; chips along x for a tree
    height: int  # tiles along y; chips along y for a tree
    leaves: int = 1  # tiles of one chip of a tree
    arity: int = 4  # children of a router of a tree
    chip_width: float = inf  # tiles along x of one chip of a board; inf: there is one chip
    chip_height: float = inf  # tiles along y
    inject_cycles: int = 0  # from a tile into its router
    hop_cycles: int  # head of a packet through a router and over the link behind it
    link_cycles: int = 0  # over a link between routers, beyond hop_cycles
    eject_cycles: int = 0  # from a router into its tile, beyond hop_cycles
    chip_link_cycles: int = 0  # over a link between chips, beyond hop_cycles
    link_bandwidth: float  # Mbit/s of one link in one direction; inf: no serialisation
    chip_link_bandwidth: float = inf  # Mbit/s
    packet_bits: int  # address and payload of one spike
    buffer_packets: float  # packets in one buffer of a router; inf: no limit
    credit_cycles: int = 1  # until a router knows that a place has become free in the next one
    full_buffer: str  # "block": a packet waits, "drop_new": it is lost, "drop_after_wait": after wait_cycles
    wait_cycles: int = 0  # for which a packet waits for a place, with "drop_after_wait"
    reinject_cycles: float = inf  # until a packet that a router lost is sent again from there; inf: never
    multicast: bool  # one packet along a tree, or one per destination tile


@dataclass(frozen=True)
class Synchronisation:
    """How the chip's time and the network's ticks go together."""

    sync: str = "async"  # "async", "barrier" or "realtime"
    sync_cycles: int = 0  # a barrier takes so long once all tiles are ready
    late_packets: str = "deliver"  # what becomes of late ones in "realtime": "deliver" or "drop"


@dataclass(frozen=True)
class Limits:
    """What a neuron, and a tile's tables, can hold at most; ``inf``: no limit."""

    fan_in: float = inf  # synapses of one neuron
    fan_out: float = inf  # tiles that one neuron sends to
    out_axons: float = inf  # destinations of all neurons of a tile, one for each neuron and tile
    delay_ticks: float = inf  # programmed delay of a synapse


@dataclass(frozen=True, kw_only=True)
class Energy:
    """Energy per action in pJ and static power per tile in mW."""

    spike_pj: float  # a neuron fires and its address is encoded
    hop_pj: float  # a packet crosses one router and link
    chip_hop_pj: float = 0.0  # a packet crosses a link between chips, in place of hop_pj
    receive_pj: float = 0.0  # a packet enters a tile
    row_pj: float  # a packet reads one crossbar row
    synapse_pj: float  # one synaptic event
    update_pj: float = 0.0  # one neuron is updated, once a tick
    tile_mw: float  # leakage and clock of one tile


@dataclass(frozen=True)
class Provenance:
    """Where a number comes from."""

    kind: str  # measured, published or estimate
    source: str


CHANGED = Provenance("estimate", "changed by the user")


@dataclass(frozen=True)
class Chip:
    """A chip, as a preset or a TOML file describes it."""

    name: str
    description: str
    clock_mhz: float
    speedup: float  # biological seconds per second of the chip
    tile: Tile
    crossbar: Crossbar
    interconnect: Interconnect
    energy: Energy
    synchronisation: Synchronisation = Synchronisation()
    limits: Limits = Limits()
    provenance: Mapping[str, Provenance] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for part, type_ in PARTS.items():
            if not isinstance(getattr(self, part), type_):
                raise ChipError(
                    f"chip {self.name!r}: {part} = {shown(getattr(self, part))} must be a {type_.__name__}"
                )
        self._refuse(self.numbers())

    def numbers(self) -> dict[str, Any]:
        """Return every number and option by its name; ``QUANTITIES`` gives the units."""
        own = {name: getattr(self, name) for name in OWN_NUMBERS}
        parts = (getattr(self, part) for part in PARTS)
        return own | {item.name: getattr(part, item.name) for part in parts for item in fields(part)}

    def digest(self) -> str:
        """Return a hash of the numbers; name, description and provenance do not count."""
        plain = {name: normalised(name, value) for name, value in self.numbers().items()}
        return hashlib.sha256(repr(sorted(plain.items())).encode()).hexdigest()[:16]

    @property
    def n_tiles(self) -> int:
        """Tiles of the whole chip or board."""
        wires = self.interconnect
        return wires.width * wires.height * (wires.leaves if wires.topology == "tree" else 1)

    @property
    def n_neurons(self) -> int:
        """Neurons that the whole chip or board has room for."""
        return self.n_tiles * self.tile.crossbars * self.crossbar.columns

    @property
    def inputs_per_neuron(self) -> int:
        """Synapses of one neuron, in a single crossbar."""
        return int(min(self.crossbar.rows, self.limits.fan_in))

    @property
    def synapse_models(self) -> frozenset[str]:
        """Names of the synapse models that the chip has, ``"static"`` always among them."""
        return models_of(self.crossbar.synapse_models)

    @property
    def cycle_ns(self) -> float:
        """Length of one hardware cycle in ns of the chip's time."""
        return 1e3 / self.clock_mhz

    @property
    def service_cycles(self) -> int:
        """Cycles for which one packet occupies a link: its flits, one a cycle."""
        return self._service_cycles(self.interconnect.link_bandwidth)

    @property
    def chip_service_cycles(self) -> int:
        """Cycles for which one packet occupies a link between chips."""
        return self._service_cycles(self.interconnect.chip_link_bandwidth)

    def _service_cycles(self, bandwidth: float) -> int:
        return ceil(self.interconnect.packet_bits / bandwidth * self.clock_mhz - 1e-9)

    def cycles_per_tick(self, timestep_ms: float) -> int:
        """Return the hardware cycles that pass during one tick of biological time.

        Raises
        ------
        ChipError
            When a tick is not a whole number of cycles, within 1 %; with a barrier, ticks have no fixed length.
        """
        cycles = timestep_ms * 1e3 * self.clock_mhz / self.speedup
        whole = max(1, round(cycles))
        if self.synchronisation.sync != "barrier" and abs(cycles - whole) > 0.01 * whole:
            raise ChipError(
                f"chip {self.name!r}: a tick of {timestep_ms:g} ms lasts {cycles:.4g} cycles at clock_mhz = "
                f"{self.clock_mhz:g} and speedup = {self.speedup:g}; it must be a whole number of at least 1, "
                f"as at speedup = {timestep_ms * 1e3 * self.clock_mhz / whole:g}"
            )
        return whole

    def replace(self, **changes: Any) -> Chip:
        """Return a copy with some numbers changed: ``chip.replace(link_bandwidth=100.0, hop_cycles=8)``.

        Raises
        ------
        ChipError
            For a name that no part of the chip has, or a value out of range.
        """
        part_of_name = {name: part_of(name) for name in changes}
        numbers = {name: value for name, value in changes.items() if name in QUANTITIES}
        self._refuse(numbers)
        own = {name: value for name, value in changes.items() if name not in QUANTITIES}
        parts = {part: own.pop(part, getattr(self, part)) for part in PARTS}
        for name, value in numbers.items():
            part = part_of_name[name]
            if part is None:
                own[name] = normalised(name, value)
            else:
                parts[part] = replace(parts[part], **{name: normalised(name, value)})
        provenance = {**self.provenance, **dict.fromkeys(numbers, CHANGED)}
        return replace(self, **{"provenance": provenance, **parts, **own})

    def _refuse(self, numbers: Mapping[str, Any]) -> None:
        problems = {name: value_problem(name, value) for name, value in numbers.items()}
        wrong = [f"chip {self.name!r}: {name} {problem}" for name, problem in problems.items() if problem]
        wrong = wrong or list(self._endless_services())
        if wrong:
            raise ChipError("\n".join(wrong))

    def _endless_services(self) -> Iterator[str]:
        wires = self.interconnect
        for name in ("link_bandwidth", "chip_link_bandwidth"):
            cycles = wires.packet_bits / getattr(wires, name) * self.clock_mhz
            if cycles > LONGEST_SERVICE:
                yield (
                    f"chip {self.name!r}: {name} {getattr(wires, name):g} Mbit/s keeps a packet on a link for "
                    f"{cycles:.3g} cycles, at most {LONGEST_SERVICE} are possible"
                )


PARTS: Mapping[str, type] = {
    "tile": Tile,
    "crossbar": Crossbar,
    "interconnect": Interconnect,
    "synchronisation": Synchronisation,
    "limits": Limits,
    "energy": Energy,
}
OWN_NUMBERS = ("clock_mhz", "speedup")


def part_of(name: str) -> str | None:
    """Return the part of a chip that holds the number or option ``name``, None for the chip itself.

    Raises
    ------
    ChipError
        For an unknown name.
    """
    if name in ("name", "description", "provenance", *OWN_NUMBERS, *PARTS):
        return None
    for part, type_ in PARTS.items():
        if name in {item.name for item in fields(type_)}:
            return part
    known = sorted([*QUANTITIES, "name", "description"])
    raise ChipError(f"a chip has no {name!r}{did_you_mean(name, known)} known: {', '.join(known)}")
