"""A product of an analog matrix unit as a spiking process: events on rows, membranes as columns, one read-out.

Inputs ``x`` (0..31, the length of a pulse), weights ``w`` (-63..63). A *run* is one input vector on one block of rows;
all runs of a block share one Brian2 network (Stimberg et al. 2019, doi:10.7554/eLife.47314).

**Events.** The rows with ``x > 0`` send one event each, in rising order; the whole sequence is sent ``num_sends``
times. Event ``k`` (0, 1, ..., K-1) acts at ``t_k = k * wait``. The read-out is at ``T = K * wait + read_delay``: one
wait and the delay after the last event. Runs with fewer events begin later, so that all are read at one time; before,
a membrane rests at 0. Brian2 applies an event at the end of the step in which it is sent, its step ``n`` acts at
``(n + 1) * dt``: the simulation takes one step more than ``T / dt``.

**Charge.** A row has an excitatory and an inhibitory synapse to each column, of which a signed weight sets one. An
event moves, on side s, ``q = pulse * weight`` with ::

    pulse = max(x - driver_offset[row], 0)                 (a row with x = 0 sends nothing)
    weight = (|w| * synapse_s[row, column] + offset_s[row, column]) * slope[row] * column_gain_s[column]

where factors are 1 and offsets 0 without a pattern; ``offset_s`` is what a synapse adds whatever its weight, on the
side of its sign. Charges and membranes are in units of input*weight, so that the ideal membrane is an exact whole
number; currents in input*weight per us.

**Membranes.** ::

    ideal       v += q_exc - q_inh
    leak        the same, dv/dt = -v / tau_mem
    synapse     i_s += q / tau_syn, di_s/dt = -i_s / tau_syn, dv/dt = i_exc - i_inh - v / tau_mem
    saturation  the same, dv/dt = S(i_exc) - S(i_inh) - v / tau_mem, S(i) = i / sqrt(1 + (i / i_max)^2)

Where equations are linear, a step is the exponential of their matrix; else it is a classical Runge-Kutta step of a part
of a cycle. All of a charge reaches the membrane in the end when it does not leak.

**Read-out.** ``y = gain * v(T) + column_offset`` in LSB; the code is ``clamp(floor(y), -128, 127)``, and the result
the clamped sum of the codes of all blocks of rows.
"""

from neurohw_brian2.vmm.block import Block, blocks_of
from neurohw_brian2.vmm.product import Product, multiply

__all__ = ["Block", "Product", "blocks_of", "multiply"]
