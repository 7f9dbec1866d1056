"""Where to run: chips as frozen descriptions, loaded from TOML."""

from neurohw.hardware.chip import (
    Chip,
    Crossbar,
    Energy,
    Interconnect,
    Limits,
    Provenance,
    Synchronisation,
    Tile,
)
from neurohw.hardware.loader import chip_notes, load_chip, preset_names
from neurohw.hardware.quantities import QUANTITIES
from neurohw.hardware.writer import chip_to_toml

__all__ = [
    "QUANTITIES",
    "Chip",
    "Crossbar",
    "Energy",
    "Interconnect",
    "Limits",
    "Provenance",
    "Synchronisation",
    "Tile",
    "chip_notes",
    "chip_to_toml",
    "load_chip",
    "preset_names",
]
