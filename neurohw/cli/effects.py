"""The closed loop shown: how much a chip, and the same chip made slower, changes what a network does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurohw.cli.comparison import agreement_of
from neurohw.cli.outcome import timed

if TYPE_CHECKING:
    from neurohw.analysis.compare import Agreement, PopulationAgreement
    from neurohw.analysis.recording import Recording
    from neurohw.hardware import Chip
    from neurohw.network import Network

SLOWER_ROUTERS = (30, 300)  # times as slow
NARROWER_LINKS = (2, 4)  # times as narrow


def compare_chips(
    network: Network, ideal: Recording, on_chip: Recording, chip: Chip, fidelity: str, seed: int
) -> dict[str, Agreement]:
    """Compare runs on a chip, with slower routers and with narrower links, with the ideal run.

    Parameters
    ----------
    network : what runs.
    ideal, on_chip : its runs without delays of the chip, and on the chip as it is.
    chip : the chip to change.
    fidelity, seed : of all runs.
    """
    from neurohw.analysis.recording import Recording
    from neurohw.api import run
    from neurohw.compiler import compile_network

    effects = {f"{chip.name} as it is": agreement_of(on_chip, ideal)}
    for label, changed in _changed(chip).items():
        with timed(f"      {label}"):
            program = compile_network(network, changed)
            result = run(program, ideal.duration_ms, fidelity=fidelity, seed=seed)
            effects[label] = agreement_of(Recording.of(label, network, result), ideal)
    return effects


def _changed(chip: Chip) -> dict[str, Chip]:
    """Return the same chip made slower, by what was changed."""
    changed = {}
    for factor in SLOWER_ROUTERS:
        hop_cycles = max(1, chip.interconnect.hop_cycles) * factor
        changed[f"{chip.name} with hop_cycles = {hop_cycles}"] = chip.replace(hop_cycles=hop_cycles)
    for factor in NARROWER_LINKS:
        bandwidth = chip.interconnect.link_bandwidth / factor
        label = f"{chip.name} with link_bandwidth = {bandwidth:g} Mbit/s"
        changed[label] = chip.replace(link_bandwidth=bandwidth)
    return changed


def effects_text(effects: dict[str, Agreement]) -> str:
    """Return one sentence per chip: what it changed."""
    lines = [f"  {label}: {_effect(effect)}" for label, effect in effects.items()]
    return "\n".join(["what the chip does to the network, against the ideal run:", *lines])


def _effect(effect: Agreement) -> str:
    from neurohw.analysis.formatting import percent
    from neurohw.analysis.summary import identical_until

    if effect.identical:
        return "the same spikes"
    rates = ", ".join(_rate(population) for population in effect.populations)
    moved = percent(1 - effect.share_identical)
    return f"identical {identical_until(effect)}, then {moved} of the spikes moved or gone; {rates}"


def _rate(population: PopulationAgreement) -> str:
    tested, reference = population.rate_hz
    change = f" ({tested / reference - 1:+.1%})" if reference else ""
    return f"{population.name} {tested:.2f} Hz{change}"
