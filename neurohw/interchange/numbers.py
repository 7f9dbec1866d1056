"""The numbers of a chip as they are gathered from a file in s and J, and the clock that makes whole cycles of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from neurohw.hardware import Chip, Provenance
from neurohw.hardware.description import DEFAULTED, Description
from neurohw.hardware.quantities import LONGEST_STAGE

CLOCKS_MHZ = tuple(mantissa * 10.0**power for power in range(6) for mantissa in (1, 2, 5)) + (1e6,)
GOOD_ERROR = 0.01
_PJ_PER_J = 1e12


@dataclass
class Numbers:
    """Values by the name of the chip's number, each with its provenance; latencies stay in s until ``chip``."""

    file: str
    values: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    latencies_s: dict[str, float] = field(default_factory=dict)

    def state(self, name: str, value: Any, key: str, exact: bool = True) -> None:
        """Take a number as the file states it under ``key``, or one that is not ``exact`` but a mean of several."""
        self.values[name] = value
        self.provenance[name] = Provenance("published" if exact else "estimate", f"{self.file}: {key}")

    def assume(self, name: str, value: Any, why: str) -> None:
        """Take a number of which the file says nothing."""
        self.values[name] = value
        self.provenance[name] = Provenance("estimate", why)

    def energy(self, name: str, joules: float, key: str, exact: bool = True) -> None:
        """Take an energy."""
        self.state(name, float(f"{joules * _PJ_PER_J:.12g}"), key, exact)

    def time(self, name: str, seconds: float, key: str, exact: bool = True) -> None:
        """Take a latency."""
        self.latencies_s[name] = seconds
        self.state(name, 0, f"{key}, {seconds:g} s", exact)

    def hop(self, seconds: float, key: str, exact: bool) -> None:
        """Take the latency of a hop.

        In neurohw a packet of n hops passes n + 1 routers and n links. All but one cycle is therefore put on the
        links, so that n hops take n latencies, and one cycle is for the last router.
        """
        self.time("link_cycles", seconds, f"{key}, but for the cycle of hop_cycles", exact)
        self.assume("hop_cycles", 0, "one cycle; link_cycles has the rest of a hop")

    def chip(self, name: str, description: str) -> tuple[Chip, list[str]]:
        """Return the chip, and a line for each latency that is not a whole number of cycles."""
        clock_mhz = choose_clock(list(self.latencies_s.values()))
        self.assume("clock_mhz", clock_mhz, f"all latencies are whole cycles of it, within {GOOD_ERROR:.0%}")
        roundings = [
            line for number, seconds in self.latencies_s.items() for line in self._round(number, seconds)
        ]
        if self.values["link_cycles"]:
            self.values["link_cycles"] -= 1
            self.values["hop_cycles"] = 1
        for other in DEFAULTED - set(self.values):
            self.provenance[other] = Provenance("estimate", "SANA-FE has no such number; neurohw's default")
        numbers = Description(self.file, {"description": description}, self.values, self.provenance)
        return numbers.chip(name), roundings

    def _round(self, name: str, seconds: float) -> list[str]:
        clock_mhz = self.values["clock_mhz"]
        exact = seconds * clock_mhz * 1e6
        self.values[name] = round(exact)
        if abs(exact - round(exact)) <= 1e-9 * exact:
            return []
        return [
            f"{name} = {seconds:g} s: {round(exact)} cycles of {clock_mhz:g} MHz, {round(exact) / exact - 1:+.2%}"
        ]


def choose_clock(latencies_s: list[float]) -> float:
    """Return the slowest clock in MHz (1, 2 or 5 times a power of ten) of which all latencies are whole cycles.

    Within 1 %; where there is none up to 1 THz, or a latency would have more cycles than a stage can have, the
    fastest possible.
    """
    longest_s = max(latencies_s, default=0.0)
    possible = [clock for clock in CLOCKS_MHZ if longest_s * clock * 1e6 <= LONGEST_STAGE] or [CLOCKS_MHZ[0]]
    for clock in possible:
        if all(_error(latency, clock) <= GOOD_ERROR for latency in latencies_s):
            return clock
    return possible[-1]


def _error(seconds: float, clock_mhz: float) -> float:
    exact = seconds * clock_mhz * 1e6
    return abs(round(exact) - exact) / exact if exact else 0.0
