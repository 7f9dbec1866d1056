"""Small random links and ways for packets that take links in order of arrival."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from neurohw_event.fabric import Links, Ways, Work
from tests.naive.fcfs import Rules

N_CELLS = 3
N_ENDS = 3
PLAIN, ENCODER, CROSSBAR = range(3)


LINK = st.tuples(st.sampled_from([PLAIN, ENCODER, CROSSBAR]), st.integers(0, 4), st.integers(0, 4))
PACKETS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 2, 6]),
        st.integers(0, 5),
        st.sampled_from(range(0, N_CELLS * N_ENDS, N_ENDS)),
    ),
    max_size=40,
)


@st.composite
def fabrics(draw: st.DrawFn) -> tuple[Links, Ways, Work]:
    """Return links (the first a plain one), ways without circles and cycles of crossbars."""
    drawn = [(PLAIN, 1, 1), *draw(st.lists(LINK, max_size=4))]
    kind, latency, service = np.array(drawn).T
    is_read = kind == CROSSBAR
    n_inner = draw(st.integers(1, 6))
    edges = [draw(st.lists(_edge(node, n_inner, is_read), min_size=1, max_size=3)) for node in range(n_inner)]
    none = np.full(len(kind), -1)
    links = Links(
        source=(kind == ENCODER).astype(np.int32),  # station 1, which no link leads to
        target=np.where(is_read, -1, 0).astype(np.int32),
        latency=latency,
        service=np.where(is_read, -1, service),
        depth=none,
        credit=none + 1,
    )
    cycles = draw(st.lists(st.integers(0, 6), min_size=N_CELLS * N_ENDS, max_size=N_CELLS * N_ENDS))
    work = Work(np.array(cycles))
    return links, make_ways(edges), work


@st.composite
def tiled_fabrics(draw: st.DrawFn) -> tuple[Links, Ways, Work]:
    """Return ways to crossbars over a link of their own each, but where packets enter before them."""
    n_tiles, n_stops = draw(st.integers(1, 2)), draw(st.integers(1, 4))
    times = st.tuples(st.integers(0, 3), st.integers(0, 3))
    plain = draw(st.lists(times, min_size=1 + n_tiles, max_size=1 + n_tiles))
    edges: list[list[tuple[int, int]]] = [[] for _ in range(n_stops)]
    before: list[list[tuple[int, int]]] = []
    for stop in range(n_stops):
        for tile in draw(st.lists(st.integers(0, n_tiles - 1), min_size=stop == n_stops - 1, max_size=3)):
            edges[stop].append((1 + tile, n_stops + len(before)))
            before.append([(1 + n_tiles + tile, draw(st.integers(0, N_ENDS - 1)))])
        if stop < n_stops - 1:
            edges[stop].append((0, draw(st.integers(stop + 1, n_stops - 1))))
    n_inner = n_stops + len(before)
    ends = [[(link, n_inner + end) for link, end in node] for node in before]
    for tile in draw(st.lists(st.integers(0, n_tiles - 1), max_size=2)):
        edges[0].append((1 + n_tiles + tile, n_inner + draw(st.integers(0, N_ENDS - 1))))
    latency, service = np.array([*plain, *[(0, -1)] * n_tiles]).T
    station = np.zeros(len(service), np.int32)
    links = Links(station, np.where(service < 0, -1, station), latency, service, station - 1, station)
    cycles = draw(st.lists(st.integers(0, 6), min_size=N_CELLS * N_ENDS, max_size=N_CELLS * N_ENDS))
    return links, make_ways([*edges, *ends]), Work(np.array(cycles))


def _edge(node: int, n_inner: int, is_read: np.ndarray) -> st.SearchStrategy[tuple[int, int]]:
    """Return link and node behind it: one farther on, or an end, which alone lies behind a crossbar."""
    return st.integers(0, len(is_read) - 1).flatmap(
        lambda link: st.tuples(
            st.just(link), st.integers(n_inner if is_read[link] else node + 1, n_inner + N_ENDS - 1)
        )
    )


def make_ways(edges: list[list[tuple[int, int]]]) -> Ways:
    """Return the ways whose inner nodes have these edges (link, node); the ends follow on the inner nodes."""
    n_inner, n_nodes = len(edges), 1 + max(len(edges), *(target for node in edges for _, target in node))
    leaves = [0] * n_inner + [1] * (n_nodes - n_inner)
    for node in reversed(range(n_inner)):
        leaves[node] = sum(leaves[target] for _, target in edges[node])
    n_edges = [len(node) for node in edges] + [0] * (n_nodes - n_inner)
    return Ways(
        edges_of_node=np.cumsum([0, *n_edges]),
        link_of_edge=np.array([link for node in edges for link, _ in node], np.int32),
        node_of_edge=np.array([target for node in edges for _, target in node], np.int32),
        leaves_of_node=np.array(leaves, np.int32),
        rank_of_node=np.maximum(np.arange(n_nodes, dtype=np.int32) - n_inner, -1),
    )


@st.composite
def rules(draw: st.DrawFn, n_links: int) -> Rules:
    """Return limits of waiting, most of them without effect."""
    limit = draw(st.lists(st.sampled_from([-1, -1, 0, 1, 2]), min_size=n_links, max_size=n_links))
    wait_cycles = draw(st.sampled_from([0, 0, 0, 3, 11]))
    return Rules(
        limit, wait_cycles, draw(st.sampled_from([-1, -1, 1, 5])), draw(st.sampled_from([True, True, False]))
    )


def links_of(latency: list[int], service: list[int]) -> Links:
    """Return links around one station."""
    station, none = np.zeros(len(latency), np.int32), np.full(len(latency), -1)
    return Links(station, station, np.array(latency), np.array(service), none, none)
