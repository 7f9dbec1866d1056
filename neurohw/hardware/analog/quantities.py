"""The numbers that describe an analog unit: section, unit and allowed range of each."""

from __future__ import annotations

from collections.abc import Mapping

from neurohw.hardware.quantities import Quantity

_LARGEST = 1e9


def _count(unit: str, highest: int = 2**14, lowest: int = 1) -> Quantity:
    return Quantity(unit, lowest, highest, whole=True)


def _share(highest: float = 10.0) -> Quantity:
    return Quantity("", 0.0, highest)


def _positive(unit: str) -> Quantity:
    return Quantity(unit, 0.0, _LARGEST, positive=True)


def _from_zero(unit: str) -> Quantity:
    return Quantity(unit, 0.0, _LARGEST)


_SIGNED = Quantity("LSB", -_LARGEST, _LARGEST)

SECTIONS_OF_NUMBERS: Mapping[str, Mapping[str, Quantity]] = {
    "arrays": {
        "rows": _count("row"),
        "columns": _count("column"),
        "blocks_per_chip": _count("array", 2**10),
        "input_bits": _count("bit", 10),
        "weight_bits": _count("bit", 10),
        "slice_bits": _count("bit", 10),
    },
    "conversion": {
        "gain": _positive("LSB"),
        "noise": _from_zero("LSB"),
        "cell_noise": _share(),
        "result_bits": _count("bit", 16, 2),
        "adc_range": _positive("LSB"),
        "adc_offset": _SIGNED,
    },
    "timing": {
        "event_ns": _from_zero("ns"),
        "wait_cycles": _count("cycle", 10**6),
        "run_us": _from_zero("us"),
        "power_w": _from_zero("W"),
    },
    "dynamics": {
        "tau_mem_us": _positive("us"),
        "tau_syn_us": _positive("us"),
        "saturation": _positive("LSB/us"),
        "read_delay_us": _from_zero("us"),
    },
    "pattern": {
        "column_gain_imbalance": Quantity("", -1.0, 1.0),
        "synapse_spread": _share(),
        "synapse_offset_spread": _share(),
        "driver_slope_spread": _share(),
        "driver_offset_spread": _from_zero("input step"),
        "column_gain_spread": _share(),
        "column_offset_spread": _from_zero("LSB"),
    },
    "trims": {
        "gain_trim_bits": _count("bit", 16),
        "gain_trim_range": _share(1.0),
        "offset_trim_bits": _count("bit", 16),
        "offset_trim_range": _from_zero("LSB"),
        "driver_trim_bits": _count("bit", 16),
        "driver_trim_range": _from_zero("input step"),
    },
    "devices": {
        "drift_exponent": _share(1.0),
        "drift_spread": _share(1.0),
        "drift_start_s": _positive("s"),
        "gain_per_kelvin": Quantity("1/K", -1.0, 1.0),
        "temperature_c": Quantity("degC", -273.15, 1000.0),
        "wire_ohm": _from_zero("Ohm"),
        "cell_us": _positive("uS"),
    },
}

UNIT_QUANTITIES: Mapping[str, Quantity] = {
    name: quantity for numbers in SECTIONS_OF_NUMBERS.values() for name, quantity in numbers.items()
}
