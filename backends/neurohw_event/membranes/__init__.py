"""The membranes that are stepped, by the names of ``neurohw.network.declarations.MEMBRANES``."""

from __future__ import annotations

from collections.abc import Mapping

from neurohw_event.membranes.adexp import ADEXP
from neurohw_event.membranes.declaration import Membrane
from neurohw_event.membranes.gif import GIF
from neurohw_event.membranes.hh_traub import HH_TRAUB
from neurohw_event.membranes.izhikevich import IZHIKEVICH
from neurohw_event.membranes.lif import LIF
from neurohw_event.membranes.lif_sfa_rr import LIF_SFA_RR

MEMBRANES: Mapping[str, Membrane] = {
    "lif": LIF,
    "lif_sfa_rr": LIF_SFA_RR,
    "adexp": ADEXP,
    "izhikevich": IZHIKEVICH,
    "hh_traub": HH_TRAUB,
    "gif": GIF,
}
