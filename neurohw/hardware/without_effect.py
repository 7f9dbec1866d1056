"""Numbers of a chip that another of its numbers puts out of use."""

from __future__ import annotations

from math import isfinite

from neurohw.hardware.chip import Chip


def without_effect(chip: Chip) -> list[str]:
    """Return a sentence for each number that the chip has been given and that changes nothing on it."""
    wires, clock = chip.interconnect, chip.synchronisation
    waits, loses = wires.full_buffer == "drop_after_wait", wires.full_buffer != "block"
    policy, sync = f"full_buffer = {wires.full_buffer!r}", f"sync = {clock.sync!r}"
    cases = (
        ("wait_cycles", wires.wait_cycles > 0 and not waits, policy, "'drop_after_wait'"),
        (
            "reinject_cycles",
            isfinite(wires.reinject_cycles) and not loses,
            policy,
            "'drop_new' or 'drop_after_wait'",
        ),
        ("late_packets", clock.late_packets == "drop" and clock.sync != "realtime", sync, "'realtime'"),
        ("sync_cycles", clock.sync_cycles > 0 and clock.sync != "barrier", sync, "'barrier'"),
    )
    numbers = chip.numbers()
    return [
        f"{name} = {_shown(numbers[name])} has no effect with {now}, only with {needed}"
        for name, is_idle, now, needed in cases
        if is_idle
    ]


def _shown(value: float | str) -> str:
    return repr(value) if isinstance(value, str) else f"{value:g}"
