"""A neuromorphic chip: a mesh of tiles with crossbars, joined by routers and links.

All numbers are hardware cycles, bits, pJ and mW; ``provenance`` keeps where each came from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import ceil
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


@dataclass(frozen=True)
class Tile:
    """What every node of the mesh holds."""

    crossbars: int  # crossbars in a tile
    read_cycles: int  # from the arrival of a packet to its synaptic events


@dataclass(frozen=True)
class Interconnect:
    """Routers and links of a 2-D mesh with dimension-order (XY) routing."""

    width: int  # tiles along x
    height: int  # tiles along y
    hop_cycles: int  # head of a packet from router to router
    link_bandwidth: float  # Mbit/s of one link in one direction; inf: no serialisation
    packet_bits: int  # address and payload of one spike
    buffer_packets: float  # packets that may wait for one link; inf: no limit
    full_buffer: str  # "drop_new": a packet that finds the buffer full is lost; "block": it waits
    multicast: bool  # one packet along a tree, or one per destination tile


@dataclass(frozen=True)
class Energy:
    """Energy per action in pJ and static power per tile in mW."""

    spike_pj: float  # a neuron fires and its address is encoded
    hop_pj: float  # a packet crosses one router and link
    row_pj: float  # a packet reads one crossbar row
    synapse_pj: float  # one synaptic event
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
        """Tiles in the mesh."""
        return self.interconnect.width * self.interconnect.height

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
        """Cycles for which one packet occupies a link."""
        return ceil(self._service_cycles() - 1e-9)

    def _service_cycles(self) -> float:
        wires = self.interconnect
        return wires.packet_bits / wires.link_bandwidth * self.clock_mhz

    def cycles_per_tick(self, timestep_ms: float) -> int:
        """Return the hardware cycles that pass during one tick of biological time.

        Raises
        ------
        ChipError
            When a tick is not a whole number of cycles, within 1 %.
        """
        cycles = timestep_ms * 1e3 * self.clock_mhz / self.speedup
        whole = max(1, round(cycles))
        if abs(cycles - whole) > 0.01 * whole:
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
        if not wrong and self._service_cycles() > LONGEST_SERVICE:
            wrong.append(
                f"chip {self.name!r}: link_bandwidth {self.interconnect.link_bandwidth:g} Mbit/s keeps a packet on a "
                f"link for {self._service_cycles():.3g} cycles, at most {LONGEST_SERVICE} are possible"
            )
        if wrong:
            raise ChipError("\n".join(wrong))


PARTS: Mapping[str, type] = {
    "tile": Tile,
    "crossbar": Crossbar,
    "interconnect": Interconnect,
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
