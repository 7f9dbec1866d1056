"""Where to run: chips as frozen descriptions, loaded from TOML."""

from neurohw.hardware.chip import Chip, Crossbar, Energy, Interconnect, Provenance, Tile
from neurohw.hardware.loader import load_chip, preset_names

__all__ = [
    "Chip",
    "Crossbar",
    "Energy",
    "Interconnect",
    "Provenance",
    "Tile",
    "load_chip",
    "preset_names",
]
