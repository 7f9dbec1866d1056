"""The parts of docs/chips.md that follow from the presets; ``python -m tests.docs.chip_tables`` writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import fill

from neurohw.analysis.formatting import si
from neurohw.hardware import Chip, chip_notes, load_chip, preset_names
from neurohw.wording import number
from tests.docs.tables import table, with_tables

PATH = Path(__file__).parents[2] / "docs" / "chips.md"


def sizes() -> str:
    """Rooms of each chip and how its time goes."""
    headings = (
        "chip", "tiles", "neurons", "synapses a neuron", "weight bits", "topology", "spikes sent", "sync", "speed-up",
    )  # fmt: skip
    return table(headings, [_sizes_of(load_chip(name)) for name in preset_names()])


def _sizes_of(chip: Chip) -> tuple[str, ...]:
    return (
        f"`{chip.name}`",
        number(chip.n_tiles),
        number(chip.n_neurons),
        number(chip.inputs_per_neuron),
        number(chip.crossbar.weight_bits),
        chip.interconnect.topology,
        "multicast" if chip.interconnect.multicast else "unicast",
        chip.synchronisation.sync,
        number(chip.speedup),
    )


def energies() -> str:
    """Energies of each chip, and how many of all its numbers are published."""
    names = ("spike_pj", "hop_pj", "row_pj", "synapse_pj", "update_pj")
    headings = (
        "chip",
        "spike",
        "hop",
        "row",
        "synaptic event",
        "neuron update",
        "static",
        "published numbers",
    )
    rows = []
    for chip in map(load_chip, preset_names()):
        values = [_joules(getattr(chip.energy, name)) for name in names]
        static = si(chip.energy.tile_mw * chip.n_tiles / 1e3, "W")
        kinds = [origin.kind for origin in chip.provenance.values()]
        rows.append((f"`{chip.name}`", *values, static, f"{kinds.count('published')} of {len(kinds)}"))
    return table(headings, rows)


def _joules(picojoules: float) -> str:
    return si(picojoules / 1e12, "J") if picojoules else ""


def notes() -> str:
    """What the heads of the presets' files say."""
    parts = []
    for name in preset_names():
        paragraphs = [
            fill(note, 118, break_on_hyphens=False, break_long_words=False) for note in chip_notes(name)
        ]
        parts.append("\n\n".join([f"### {name}", *paragraphs]))
    return "\n\n".join(parts) + "\n"


PARTS: Mapping[str, Callable[[], str]] = {"sizes": sizes, "energies": energies, "notes": notes}


def filled(text: str) -> str:
    """Return the document as the presets have it now."""
    return with_tables(text, PARTS, PATH.name)


if __name__ == "__main__":
    PATH.write_text(filled(PATH.read_text(encoding="utf-8")), encoding="utf-8")
