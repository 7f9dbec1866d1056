"""Small random interconnects and traffic: any stations, any links, trees of ways with copies and crossbars."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from neurohw_event.fabric import Links, Ways, Work

LAST = 40  # cycle in which the last packet enters


class Case(NamedTuple):
    """What both the kernel and the oracle are built from."""

    links: Links
    ways: Ways
    work: Work
    packets: list  # (cycle, node, cell), in order of cycles
    rules: dict  # wait_cycles, reinject_cycles, source_packets


@st.composite
def cases(draw, rules: st.SearchStrategy[dict]) -> Case:
    """Return links between up to five stations and a tree of ways for each of up to four cells."""
    n_stations, n_links = draw(st.integers(1, 5)), draw(st.integers(2, 9))
    station = st.integers(0, n_stations - 1)
    rows = []
    for _ in range(n_links):
        is_work = draw(st.integers(0, 4)) == 0
        rows.append(
            (
                draw(station),
                -1 if is_work or draw(st.integers(0, 5)) == 0 else draw(station),
                draw(st.integers(1, 4)),
                -1 if is_work else draw(st.integers(0, 3)),
                draw(st.sampled_from([-1, 1, 1, 2, 3])),
                draw(st.integers(0, 3)),
            )
        )
    source, target, latency, service, depth, credit = np.array(rows).T
    links = Links(source.astype(np.int32), target.astype(np.int32), latency, service, depth, credit)
    nodes: list[list[tuple[int, int]]] = []
    roots = [tree for tree in (_tree(draw, links, nodes, draw(station), 4) for _ in range(4)) if nodes[tree]]
    ways, work = _ways(draw, nodes, roots)
    return Case(_some_instant(links, ways), ways, work, _packets(draw, roots), draw(rules))


def _some_instant(links: Links, ways: Ways) -> Links:
    """Let some links take no time: those out of stations that nothing leads to, over which no way ends."""
    is_end = np.diff(ways.edges_of_node)[ways.node_of_edge] == 0
    links_with_ends = ways.link_of_edge[is_end]
    may = (links.target >= 0) & ~np.isin(links.source, links.target)
    may[links_with_ends] = False
    return links._replace(latency=np.where(may & (np.arange(len(may)) % 2 == 0), 0, links.latency))


def _tree(draw, links: Links, nodes: list, station: int, depth: int) -> int:
    """Add a node at a station, and those beyond it; returns its number."""
    node = len(nodes)
    nodes.append([])
    out = np.flatnonzero(links.source == station).tolist() if station >= 0 else []
    if not out or depth == 0:
        return node
    taken = draw(st.lists(st.sampled_from(out), min_size=0 if depth < 4 else 1, max_size=2, unique=True))
    for link in taken:
        nodes[node].append((link, _tree(draw, links, nodes, int(links.target[link]), depth - 1)))
    return node


def _ways(draw, nodes: list, roots: list[int]) -> tuple[Ways, Work]:
    edges = [edge for node in nodes for edge in node]
    leaves, rank = np.zeros(len(nodes), np.int32), np.full(len(nodes), -1, np.int32)
    for node in reversed(range(len(nodes))):
        leaves[node] = sum(leaves[child] for _, child in nodes[node]) if nodes[node] else 1
    n_ends = 0
    for cell, root in enumerate(roots):
        end = roots[cell + 1] if cell + 1 < len(roots) else len(nodes)
        for node in range(root, end):
            if not nodes[node]:
                rank[node] = n_ends - cell
                n_ends += 1
    cycles = draw(st.lists(st.integers(0, 5), min_size=n_ends, max_size=n_ends))
    ways = Ways(
        edges_of_node=np.concatenate([[0], np.cumsum([len(node) for node in nodes])]).astype(np.int64),
        link_of_edge=np.array([link for link, _ in edges], np.int32),
        node_of_edge=np.array([node for _, node in edges], np.int32),
        leaves_of_node=leaves,
        rank_of_node=rank,
    )
    return ways, Work(np.array([*cycles, 0], np.int64))


def _packets(draw, roots: list[int]) -> list[tuple[int, int, int]]:
    if not roots:
        return []
    cell = st.integers(0, len(roots) - 1)
    made = draw(st.lists(st.tuples(st.integers(0, LAST), cell), max_size=30))
    return [(cycle, roots[cell], cell) for cycle, cell in sorted(made)]
