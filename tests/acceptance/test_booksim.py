"""Routers with credits against BookSim 2 (Jiang et al. 2013, doi:10.1109/ISPASS.2013.6557149): latency and throughput.

The figures are its own, measured at revision 28f4329 with routers of one virtual channel and speculative allocation:
a hop takes 3 cycles, a credit 2, the way from a tile into its router 2, and the way out nothing beyond the last hop.
"""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from neurohw.traffic import LoadPoint, interconnect_chip
from neurohw_event.noc import Wires, make_wires
from neurohw_event.traffic import simulate_traffic

DATA = Path(os.environ.get("NEUROHW_DATA") or Path(__file__).parents[3] / "shared" / "data")
REFERENCE = DATA / "noc" / "booksim_reference.csv"
PER_HOP = 3.0

pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason=f"{REFERENCE} is not there; set NEUROHW_DATA")

# (config, offered load) of the default run; the rest is slow
QUICK = [("m8_u_1vc_b1_spec", 0.02), ("m8_u_1vc_b4_spec", 0.2), ("m8_bitcomp_1vc_b8_spec", 0.1)]


@cache
def reference() -> list[dict[str, str]]:
    """Return the rows of the file, none where there is no file."""
    if not REFERENCE.exists():
        return []
    with REFERENCE.open() as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def saturation(config: str) -> float:
    """Return the load that a configuration just carries: BookSim's throughput, or the bound of the fullest link."""
    of_config = [row for row in reference() if row["config"] == config]
    carried = [float(row["acc_flit_avg"]) for row in of_config if row["sim_type"] == "throughput"]
    highest = max(float(row["offered_flits_node_cycle"]) for row in of_config if row["steady"] == "1")
    # with permutations some tiles are starved beyond saturation, so that throughput may be below what was steady
    return min(max(*carried, highest), float(of_config[0]["ideal_saturation"]))


def is_reference(row: dict[str, str]) -> bool:
    return row["steady"] == "1" and float(row["offered_flits_node_cycle"]) < 0.9 * saturation(row["config"])


def named(rows: list[dict[str, str]]) -> list:
    return [pytest.param(row, id=f"{row['config']}-{row['offered_flits_node_cycle']}") for row in rows]


def partner(pattern: str, k: int) -> np.ndarray | None:
    """Return the destination of each tile, None where it is drawn."""
    tile = np.arange(k * k)
    x, y = tile % k, tile // k
    return {
        "uniform": None,
        "transpose": x * k + y,
        "bitcomp": k * k - 1 - tile,
        "neighbor": (y + 1) % k * k + (x + 1) % k,
    }[pattern]


@cache
def wires(k: int, depth: int) -> Wires:
    """Return a mesh with the cycles of BookSim's."""
    return make_wires(interconnect_chip("mesh", (k, k), depth=depth, hop_cycles=3, credit_cycles=2))


def measure(row: dict[str, str], load: float, cycles: int, drain: int) -> LoadPoint:
    k = int(row["k"])
    return simulate_traffic(
        *wires(k, int(row["vc_buf_size"]))[:5],
        load=load,
        partner=partner(row["traffic"], k),
        warm_up=6000,
        cycles=cycles,
        drain=drain,
    )


def error(row: dict[str, str]) -> float:
    """Return the relative error of the mean latency.

    Few packets are made at small loads: the ways that BookSim happened to draw, whose hops the file gives, are worth
    up to 2.5 % there. They are no property of a router, so both means are compared at the same hops.
    """
    measured = measure(row, float(row["offered_flits_node_cycle"]), 20_000, 20_000)
    assert measured.steady
    drawn = PER_HOP * (float(row["hops_plus1"]) - 1 - measured.hops)
    return (measured.latency_mean + drawn) / float(row["plat_avg"]) - 1


def is_quick(row: dict[str, str]) -> bool:
    return (row["config"], float(row["offered_flits_node_cycle"])) in QUICK


@pytest.mark.parametrize("row", named([row for row in reference() if is_quick(row)]))
def test_mean_latency(row: dict[str, str]) -> None:
    assert abs(error(row)) < 0.02


@pytest.mark.slow
def test_mean_latencies_of_all_rows() -> None:
    rows = [row for row in reference() if is_reference(row)]
    errors = {f"{row['config']} {row['offered_flits_node_cycle']}": error(row) for row in rows}
    sizes = np.abs(list(errors.values()))
    assert len(errors) >= 50
    assert {name: value for name, value in errors.items() if abs(value) >= 0.02} == {}
    assert np.median(sizes) < 0.005


def throughputs() -> list[dict[str, str]]:
    return [row for row in reference() if row["sim_type"] == "throughput"]


@pytest.mark.slow
@pytest.mark.parametrize("row", named(throughputs()))
def test_throughput_beyond_saturation(row: dict[str, str]) -> None:
    carried = measure(row, 1.0, 20_000, 0).accepted
    assert carried == pytest.approx(float(row["acc_flit_avg"]), rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("row", named([row for row in throughputs() if row["traffic"] == "uniform"]))
def test_stability_point(row: dict[str, str]) -> None:
    """Five per cent below the load that BookSim carries all is steady, five per cent above it is not."""
    point = float(row["acc_flit_avg"])
    below, above = (measure(row, load, 30_000, 30_000) for load in (0.95 * point, 1.05 * point))
    assert below.accepted == pytest.approx(0.95 * point, rel=0.01)
    assert below.steady
    assert not above.steady
