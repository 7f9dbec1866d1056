"""Two runs of one script compared: what ``validate`` and ``demo`` have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.outcome import note
from neurohw.cli.script import ScriptError

if TYPE_CHECKING:
    from neurohw.analysis.compare import Agreement
    from neurohw.analysis.recording import Recording


def agreement_of(tested: Recording, reference: Recording) -> Agreement:
    """Compare the recorded spikes of two runs of one script.

    Raises
    ------
    ScriptError
        When the script recorded no spikes.
    """
    from neurohw.analysis.compare import compare

    if not tested.watched:
        raise ScriptError('the script records no spikes, so nothing can be compared: add .record("spikes")')
    return compare(
        tested.spikes,
        reference.spikes,
        _cells_by_name(tested),
        timestep_ms=tested.timestep_ms,
        until_tick=tested.until_tick,
    )


def _cells_by_name(recording: Recording) -> dict[str, Any]:
    """Return the cells of each watched population; populations of one name count together."""
    import numpy as np

    cells: dict[str, Any] = {}
    for population in recording.watched:
        cells[population.name] = np.union1d(cells.get(population.name, population.cells), population.cells)
    return cells


def van_rossum(tested: Recording, reference: Recording) -> float | None:
    """Return the van Rossum distance of the busiest cells, None where Elephant is not installed."""
    import numpy as np

    from neurohw.analysis.van_rossum import is_available, van_rossum_distance

    if not is_available():
        return None
    return van_rossum_distance(
        tested.spikes,
        reference.spikes,
        np.concatenate([population.cells for population in tested.watched]),
        timestep_ms=tested.timestep_ms,
        until_tick=tested.until_tick,
    )


def check_pairs(script: Path, tested: Sequence[Recording], references: Sequence[Recording]) -> None:
    """Refuse runs that are not of one network, and warn of a network that is not the same each time.

    Raises
    ------
    ScriptError
        When the script did something else the second time.
    """
    if len(tested) != len(references):
        raise ScriptError(
            f"{script}: {len(tested)} runs, but {len(references)} on the reference; they cannot be compared"
        )
    for own, other in zip(tested, references, strict=True):
        _check_pair(script, own, other)


def _check_pair(script: Path, own: Recording, other: Recording) -> None:
    grids = [(each.timestep_ms, each.until_tick, [p.size for p in each.populations]) for each in (own, other)]
    if grids[0] != grids[1]:
        raise ScriptError(
            f"{script}: run {own.label!r} has other sizes, timestep or duration on the reference; "
            "they cannot be compared"
        )
    if own.network_digest != other.network_digest:
        note(
            f"{script}: the two runs built different networks ({own.network_digest}, "
            f"{other.network_digest}); give its random numbers a seed, e.g. rng=NumpyRNG(seed=1)"
        )
