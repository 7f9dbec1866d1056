"""Compiled loops of traffic: what flows put on the links of their ways."""

import numpy as np

from neurohw.jit import kernel


@kernel
def add_loads(next_link, is_hop, link_target, flow, load):
    """Send flows on to their destinations, and add to ``load`` what every link carries.

    All that goes to one destination from one router takes one link from there. Routers are taken when what comes to
    them has come, so that each is taken once.

    Parameters
    ----------
    next_link : int [n_routers, n_destinations], link that leads on from a router.
    is_hop : bool [n_links], it leads to another router.
    link_target : int [n_links], router at the end of a hop.
    flow : float64 [n_routers, n_destinations], what begins at each router; changed to what passes it.
    load : float64 [n_links], of which the flows are a part.
    """
    n_routers, n_destinations = flow.shape
    reached_by = np.full(n_routers, -1, np.int64)  # the last destination on whose ways the router lies
    n_before = np.zeros(n_routers, np.int64)
    ready = np.empty(n_routers, np.int64)
    for to in range(n_destinations):
        n_before[:] = 0
        for first in range(n_routers):
            router = first
            while flow[first, to] > 0 and reached_by[router] != to:
                reached_by[router] = to
                link = next_link[router, to]
                if is_hop[link]:
                    router = link_target[link]
                    n_before[router] += 1
        n = 0
        for router in range(n_routers):
            if reached_by[router] == to and n_before[router] == 0:
                ready[n] = router
                n += 1
        done = 0
        while done < n:
            router = ready[done]
            done += 1
            link = next_link[router, to]
            load[link] += flow[router, to]
            if is_hop[link]:
                behind = link_target[link]
                flow[behind, to] += flow[router, to]
                n_before[behind] -= 1
                if n_before[behind] == 0:
                    ready[n] = behind
                    n += 1
