"""The edges of ways as steps that stand behind each other, as routers of all fidelities read them."""

from __future__ import annotations

import numpy as np

from neurohw_event.fabric import Array, Ways

STEP = np.dtype(
    (
        np.record,
        [
            ("code", "i4"),  # the link, shifted, and bits below it
            ("next", "i4"),  # the first step behind the link; ~end where the way ends there
        ],
    )
)


def make_steps(ways: Ways, code: Array, last: int) -> tuple[Array, Array]:
    """Return the steps, and the first one of each node (int32 [n_nodes], ~node where it has none).

    Parameters
    ----------
    code : int64 [n_edges].
    last : the bit of a step's code that says that it is the last one from its node.
    """
    first, end = ways.edges_of_node[:-1], ways.edges_of_node[1:]
    first_step = np.where(first < end, first, ~np.arange(len(first))).astype(np.int32)
    steps = np.zeros(len(code), STEP)
    steps["code"] = code
    steps["code"][end[first < end] - 1] |= last
    steps["next"] = first_step[ways.node_of_edge]
    return steps, first_step
