"""Generalised integrate and fire: a leaky membrane that fires at random, and two sums of kernels that spikes feed.

The hazard is lambda0 exp((v - v_t) / delta_v); spikes feed the current i_eta, which is subtracted, and the threshold
v_t (Mensi et al. 2012, doi:10.1152/jn.00408.2011; Pozzorini et al. 2015, doi:10.1371/journal.pcbi.1004275).
"""

from neurohw_event.membranes.declaration import Feedback, Membrane
from neurohw_event.membranes.lif import LINEAR, linear_constants
from neurohw_event.stepped_layout import AT_RANDOM

GIF = Membrane(
    LINEAR,
    AT_RANDOM,
    linear_constants,
    level="v_t_star",
    feedback=(
        *(Feedback(f"tau_eta{k}", f"a_eta{k}", current=-1.0, adaptation=1.0) for k in (1, 2, 3)),
        *(Feedback(f"tau_gamma{k}", f"a_gamma{k}", threshold=1.0) for k in (1, 2, 3)),
    ),
)
