"""Analog matrix units: what multiplies vectors by matrices in synapse arrays, as frozen descriptions."""

from neurohw.hardware.analog.loader import (
    describes_unit,
    load_unit,
    numbers_of_unit,
    unit_names,
    unit_notes,
    unit_to_toml,
)
from neurohw.hardware.analog.unit import AnalogUnit

__all__ = [
    "AnalogUnit",
    "describes_unit",
    "load_unit",
    "numbers_of_unit",
    "unit_names",
    "unit_notes",
    "unit_to_toml",
]
