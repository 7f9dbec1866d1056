"""Leaky integrate and fire with two conductances that spikes open: adaptation and relative refractoriness.

Muller et al. 2007, doi:10.1162/neco.2007.19.11.2958.
"""

from neurohw_event.membranes.declaration import Feedback, Membrane
from neurohw_event.membranes.lif import LINEAR, linear_constants
from neurohw_event.stepped_layout import AT_TICK

LIF_SFA_RR = Membrane(
    LINEAR,
    AT_TICK,
    linear_constants,
    feedback=(
        Feedback("tau_sfa", "q_sfa", e_rev="e_rev_sfa", variable="g_s"),
        Feedback("tau_rr", "q_rr", e_rev="e_rev_rr", variable="g_r"),
    ),
)
