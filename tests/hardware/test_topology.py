"""Topologies: their links, shortest routes, ties, rings and chips, and that packets cannot wait in a circle."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.errors import ChipError, UnknownNameError
from neurohw.hardware import load_chip
from neurohw.hardware.topology import LINK_HOP, LINK_IN, LINK_OUT, TOPOLOGIES, topology_of
from tests.naive import topologies as naive

WIRES = load_chip("mesh").interconnect
CLOSED = ("torus", "ring")
OPEN = tuple(name for name in TOPOLOGIES if name not in CLOSED)


def interconnects(*names):
    """Run a test with every topology (or those named), of small sizes."""

    def decorate(test):
        sizes = st.builds(
            lambda **numbers: replace(WIRES, **numbers),
            width=st.integers(1, 6),
            height=st.integers(1, 4),
            leaves=st.integers(1, 6),
            arity=st.integers(2, 4),
        )

        @pytest.mark.parametrize("name", names or tuple(TOPOLOGIES))
        @settings(max_examples=25, deadline=None)
        @given(wires=sizes)
        def on_each(name, wires):
            test(replace(wires, topology=name))

        on_each.__name__ = test.__name__
        on_each.__doc__ = test.__doc__
        return on_each

    return decorate


@interconnects()
def test_links_are_those_of_the_definition_each_once(wires):
    topology = topology_of(wires)
    links, n = topology.links, topology.n_tiles
    assert links.kind.tolist() == [LINK_IN] * n + [LINK_OUT] * n + [LINK_HOP] * (links.n_links - 2 * n)
    assert links.tile.tolist() == [*range(n), *range(n)] + [-1] * (links.n_links - 2 * n)
    assert (links.source == links.target)[: 2 * n].all()
    assert links.target[:n].tolist() == topology.router_of_tile.tolist()
    hops = list(zip(links.source[2 * n :].tolist(), links.target[2 * n :].tolist(), strict=True))
    assert set(hops) == naive.hops(wires)
    assert len(set(hops)) == len(hops)
    assert [source for source, _ in hops] == sorted(source for source, _ in hops)
    assert len({links.name(link) for link in range(links.n_links)}) == links.n_links


@interconnects()
def test_every_route_is_connected_shortest_and_ends_at_its_tile(wires):
    topology = topology_of(wires)
    links, edges = topology.links, naive.hops(wires)
    away = {router: naive.distances(edges, router) for router in range(topology.n_routers)}
    for (_, source, to), path in naive.routes(topology).items():
        assert links.name(path[0]) == f"{source} in"
        assert links.name(path[-1]) == f"{to} out"
        assert all(links.kind[link] == LINK_HOP for link in path[1:-1])
        assert all(links.target[a] == links.source[b] for a, b in pairwise(path))
        assert len(path) - 2 == away[int(links.target[path[0]])][int(links.source[path[-1]])]


@interconnects("mesh", "torus")
def test_routes_go_straight_along_x_then_straight_along_y(wires):
    topology = topology_of(wires)
    for path in naive.routes(topology).values():
        steps = naive.steps_of(topology, path)
        turn = sum(dx != 0 for dx, _ in steps)
        assert len(set(steps[:turn])) <= 1
        assert len(set(steps[turn:])) <= 1
        assert all(dy == 0 for _, dy in steps[:turn])


@pytest.mark.parametrize(
    ("name", "width", "height", "n_variants"),
    [
        ("torus", 4, 6, 4), ("torus", 4, 3, 2), ("torus", 5, 4, 2), ("torus", 2, 4, 2), ("torus", 5, 3, 1),
        ("torus", 2, 2, 1), ("torus", 1, 1, 1), ("torus", 1, 4, 2), ("ring", 3, 2, 2), ("ring", 3, 3, 1),
        ("ring", 2, 1, 1), ("mesh", 4, 4, 1),
    ],
)  # fmt: skip
def test_ties_go_both_ways_by_bits_of_the_variant(name, width, height, n_variants):
    topology = topology_of(replace(WIRES, topology=name, width=width, height=height))
    assert topology.n_variants == n_variants
    columns, rows = topology.grid or (topology.n_tiles, 1)
    bits = [bit for bit, size in enumerate((columns, rows)) if size > 2 and size % 2 == 0 and name != "mesh"]
    for (variant, source, to), path in naive.routes(topology).items():
        steps = naive.steps_of(topology, path)
        for place, axis in enumerate(bits):
            size, stride = ((columns, 1), (rows, columns))[axis]
            if (to // stride - source // stride) % size == size // 2:
                forward = bool(variant >> place & 1)
                assert {step[axis] for step in steps} - {0} == {1 if forward else -1}


@pytest.mark.parametrize(
    ("name", "width", "height", "axis"),
    [("torus", 4, 6, 0), ("torus", 4, 6, 1), ("torus", 8, 4, 0), ("torus", 8, 5, 0), ("ring", 4, 2, 0)],
)
def test_senders_with_ties_load_a_row_alike_both_ways(name, width, height, axis):
    """Each tile sends half way round its row or column, in the variant that its place gives."""
    topology = topology_of(replace(WIRES, topology=name, width=width, height=height))
    shape = topology.grid or (topology.n_tiles, 1)
    half = [shape[0] // 2, 0] if axis == 0 else [0, shape[1] // 2]
    paths, load = naive.routes(topology), np.zeros(topology.links.n_links, int)
    for tile in range(topology.n_tiles):
        x, y = (tile % shape[0] + half[0]) % shape[0], (tile // shape[0] + half[1]) % shape[1]
        load[paths[int(topology.variant_of_tile[tile]), tile, y * shape[0] + x]] += 1
    forward, back = load[2 * topology.n_tiles :].reshape(topology.n_tiles, -1)[:, 2 * axis : 2 * axis + 2].T
    assert forward.sum() == back.sum()
    # half the senders of a row use each way: a link carries half of half a row, rounded where that is not whole
    assert set(forward) | set(back) == {shape[axis] // 4, -(-shape[axis] // 4)}


@interconnects()
def test_rings_are_closed_and_a_packet_leaves_one_only_to_turn(wires):
    topology = topology_of(wires)
    links, ring_of_link = topology.links, topology.ring_of_link
    columns, rows = topology.grid or (topology.n_tiles, 1)
    for link in range(links.n_links):
        ((dx, dy),) = naive.steps_of(topology, [link]) or [(0, 0)]
        length = (columns if dx else rows) if wires.topology in CLOSED and (dx or dy) else 0
        assert (ring_of_link[link] >= 0) == (length >= 4)
    for ring in set(ring_of_link.tolist()) - {-1}:
        members = np.flatnonzero(ring_of_link == ring)
        following = dict(zip(links.source[members].tolist(), links.target[members].tolist(), strict=True))
        start = here = int(links.source[members[0]])
        visited = [here := following[here] for _ in members]
        assert visited[-1] == start
        assert len(set(visited)) == len(members)
        assert len({step for link in members for step in naive.steps_of(topology, [link])}) == 1


def same_ring(topology, a, b) -> bool:
    """Return whether both links are part of one ring."""
    return topology.ring_of_link[a] == topology.ring_of_link[b] >= 0


@interconnects(*OPEN)
def test_packets_cannot_wait_for_each_other_in_a_circle(wires):
    assert not naive.circle_in(naive.waits(topology_of(wires)))


@interconnects(*CLOSED)
def test_packets_can_wait_in_a_circle_only_within_a_ring(wires):
    topology = topology_of(wires)
    waits = naive.waits(topology)
    assert naive.circle_in(waits) == bool((topology.ring_of_link >= 0).any())
    assert not naive.circle_in({(a, b) for a, b in waits if not same_ring(topology, a, b)})


def test_the_oracle_finds_circles():
    assert naive.circle_in({(0, 1), (1, 2), (2, 0)})
    assert naive.circle_in({(5, 4), (0, 1), (1, 1)})
    assert not naive.circle_in({(0, 1), (0, 2), (1, 3), (2, 3)})


@pytest.mark.parametrize("name", ["mesh", "torus"])
def test_links_between_the_chips_of_a_board(name):
    board = replace(WIRES, topology=name, width=6, height=4, chip_width=2, chip_height=4)
    topology = topology_of(board)
    for link in range(topology.links.n_links):
        source, target = int(topology.links.source[link]), int(topology.links.target[link])
        assert topology.is_chip_link[link] == (source % 6 // 2 != target % 6 // 2)
    one_chip = topology_of(replace(board, chip_width=np.inf, chip_height=np.inf))
    assert not one_chip.is_chip_link.any()


def test_links_between_the_roots_of_a_tree_are_chip_links():
    topology = topology_of(replace(WIRES, topology="tree", width=2, height=1, leaves=2, arity=2))
    names = [topology.links.name(link) for link in range(8, topology.links.n_links)]
    assert names == ["0->4", "1->4", "2->5", "3->5", "4->0", "4->1", "4->6", "5->2", "5->3", "5->7",
                     "6->4", "6->7", "7->5", "7->6"]  # fmt: skip
    chip_links = [topology.links.name(link) for link in np.flatnonzero(topology.is_chip_link)]
    assert chip_links == ["6->7", "7->6"]


def test_a_way_over_three_levels_of_routers():
    """Four cores a chip, as on DYNAP-SE1: R1 0 to 15, R2 16 to 19, R3 20 to 23."""
    topology = topology_of(replace(WIRES, topology="tree", width=2, height=2, leaves=4, arity=4))
    paths = naive.routes(topology)
    names = {key: [topology.links.name(link) for link in path] for key, path in paths.items()}
    assert names[0, 1, 2] == ["1 in", "1->16", "16->2", "2 out"]
    assert names[0, 1, 14] == [
        "1 in", "1->16", "16->20", "20->21", "21->23", "23->19", "19->14", "14 out",
    ]  # fmt: skip


def test_all_packets_of_a_bus_cross_one_link():
    topology = topology_of(replace(WIRES, topology="bus", width=3, height=2))
    shared = topology.links.n_links - 1
    assert all(path == [s, shared, 6 + d] for (_, s, d), path in naive.routes(topology).items())


def test_only_ideal_is_free_of_contention():
    free = {name: topology_of(replace(WIRES, topology=name)).contention_free for name in TOPOLOGIES}
    assert free == {name: name == "ideal" for name in TOPOLOGIES}


@interconnects()
def test_no_two_tiles_and_no_two_routers_are_drawn_at_one_place(wires):
    topology = topology_of(wires)
    for place, n in (
        (topology.place_of_tile, topology.n_tiles),
        (topology.place_of_router, topology.n_routers),
    ):
        assert place.shape == (n, 2)
        apart = np.hypot(*(place[:, None] - place[None]).T) + np.eye(n) * 9
        assert apart.min(initial=9) > 0.2


def test_equal_interconnects_share_a_topology_whose_arrays_cannot_be_changed():
    topology = topology_of(WIRES)
    assert topology_of(replace(WIRES)) is topology
    for array in (topology.links.source, topology.router_of_tile, topology.place_of_tile):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_table_that_does_not_fit_is_refused():
    topology = topology_of(replace(WIRES, topology="torus", width=256, height=256))
    assert topology.next_links([5, 9]).shape == (4, 65536, 2)
    with pytest.raises(ChipError, match=r"'torus': 65536 routers and 1025 .* 4 variants .* 268,697,600 next"):
        topology.next_links(np.arange(1025))


def test_a_tree_of_too_many_tiles_is_refused():
    with pytest.raises(ChipError, match=r"256 x 256 chips with 65 leaves each have 4,259,840 tiles, at most"):
        topology_of(replace(WIRES, topology="tree", width=256, height=256, leaves=65))


@pytest.mark.parametrize("tile", [-1, 32])
def test_a_destination_that_is_no_tile(tile):
    with pytest.raises(ChipError, match=f"topology 'mesh': no tile {tile}, there are 32"):
        topology_of(WIRES).next_links([0, tile])


def test_an_unknown_topology():
    with pytest.raises(UnknownNameError, match="unknown topology 'tours'; did you mean 'torus'"):
        topology_of(replace(WIRES, topology="tours"))
