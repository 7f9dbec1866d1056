"""Links on pictures of chips: arrows from the right to the right place, on any topology, beside each other."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.path import Path

from neurohw.analysis.plots.wires import TILE_SIDE, router_radius, routers_apart, wires_of
from neurohw.hardware import load_chip
from neurohw.hardware.topology import LINK_HOP, LINK_IN, TOPOLOGIES, topology_of
from neurohw.result import Layout, LinkLoad

SHAPES = {
    "mesh": {"width": 4, "height": 3},
    "torus": {"width": 5, "height": 3},
    "ring": {"width": 9, "height": 1},
    "tree": {"width": 2, "height": 2, "leaves": 4},
    "star": {"width": 4, "height": 4},
    "bus": {"width": 4, "height": 2},
    "ideal": {"width": 3, "height": 3},
}


def drawn(name):
    """Return layout, links and wires of a topology."""
    topology = topology_of(load_chip("mesh").replace(topology=name, **SHAPES[name]).interconnect)
    wires = topology.links
    layout = Layout(
        name, topology.place_of_tile, topology.place_of_router, np.asarray(topology.router_of_tile)
    )
    none = np.zeros(wires.n_links)
    names = np.array([wires.name(link) for link in range(wires.n_links)])
    links = LinkLoad(names, wires.source, wires.target, wires.tile, wires.kind, *[none] * 6)
    return layout, links, wires_of(links, layout)


@pytest.mark.parametrize("name", sorted(TOPOLOGIES))
def test_no_arrow_lies_on_another(name):
    _, _, wires = drawn(name)
    polygons = [outline for wire in wires for outline in wire.outlines]
    assert all(np.isfinite(polygon).all() for polygon in polygons)
    middles = [polygon.mean(axis=0) for polygon in polygons]
    for (a, middle_a), (b, middle_b) in combinations(zip(polygons, middles, strict=True), 2):
        assert not np.allclose(middle_a, middle_b)
        assert not (Path(b).contains_point(middle_a) and Path(a).contains_point(middle_b))


@pytest.mark.parametrize("name", ["mesh", "ring", "tree", "star"])
def test_an_arrow_leads_from_its_source_to_its_target(name):
    layout, links, wires = drawn(name)
    apart = set(routers_apart(layout).tolist())
    radius = router_radius(layout)
    for link, wire in enumerate(wires):
        router = int(links.source[link])
        if links.kind[link] != LINK_HOP and router not in apart:
            inside = np.abs(np.concatenate(wire.outlines) - layout.tile[links.tile[link]]).max()
            assert inside < TILE_SIDE / 2
            continue
        ends = [layout.router[router], layout.router[int(links.target[link])]]
        if links.kind[link] != LINK_HOP:
            tile = layout.tile[links.tile[link]]
            ends = [tile, ends[1]] if links.kind[link] == LINK_IN else [ends[0], tile]
        outline = np.concatenate(wire.outlines)
        near = max(radius.max(), TILE_SIDE) + 0.15
        tip = outline[len(outline) // 2]
        assert np.hypot(*(tip - ends[1])) < near
        assert min(np.hypot(*(outline - ends[0]).T)) < near
        assert np.hypot(*(tip - ends[0])) > np.hypot(*(wire.middle - ends[0]))


def test_a_link_around_a_torus_goes_out_at_one_side_and_in_at_the_other():
    layout, links, wires = drawn("torus")
    (link,) = [index for index, name in enumerate(links.name) if name == "4->0"]
    out, into = wires[link].outlines
    assert out[:, 0].min() > layout.tile[4, 0]
    assert into[:, 0].max() < layout.tile[0, 0]


def test_a_tile_of_a_mesh_has_no_router_apart():
    assert routers_apart(drawn("mesh")[0]).size == 0
    assert routers_apart(drawn("star")[0]).tolist() == [0]
    assert routers_apart(drawn("bus")[0]).tolist() == [0, 1]
    assert routers_apart(drawn("tree")[0]).size == 8
