"""A neuromorphic chip: a mesh of tiles with crossbars, joined by routers and links.

All numbers are hardware cycles, bits, pJ and mW; ``provenance`` keeps where each came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import ceil, inf, isinf
from typing import Any

from neurohw.errors import ChipError, did_you_mean


@dataclass(frozen=True)
class Crossbar:
    """An array of synapses: ``rows`` axons (presynaptic cells) times ``columns`` neurons."""

    rows: int
    columns: int
    weight_bits: int  # magnitude bits of a cell; the sign is the receptor's


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
    provenance: Mapping[str, Provenance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = list(_range_problems(self))
        if problems:
            raise ChipError("\n".join(problems))

    @property
    def n_tiles(self) -> int:
        """Tiles in the mesh."""
        return self.interconnect.width * self.interconnect.height

    @property
    def cycle_ns(self) -> float:
        """Length of one hardware cycle in ns of the chip's time."""
        return 1e3 / self.clock_mhz

    @property
    def service_cycles(self) -> int:
        """Cycles for which one packet occupies a link."""
        wires = self.interconnect
        if isinf(wires.link_bandwidth):
            return 0
        return ceil(wires.packet_bits / wires.link_bandwidth * self.clock_mhz - 1e-9)

    def cycles_per_tick(self, timestep_ms: float) -> int:
        """Return the hardware cycles that pass during one tick of biological time.

        Raises
        ------
        ChipError
            When the clock is too slow to give a tick at least one cycle.
        """
        cycles = timestep_ms * 1e3 * self.clock_mhz / self.speedup
        if round(cycles) < 1:
            raise ChipError(
                f"chip {self.name!r}: a tick of {timestep_ms} ms lasts {cycles:.3g} cycles at clock_mhz = "
                f"{self.clock_mhz} and speedup = {self.speedup}; at least 1 is needed"
            )
        return round(cycles)

    def replace(self, **changes: Any) -> Chip:
        """Return a copy with some numbers changed, by name: ``chip.replace(link_bandwidth=100.0, hop_cycles=8)``.

        Raises
        ------
        ChipError
            For a name that no part of the chip has, or a value out of range.
        """
        parts = {part: getattr(self, part) for part in PARTS}
        provenance = dict(self.provenance)
        own: dict[str, Any] = {}
        for name, value in changes.items():
            part = part_of(name)
            if part is None:
                own[name] = value
            else:
                parts[part] = replace(parts[part], **{name: value})
            if name not in PARTS:
                provenance[name] = Provenance("estimate", "changed by the user")
        return replace(self, **{**parts, "provenance": provenance, **own})


PARTS: Mapping[str, type] = {
    "tile": Tile,
    "crossbar": Crossbar,
    "interconnect": Interconnect,
    "energy": Energy,
}
_OWN = ("name", "description", "clock_mhz", "speedup", *PARTS)

# name -> (smallest allowed value, whole numbers only, infinity allowed)
LIMITS: Mapping[str, tuple[float, bool, bool]] = {
    "crossbars": (1, True, False),
    "read_cycles": (0, True, False),
    "rows": (1, True, False),
    "columns": (1, True, False),
    "weight_bits": (1, True, False),
    "width": (1, True, False),
    "height": (1, True, False),
    "hop_cycles": (0, True, False),
    "link_bandwidth": (0, False, True),
    "packet_bits": (1, True, False),
    "buffer_packets": (1, True, True),
    "spike_pj": (0, False, False),
    "hop_pj": (0, False, False),
    "row_pj": (0, False, False),
    "synapse_pj": (0, False, False),
    "tile_mw": (0, False, False),
    "clock_mhz": (0, False, False),
    "speedup": (0, False, False),
}
POSITIVE = {"link_bandwidth", "clock_mhz", "speedup"}
CHOICES: Mapping[str, tuple[str, ...]] = {"full_buffer": ("drop_new", "block")}


def part_of(name: str) -> str | None:
    """Return the part of a chip that holds the number ``name``, None for the chip itself.

    Raises
    ------
    ChipError
        For an unknown name.
    """
    if name in _OWN:
        return None
    for part, type_ in PARTS.items():
        if name in {f.name for f in fields(type_)}:
            return part
    known = [*LIMITS, *CHOICES, "multicast", "name", "description"]
    raise ChipError(f"a chip has no {name!r}{did_you_mean(name, known)} known: {', '.join(sorted(known))}")


def value_problem(name: str, value: Any) -> str | None:
    """Return what is wrong with a value of the number ``name``, or None."""
    if name == "multicast":
        return None if isinstance(value, bool) else f"multicast = {value!r} must be true or false"
    if name in CHOICES:
        choices = CHOICES[name]
        return None if value in choices else f"{name} = {value!r} must be one of {', '.join(choices)}"
    lowest, whole, infinite = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return f"{name} = {value!r} must be a number"
    if value == inf and infinite:
        return None
    if abs(value) == inf:
        return f"{name} = {value} must be finite"
    if whole and value != int(value):
        return f"{name} = {value} must be a whole number"
    if value < lowest or (name in POSITIVE and value == 0):
        return f"{name} = {value} must be {'above' if name in POSITIVE else 'at least'} {lowest:g}"
    return None


def _range_problems(chip: Chip) -> list[str]:
    problems = [value_problem(name, getattr(chip, name)) for name in ("clock_mhz", "speedup")]
    for part, type_ in PARTS.items():
        holder = getattr(chip, part)
        problems += [value_problem(f.name, getattr(holder, f.name)) for f in fields(type_)]
    return [f"chip {chip.name!r}: {problem}" for problem in problems if problem]
