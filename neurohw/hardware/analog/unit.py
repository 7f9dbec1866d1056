"""An analog matrix unit: arrays of synapses that multiply vectors by matrices, as a frozen description.

Voltages are in LSB, steps of the analog-to-digital converter; inputs and weights in steps of their own. An effect that
is None does not happen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from math import ceil, floor
from typing import Any

from neurohw.errors import ChipError, did_you_mean
from neurohw.hardware.analog.quantities import UNIT_QUANTITIES
from neurohw.hardware.chip import CHANGED, Provenance
from neurohw.hardware.quantities import normalised, value_problem


@dataclass(frozen=True, kw_only=True)
class AnalogUnit:
    """An analog matrix unit, as a preset or a TOML file describes it; what stands here is hxtorch's mock.

    A synapse array holds ``rows`` x ``columns`` signed weights. In one run it multiplies one vector by them; the sum
    of a column appears as ``result_bits`` digits.
    """

    name: str = "ideal"
    description: str = ""

    # the arrays
    rows: int = 128  # signed rows of a block: each is an excitatory and an inhibitory row of synapses
    columns: int = 256
    blocks_per_chip: int = 2  # arrays of a chip, which work in parallel: its hemispheres
    input_bits: int = 5
    weight_bits: int = 6  # magnitude; the sign is extra
    slice_bits: int | None = None  # bits of a weight that one cell holds; None: all of them

    # from charge to digits
    gain: float = 0.002  # LSB for one input step times one weight step
    noise: float = 2.0  # LSB, standard deviation of one result
    cell_noise: float | None = None  # standard deviation of what one event gives, relative
    result_bits: int = 8
    adc_range: float | None = (
        None  # LSB from end to end of what the converter can tell apart; None: 2^result_bits
    )
    adc_offset: float | None = None  # LSB above the middle of that range at which it has zero

    # time and power
    event_ns: float = 8.0  # one cycle of the events
    wait_cycles: int = 5  # between two events, unless a multiplication says otherwise
    run_us: float = 38.0  # of a run, beside its events
    power_w: float = 0.3  # of the whole chip

    # dynamics
    tau_mem_us: float | None = None  # leak of the membrane; None: it does not leak
    tau_syn_us: float | None = None  # of the synaptic current; None: charge arrives at once
    saturation: float | None = None  # LSB per us, the largest current of a synaptic input; None: no limit
    read_delay_us: float = 0.0  # from the slot after the last event to the reading

    # fixed pattern: what all chips have in common, and standard deviations from circuit to circuit
    column_gain_imbalance: float | None = (
        None  # share by which excitatory inputs are stronger than inhibitory ones; below 0: weaker
    )
    synapse_spread: float | None = None  # of the weight of one synapse, relative
    synapse_offset_spread: float | None = None  # of what a synapse adds whatever its weight, over the largest
    driver_slope_spread: float | None = None  # of a row's driver, relative
    driver_offset_spread: float | None = None  # of the input at which a driver begins, in input steps
    column_gain_spread: float | None = None  # of a column's synaptic input, relative, exc and inh apart
    column_offset_spread: float | None = None  # LSB

    # trims, with which circuits are made more alike
    gain_trim_bits: int = 10  # of a column's gain, exc and inh apart
    gain_trim_range: float = 0.5  # relative, to either side
    offset_trim_bits: int = 10  # of a column's offset
    offset_trim_range: float = 32.0  # LSB, to either side
    driver_trim_bits: int = 4  # of a driver's offset
    driver_trim_range: float = 2.0  # input steps, to either side

    # devices and environment
    drift_exponent: float | None = None  # nu of G(t) = G(t0) (t / t0)^-nu
    drift_spread: float = 0.0  # standard deviation of nu from cell to cell
    drift_start_s: float = 20.0  # t0, seconds from programming to the first reading
    gain_per_kelvin: float | None = None  # relative change of the gain
    temperature_c: float = 25.0  # at which the gain is as given
    wire_ohm: float | None = None  # of a wire from cell to cell
    cell_us: float = 25.0  # conductance of a cell with the largest weight, in uS

    provenance: Mapping[str, Provenance] = field(default_factory=dict, compare=False)

    @property
    def input_max(self) -> int:
        """Largest input."""
        return int(2**self.input_bits - 1)

    @property
    def weight_max(self) -> int:
        """Largest magnitude of a weight."""
        return int(2**self.weight_bits - 1)

    @property
    def n_slices(self) -> int:
        """Columns that a weight takes."""
        return 1 if self.slice_bits is None else -(-self.weight_bits // self.slice_bits)

    @property
    def matrix_columns(self) -> int:
        """Columns of a matrix that an array has room for: with slices, each takes several of its own."""
        return self.columns // self.n_slices

    @property
    def cell_max(self) -> int:
        """Largest magnitude that one cell holds."""
        return self.weight_max if self.slice_bits is None else int(2**self.slice_bits - 1)

    @property
    def result_min(self) -> int:
        """Smallest result."""
        return -int(2 ** (self.result_bits - 1))

    @property
    def result_max(self) -> int:
        """Largest result."""
        return int(2 ** (self.result_bits - 1)) - 1

    @property
    def digit_range(self) -> tuple[int, int]:
        """Lowest and highest digit that the converter gives; without ``adc_range`` it tells 2^result_bits apart."""
        half = (self.adc_range or 2.0**self.result_bits) / 2
        zero = self.adc_offset or 0.0
        return max(self.result_min, ceil(-half - zero)), min(self.result_max, floor(half - 1 - zero))

    def ideal(self) -> AnalogUnit:
        """Return the unit without pattern, dynamics and devices: gain and noise are left, as in hxtorch's mock."""
        return AnalogUnit(**{name: getattr(self, name) for name in _OF_MOCK})

    def replace(self, **changes: Any) -> AnalogUnit:
        """Return a copy with some numbers changed: ``unit.replace(noise=0.0)``.

        Raises
        ------
        ChipError
            For a name that a unit does not have, or a value out of range.
        """
        known = {item.name for item in fields(self)}
        unknown = next((name for name in changes if name not in known), None)
        if unknown is not None:
            raise ChipError(
                f"an analog unit has no {unknown!r}{did_you_mean(unknown, known)} known: {', '.join(sorted(known))}"
            )
        changed = {name: CHANGED for name in changes if name in UNIT_QUANTITIES}
        return replace(self, **{"provenance": {**self.provenance, **changed}, **changes})

    def digest(self) -> str:
        """Return a hash of the numbers; name, description and provenance do not count."""
        numbers = sorted((name, getattr(self, name)) for name in UNIT_QUANTITIES)
        return hashlib.sha256(repr(numbers).encode()).hexdigest()[:16]

    def __post_init__(self) -> None:
        wrong = [
            f"analog unit {self.name!r}: {name} {problem}"
            for name, problem in self._problems().items()
            if problem is not None
        ]
        wrong = wrong or [f"analog unit {self.name!r}: {text}" for text in self._contradictions()]
        if wrong:
            raise ChipError("\n".join(wrong))
        for name in UNIT_QUANTITIES:
            if getattr(self, name) is not None:
                object.__setattr__(self, name, normalised(name, getattr(self, name), UNIT_QUANTITIES))

    def _contradictions(self) -> Iterator[str]:
        if self.saturation is not None and self.tau_syn_us is None:
            yield f"saturation = {self.saturation:g} limits a current; give it a tau_syn_us"
        has_dynamics = self.tau_mem_us is not None or self.tau_syn_us is not None
        if has_dynamics and self.event_ns == 0:
            yield "event_ns = 0 sends all inputs at once; dynamics need a time from event to event"
        if self.drift_spread > 0 and self.drift_exponent is None:
            yield f"drift_spread = {self.drift_spread:g} has no effect without a drift_exponent; give it one, if only 0"
        yield from self._slice_contradictions()
        lowest, highest = self.digit_range
        if lowest > highest:
            yield (
                f"adc_range = {self.adc_range} and adc_offset = {self.adc_offset} leave no digit: from {lowest} to "
                f"{highest}, of {self.result_min} to {self.result_max}"
            )

    def _slice_contradictions(self) -> Iterator[str]:
        if self.slice_bits is None:
            return
        if self.slice_bits > self.weight_bits:
            yield f"slice_bits = {self.slice_bits} must be at most weight_bits = {self.weight_bits}"
        if self.columns < self.n_slices:
            yield (
                f"columns = {self.columns} must be at least {self.n_slices}: so many take a weight of "
                f"{self.weight_bits} bits in cells of {self.slice_bits}"
            )

    def _problems(self) -> dict[str, str | None]:
        optional = {item.name for item in fields(self) if item.default is None}
        return {
            name: None
            if getattr(self, name) is None and name in optional
            else value_problem(name, getattr(self, name), UNIT_QUANTITIES)
            for name in UNIT_QUANTITIES
        }


_OF_MOCK = (
    *(
        "name",
        "description",
        "rows",
        "columns",
        "blocks_per_chip",
        "input_bits",
        "weight_bits",
        "result_bits",
    ),
    *("gain", "noise", "event_ns", "wait_cycles", "run_us", "power_w", "provenance"),
)
