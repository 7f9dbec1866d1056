"""What many networks have none of; where they do not, the kernels that deal with it are not compiled."""

from __future__ import annotations

from typing import NamedTuple

from neurohw.network import Network
from neurohw.network.sources import Bins, has_memory
from neurohw_event.drive_layout import Drives
from neurohw_event.layout import Groups, Kind
from neurohw_event.waveforms import Waves


class Extras(NamedTuple):
    """Busy Poisson sources, waveforms and histograms; conductance-based cells count as extras, too.

    They come together: were each left out on its own, kernels would be compiled again for every mixture.
    """

    drives: Drives
    waves: Waves
    bins: Bins


def needed_extras(
    network: Network, groups: Groups, drives: Drives, waves: Waves, bins: Bins
) -> Extras | None:
    """Return the extras, None where a network needs none of them."""
    needed = (
        Kind.CONDUCTANCE in groups.kind
        or len(drives.first)
        or len(waves.value_na)
        or any(has_memory(population) for population in network.populations)
    )
    return Extras(drives, waves, bins) if needed else None
