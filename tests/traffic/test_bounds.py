"""Loads of links and ideal throughput: against ways counted one by one, known formulas and enumerated limits."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.errors import SettingError
from neurohw.hardware import load_chip
from neurohw.hardware.topology import LINK_HOP, LINK_OUT, TOPOLOGIES, topology_of
from neurohw.traffic import ideal_saturation, link_loads, mean_hops, pattern_destinations
from tests.naive.traffic import loads
from tests.reference_data import reference_rows

WIRES = load_chip("mesh").interconnect


def grid(name, k):
    """Return a mesh or torus of k x k tiles."""
    return topology_of(replace(WIRES, topology=name, width=k, height=k))


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(tuple(TOPOLOGIES)),
    width=st.integers(1, 5),
    height=st.integers(1, 4),
    leaves=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_loads_are_those_of_ways_counted_one_by_one(name, width, height, leaves, seed):
    topology = topology_of(replace(WIRES, topology=name, width=width, height=height, leaves=leaves, arity=2))
    rng = np.random.default_rng(seed)
    shape = (topology.n_tiles, topology.n_tiles)
    demand = rng.random(shape) * rng.integers(0, 2, shape)
    load = link_loads(topology, demand)
    expected = loads(topology, demand.tolist())
    assert load.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-12)
    hops = sum(np.array(expected)[topology.links.kind == LINK_HOP])
    assert mean_hops(topology, demand) == pytest.approx(hops / demand.sum() if demand.any() else 0)
    if not topology.contention_free and demand.any():
        assert ideal_saturation(topology, demand) == pytest.approx(1 / max(expected))


def test_nothing_limits_no_traffic_and_an_ideal_interconnect():
    uniform = pattern_destinations("uniform", (8, 4)).demand
    assert ideal_saturation(topology_of(WIRES), 0 * uniform) == inf
    assert ideal_saturation(topology_of(replace(WIRES, topology="ideal")), uniform) == inf


@pytest.mark.parametrize("k", [4, 6, 8, 10])
def test_uniform_traffic_loads_the_middle(k):
    """A mesh's busiest link carries k/4, a torus' k/8 of a tile's packets (Dally & Towles 2004, section 3.3.1)."""
    uniform = pattern_destinations("uniform", (k, k)).demand
    for name, expected in (("mesh", k / 4), ("torus", k / 8)):
        topology = grid(name, k)
        load = link_loads(topology, uniform)[topology.links.kind == LINK_HOP]
        assert load.max() == pytest.approx(expected, rel=1e-12)


def test_a_bus_carries_one_packet_a_cycle_for_all_tiles():
    topology = topology_of(replace(WIRES, topology="bus", width=5, height=2))
    assert ideal_saturation(topology, pattern_destinations("neighbor", topology).demand) == 1 / 10


@pytest.mark.parametrize(
    ("demand", "message"),
    [
        (np.ones((3, 4)), r"demand has shape \(3, 4\), topology 'mesh' needs \(4, 4\)"),
        (np.diag([1, 1, -1, 1]), "demand of tile 2 for tile 2 = -1 must be finite and at least 0"),
        (np.diag([1, np.nan, 1, 1]), "demand of tile 1 for tile 1 = nan must be"),
    ],
)
def test_demands_that_cannot_be(demand, message):
    with pytest.raises(SettingError, match=message):
        link_loads(grid("mesh", 2), demand)


def test_enumerated_limits():
    """All tables of mesh and torus with 16, 64 and 256 tiles; the hotspot is tile 27, on 16 tiles 27 modulo 16."""
    rows = reference_rows("noc/noc_analytic_limits.csv")
    assert len(rows) == 48
    for row in rows:
        k = int(row["k"])
        topology = grid(row["topology"], k)
        name = f"hotspot:{27 % k**2}" if row["traffic"] == "hotspot27" else row["traffic"]
        demand = pattern_destinations(name, topology).demand
        load, kind = link_loads(topology, demand), topology.links.kind
        found = {
            "mean_hops": mean_hops(topology, demand),
            "max_channel_load_per_unit_injection": load[kind == LINK_HOP].max(),
            "max_ejection_load": load[kind == LINK_OUT].max(),
            "ideal_saturation_flits_node_cycle": ideal_saturation(topology, demand),
        }
        assert found == pytest.approx({column: float(row[column]) for column in found}, abs=5.1e-7), row
