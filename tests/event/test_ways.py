"""The graph of ways: what a packet comes to, one after the other, stands together."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.workloads import cuba
from neurohw.compiler import compile_network
from neurohw.hardware import load_chip
from neurohw_event.chip_links import make_chip_links
from neurohw_event.fcfs import make_fcfs
from neurohw_event.kernels.fcfs_steps import LAST
from neurohw_event.ways import make_ways, walk


@pytest.mark.parametrize("multicast", [True, False])
@pytest.mark.parametrize(("encode", "read"), [(0, 0), (0, 1), (3, 1)])
def test_nodes_and_steps_of_a_way_follow_each_other(multicast: bool, encode: int, read: int) -> None:
    chip = load_chip("mesh").replace(
        width=3, height=2, columns=20, multicast=multicast, encode_cycles=encode, read_cycles=read
    )
    ways, senders, _ = make_ways(compile_network(cuba(100), chip), make_chip_links(chip))
    fcfs = make_fcfs(make_chip_links(chip).links, ways)
    ends = fcfs.steps["code"] & LAST > 0
    for entrance in np.unique(senders.node):
        nodes, start = [int(entrance)], np.array([entrance])
        for _, end, _, _ in walk(ways, start, start):
            nodes += end.tolist()
        steps = steps_from(fcfs, int(fcfs.first_step[entrance]))
        nodes += fcfs.node_behind[steps].tolist()
        assert sorted(set(nodes)) == list(range(entrance, entrance + len(set(nodes))))
        assert sorted(steps) == list(range(min(steps), min(steps) + len(steps)))
        assert ends[max(steps)]
        assert int(fcfs.leaves[steps][fcfs.steps["next"][steps] < 0].sum()) == ways.leaves_of_node[entrance]


def steps_from(fcfs, first: int) -> list[int]:
    """Return the steps from the first of a fork on, and all beyond."""
    found = []
    for step in range(first, len(fcfs.steps)):
        found.append(step)
        if fcfs.steps["next"][step] >= 0:
            found += steps_from(fcfs, int(fcfs.steps["next"][step]))
        if fcfs.steps["code"][step] & LAST:
            break
    return found
