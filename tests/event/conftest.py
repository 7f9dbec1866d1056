"""What several files of tests need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from neurohw.network import Network
from neurohw.network.sources import Bins
from neurohw_event import session, shares
from neurohw_event.drive_layout import Drives
from neurohw_event.extras import Extras
from neurohw_event.layout import Groups
from neurohw_event.waveforms import Waves
from tests import networks


@pytest.fixture(scope="module")
def sharing_small_networks() -> Iterator[None]:
    """Divide networks among threads that are far too small for that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "LEAST_WORK", 1e-6)
        yield


# hypothesis wants no fixtures of single functions; outside of classes this one is set up for each all the same
@pytest.fixture(scope="class", params=["few kernels", pytest.param("all kernels", marks=pytest.mark.slow)])
def few_kernels(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have random networks share kernels, where others test that networks with and without a feature are right.

    Each version of the loop over ticks takes ten seconds to compile. All networks get the version with extras, whether
    they need them or not, and has cells with exponential currents: spans are there, and streams, and no blocks.
    As long tests they take the version that each network takes by itself.
    """
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "few kernels":
            patch.setattr(session, "needed_extras", _extras_always)
            patch.setattr(networks, "FIRST_MODEL", "IF_curr_exp")
        yield


def _extras_always(network: Network, groups: Groups, drives: Drives, waves: Waves, bins: Bins) -> Extras:
    return Extras(drives, waves, bins)
