"""Synthetic spikes, recordings and hardware reports that look like those of real runs."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from neurohw.analysis.recording import RecordedPopulation, Recording
from neurohw.hardware import Chip, Crossbar, Energy, Provenance, Tile, load_chip
from neurohw.hardware.topology import Links, topology_of
from neurohw.result import (
    Congestion,
    Distortion,
    HardwareReport,
    Latency,
    Layout,
    LinkLoad,
    NeuronLoad,
    PopulationLoad,
    ProjectionLoad,
    Spikes,
    TileLoad,
    Timeline,
    Traffic,
)

Array = np.ndarray

TIMESTEP_MS = 0.1
WIDTH, HEIGHT = 6, 5


def sorted_spikes(ids: Array, ticks: Array) -> Spikes:
    """Return spikes in the order that results promise: by tick, then by cell."""
    order = np.lexsort((ids, ticks))
    return Spikes(np.asarray(ids, dtype=np.int64)[order], np.asarray(ticks, dtype=np.int64)[order])


def poisson_spikes(n_cells: int, rate_hz: float, until_tick: int, seed: int = 0) -> Spikes:
    """Return Poisson spikes of cells 0 to ``n_cells - 1``."""
    random = np.random.default_rng(seed)
    n = random.poisson(n_cells * rate_hz * until_tick * TIMESTEP_MS * 1e-3)
    return sorted_spikes(random.integers(0, n_cells, n), random.integers(1, until_tick + 1, n))


def jittered(spikes: Spikes, until_tick: int, seed: int = 1, drop: float = 0.02) -> Spikes:
    """Return spikes with some lost and the others moved by a few ticks."""
    random = np.random.default_rng(seed)
    kept = random.random(spikes.ids.size) >= drop
    ticks = spikes.ticks[kept] + random.integers(0, 4, np.count_nonzero(kept))
    return sorted_spikes(spikes.ids[kept], np.minimum(ticks, until_tick))


def chip() -> Chip:
    """Return a small mesh chip with sources for some of its numbers."""
    return Chip(
        name="mesh",
        description="A mesh of <crossbar> tiles & routers",
        clock_mhz=100.0,
        speedup=1.0,
        tile=Tile(crossbars=1, read_cycles=4),
        crossbar=Crossbar(rows=4096, columns=256, weight_bits=8),
        interconnect=load_chip("mesh")
        .replace(width=WIDTH, height=HEIGHT, hop_cycles=3, link_bandwidth=100.0, buffer_packets=inf)
        .interconnect,
        energy=Energy(spike_pj=1.5, hop_pj=3.0, row_pj=0.8, synapse_pj=0.1, tile_mw=0.4),
        provenance={
            "hop_cycles": Provenance("published", 'Davies 2018, "Loihi"'),
            "rows": Provenance("estimate", ""),
        },
    )


def links() -> Links:
    """Return all links of the mesh."""
    return topology_of(chip().interconnect).links


def layout() -> Layout:
    """Return where tiles and routers of the mesh stand."""
    mesh = topology_of(chip().interconnect)
    return Layout(mesh.name, mesh.place_of_tile, mesh.place_of_router, mesh.router_of_tile)


def latency(mean: float, seed: int) -> Latency:
    """Return a plausible distribution of some cycles."""
    sample = np.random.default_rng(seed).gamma(2.0, mean / 2, 20000).round()
    edges = np.arange(0, sample.max() + 2)
    quantiles = (float(np.quantile(sample, q)) for q in (0.5, 0.99, 1.0))
    return Latency(float(sample.mean()), *quantiles, edges, np.histogram(sample, edges)[0])


def details(random: np.random.Generator) -> dict[str, Any]:
    """Return stages, distortion, neurons, timeline and congestion of a report."""
    sent, bins = random.poisson(120, 4000), 60
    wave = 1 + np.sin(np.linspace(0, 9, bins))[:, None]
    return {
        "latency_stages": {
            name: latency(mean, seed)
            for seed, (name, mean) in enumerate(
                {"generation": 9.0, "network": 14.0, "blocking": 41.0, "processing": 9.1}.items()
            )
        },
        "distortion": Distortion(latency(17.0, 5), 12.4, 80.5, 311),
        "neurons": NeuronLoad(sent, sent - 1, random.binomial(1, 0.3, 4000), random.poisson(5, 4000)),
        "timeline": Timeline(
            np.linspace(0, 1000, bins + 1),
            np.arange(8),
            random.uniform(0, 0.4, (bins, 8)) * wave,
            random.poisson(3 * wave * random.uniform(0, 1, 8)),
            0.4 * wave[:, 0],
            random.poisson(6, bins),
        ),
        "congestion": Congestion(
            np.array([70, 70, 61]),
            np.array([0, 1, 0]),
            np.array([9000, 4000, 7000]),
            np.array([0.9, 0.4, 1.0]),
        ),
        "energy_of_population_pj": {
            "exc <E>": {"spike": 3.0e4, "hop": 4.0e6, "row": 3.0e5, "synapse": 1.5e5},
            "inh & I": {"spike": 5.0e3, "hop": 1.1e6, "row": 1.0e5, "synapse": 4.0e4},
        },
    }


def hardware_report(fidelity: str = "fcfs", seed: int = 3) -> HardwareReport:
    """Return a plausible report of one second of a network with two populations on the mesh."""
    random = np.random.default_rng(seed)
    n_tiles, wires = WIDTH * HEIGHT, links()
    n_links = wires.source.size
    middle = 1 / (1 + np.abs(wires.source % WIDTH - 2) + np.abs(wires.source // WIDTH - 2))
    packets = (random.gamma(3, 4000, n_links) * middle).astype(np.int64)
    cells = np.full(n_tiles, 134)
    cells[-3:] = 0
    edges = np.geomspace(8, 4000, 41)
    counts = (20000 * np.exp(-(((np.log(edges[1:]) - np.log(60)) / 0.6) ** 2))).astype(np.int64)
    return HardwareReport(
        backend="event",
        fidelity=fidelity,
        chip="mesh",
        seed=seed,
        timestep_ms=TIMESTEP_MS,
        biological_ms=1000.0,
        populations=PopulationLoad(
            np.array(["exc <E>", "inh & I"]), np.array([3200, 800]), np.array([18900, 4700])
        ),
        traffic=Traffic(
            500000, 498000, 1990, 10, 21000, {"distance": 1000, "contention": 20000}, {"full buffer": 1990},
            1700000, 498000, 1890000,
        ),
        projections=ProjectionLoad(
            np.array(["exc <E>→exc <E>", "exc <E>→inh & I"]), np.array([204000, 51000]),
            np.array([1500000, 390000]), np.array([90000, 21000]), np.array([7000, 0]),
        ),
        cycles_per_tick=10000,
        cycle_ns=10.0,
        chip_cycles=10**8,
        layout=layout(),
        latency=Latency(73.1, 60.0, 410.0, 3890.0, edges, counts),
        tiles=TileLoad(
            cells, (cells > 0).astype(int), np.where(cells > 0, 3900, 0), random.poisson(780, n_tiles),
            random.poisson(16000, n_tiles), random.poisson(63000, n_tiles), random.poisson(600, n_tiles),
            random.poisson(60, n_tiles), np.full(n_tiles, 0.0), random.uniform(0, 0.3, n_tiles),
            random.uniform(0, 0.5, n_tiles), random.poisson(50, n_tiles), random.poisson(900, n_tiles),
            random.poisson(4, n_tiles),
        ),
        links=LinkLoad(
            np.array([wires.name(link) for link in range(n_links)]), wires.source, wires.target,
            np.where(wires.kind == 0, -1, wires.source), wires.kind, packets, packets, packets / 60000,
            packets * 7, random.poisson(12, n_links), random.poisson(3, n_links),
        ),
        **details(random),
        energy_pj={"spike": 3.5e4, "hop": 5.1e6, "row": 4.0e5, "synapse": 1.9e5, "static": 1.2e10},
        timing_s={"build": 1.21, "run": 3.4},
    )  # fmt: skip


def recording(label: str, spikes: Spikes, until_tick: int = 10000, fidelity: str = "fcfs") -> Recording:
    """Return a recording of two populations of 3200 and 800 cells."""
    populations = (
        RecordedPopulation("exc <E>", 3200, False, np.arange(3200)),
        RecordedPopulation("inh & I", 800, False, np.arange(3200, 4000)),
        RecordedPopulation("input", 20, True, np.empty(0, np.int64)),
    )
    return Recording(
        label, spikes, TIMESTEP_MS, until_tick, populations, hardware_report(fidelity), "0123456789abcdef"
    )
