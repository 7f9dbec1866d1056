"""The numbers that describe a chip: unit, allowed range and, for options, the choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from numbers import Real
from typing import Any

from neurohw.errors import did_you_mean
from neurohw.hardware.synapses import ALWAYS, CHOICES
from neurohw.hardware.topology import TOPOLOGIES

COUNT_LIMIT = 2**31 - 1
LONGEST_STAGE = 10**9  # cycles
MESH_LIMIT = 256  # tiles along x or y, as in the largest machine planned, SpiNNaker (256 x 256 chips)
_MAX_SHOWN = 60  # characters of a wrong value in a message


@dataclass(frozen=True)
class Quantity:
    """Unit and range of one number of a chip."""

    unit: str
    lowest: float = 0.0
    highest: float = 1e15
    whole: bool = False
    positive: bool = False  # ``lowest`` itself is not allowed
    infinite: bool = False  # ``inf`` is allowed: no limit


@dataclass(frozen=True)
class Option:
    """A choice between names, or between true and false."""

    choices: tuple[Any, ...]


@dataclass(frozen=True)
class Choices:
    """Any number of names out of some, none by default; ``implied`` may be said or left out."""

    choices: tuple[str, ...]
    implied: str = ""


def _count(unit: str, lowest: int = 1, highest: int = COUNT_LIMIT) -> Quantity:
    return Quantity(unit, lowest, highest, whole=True)


def _room(unit: str) -> Quantity:
    return Quantity(unit, 1, COUNT_LIMIT, whole=True, infinite=True)


def _cycles() -> Quantity:
    return _count("cycle", lowest=0, highest=LONGEST_STAGE)


Number = Quantity | Option | Choices

QUANTITIES: Mapping[str, Number] = {
    "clock_mhz": Quantity("MHz", positive=True),
    "speedup": Quantity("", positive=True),
    "crossbars": _count("crossbar", highest=2**20),
    "read_cycles": _cycles(),
    "synapse_cycles": _cycles(),
    "encode_cycles": _cycles(),
    "encoder_packets": _room("packet"),
    "fifo_packets": _room("packet"),
    "update_cycles": _cycles(),
    "rows": _count("row"),
    "columns": _count("column"),
    "weight_bits": _count("bit", highest=52),  # more would not survive in a double
    "synapse_models": Choices(CHOICES, implied=ALWAYS),
    "topology": Option(tuple(TOPOLOGIES)),
    "width": _count("tile", highest=MESH_LIMIT),
    "height": _count("tile", highest=MESH_LIMIT),
    "leaves": _count("tile", highest=2**16),
    "arity": _count("router", lowest=2, highest=2**16),
    "chip_width": _room("tile"),
    "chip_height": _room("tile"),
    "hop_cycles": _cycles(),
    "inject_cycles": _cycles(),
    "eject_cycles": _cycles(),
    "link_cycles": _cycles(),
    "chip_link_cycles": _cycles(),
    "link_bandwidth": Quantity("Mbit/s", positive=True, infinite=True),
    "chip_link_bandwidth": Quantity("Mbit/s", positive=True, infinite=True),
    "packet_bits": _count("bit", highest=10**6),
    "buffer_packets": _room("packet"),
    "credit_cycles": _cycles(),
    "full_buffer": Option(("block", "drop_new", "drop_after_wait")),
    "wait_cycles": _cycles(),
    "reinject_cycles": Quantity("cycle", 1, LONGEST_STAGE, whole=True, infinite=True),
    "multicast": Option((True, False)),
    "sync": Option(("async", "barrier", "realtime")),
    "sync_cycles": _cycles(),
    "late_packets": Option(("deliver", "drop")),
    "fan_in": _room("synapse"),
    "fan_out": _room("tile"),
    "out_axons": _room("destination"),
    "delay_ticks": _room("tick"),
    "spike_pj": Quantity("pJ"),
    "hop_pj": Quantity("pJ"),
    "chip_hop_pj": Quantity("pJ"),
    "receive_pj": Quantity("pJ"),
    "row_pj": Quantity("pJ"),
    "synapse_pj": Quantity("pJ"),
    "update_pj": Quantity("pJ"),
    "tile_mw": Quantity("mW"),
}


def value_problem(name: str, value: Any, quantities: Mapping[str, Number] = QUANTITIES) -> str | None:
    """Return what is wrong with a value of the number ``name``, as ``"= 0 must be at least 1"``, or None."""
    quantity = quantities[name]
    if isinstance(quantity, Option):
        return _option_problem(value, quantity)
    if isinstance(quantity, Choices):
        return _choices_problem(value, quantity)
    if not _is_number(value):
        return f"= {shown(value)} must be a number"
    if value == inf and quantity.infinite:
        return None
    if abs(value) == inf:
        return f"= {value} must be finite"
    if quantity.whole and value != int(value):
        return f"= {value} must be a whole number"
    if value < quantity.lowest or (quantity.positive and value == quantity.lowest):
        return f"= {shown(value)} must be {'above' if quantity.positive else 'at least'} {quantity.lowest:g}"
    if value > quantity.highest:
        return f"= {shown(value)} must be at most {quantity.highest:.10g}"
    return None


def normalised(name: str, value: Any, quantities: Mapping[str, Number] = QUANTITIES) -> Any:
    """Return a sound value as its plain type: int for finite whole numbers, tuples for lists, else float."""
    quantity = quantities[name]
    if isinstance(quantity, Option):
        return value
    if isinstance(quantity, Choices):
        return tuple(name for name in quantity.choices if name in value and name != quantity.implied)
    return int(value) if quantity.whole and value != inf else float(value)


def shown(value: Any) -> str:
    """Return a value as a message shows it, shortened where a hostile file made it long."""
    text = str(value) if _is_number(value) else repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and value == value


def _option_problem(value: Any, option: Option) -> str | None:
    # 1 == True, but a file that says 1 where true is meant should hear of it
    if any(type(value) is type(choice) and value == choice for choice in option.choices):
        return None
    names = [
        "true" if choice is True else "false" if choice is False else choice for choice in option.choices
    ]
    return f"= {shown(value)} must be one of {', '.join(names)}"


def _choices_problem(value: Any, allowed: Choices) -> str | None:
    if not isinstance(value, list | tuple):
        return f"= {shown(value)} must be a list of names"
    wrong = next((name for name in value if name not in allowed.choices), None)
    if wrong is None:
        return None
    hint = did_you_mean(wrong, allowed.choices) if isinstance(wrong, str) else ";"
    return f"has {shown(wrong)}{hint} known: {', '.join(allowed.choices)}"
