"""Milliseconds to admit an application on a chip where others come and go, and what a search for better maps gains.

    python -m benchmarks.admission [--size 8] [--applications 200] [--searches 6] [--json]

Applications are random single-rate graphs of 4 to 16 clusters of 50 to 150 cycles, on a square mesh of tiles. Each
cluster sends up to 20 packets to two others. They ask for once to twice of their processing time on one tile over one
to four; a quarter of the time one departs. Times are those of this thread, once for each application.
"""

from __future__ import annotations

import argparse
import json
import time
from fractions import Fraction
from random import Random
from statistics import quantiles

from neurohw.compiler.schedule import chip_platform
from neurohw.dataflow import (
    Actor,
    Channel,
    Graph,
    Occupancy,
    Platform,
    admit,
    balance,
    certificate_problems,
    guarantee,
    improve,
    load_bound,
    near_tiles,
    prepare,
    project,
)
from neurohw.hardware import load_chip

EVALUATIONS = 400


def main() -> None:
    """Run the benchmark and print its figures, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=8, help="tiles of a row and of a column")
    parser.add_argument("--applications", type=int, default=200)
    parser.add_argument("--searches", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    platform = chip_platform(load_chip("mesh").replace(width=args.size, height=args.size))
    data = {"admission": _admission(platform, args.applications), "search": _search(platform, args.searches)}
    print(json.dumps(data) if args.json else _text(data))


def random_application(seed: int, n_clusters: int, most_packets: int = 20) -> Graph:
    """Return a random graph."""
    random = Random(seed)
    actors = tuple(Actor(f"c{i}", Fraction(random.randint(50, 150))) for i in range(n_clusters))
    channels = []
    for source in range(n_clusters):
        for target in random.sample(range(n_clusters), 2):
            n = random.randint(1, most_packets)
            channels.append(Channel(f"c{source}->c{target}", f"c{source}", f"c{target}", n, n, n))
    return Graph(f"application {seed}", actors, tuple(channels))


def _admission(platform: Platform, n_applications: int) -> dict[str, float]:
    random, occupancy = Random(1), Occupancy(platform)
    milliseconds, n_admitted = [], 0
    for seed in range(n_applications):
        if occupancy.running and random.random() < 0.25:
            occupancy = occupancy.without(random.choice(list(occupancy.running)))
        graph = random_application(seed, random.randint(4, 16))
        load = sum((actor.time for actor in graph.actors), Fraction(0))
        asks = prepare(graph, period=load * random.choice([1, 2]) / random.choice([1, 2, 4]))
        start = time.thread_time()
        answer = admit(occupancy, asks)
        milliseconds.append((time.thread_time() - start) * 1e3)
        n_admitted += answer.is_admitted
        occupancy = answer.occupancy
    if any(certificate_problems(certificate) for certificate in occupancy.certificates.values()):
        raise SystemExit("a certificate proves nothing")
    tenths = quantiles(milliseconds, n=10)
    return {
        "applications": n_applications,
        "admitted": n_admitted,
        "running_at_the_end": len(occupancy.running),
        "median_ms": tenths[4],
        "p90_ms": tenths[8],
        "longest_ms": max(milliseconds),
    }


def _search(platform: Platform, n_searches: int) -> list[dict[str, float]]:
    rows = []
    for seed in range(n_searches):
        graph = random_application(seed, 16)
        ready = prepare(graph)
        tiles = near_tiles(platform, [tile.name for tile in platform.tiles], 4 if seed % 2 else 16)
        tile_of_actor = balance(graph, platform, tiles, ready.capacity_of_channel)
        orders = project(ready.order, tile_of_actor)
        start = time.thread_time()
        found = improve(graph, platform, tiles, ready.order, tile_of_actor, evaluations=EVALUATIONS)
        rows.append(
            {
                "tiles": len(tiles),
                "period": float(guarantee(graph, orders, platform, ready.capacity_of_channel).period),
                "busiest_tile": float(load_bound(graph, orders)),
                "period_found": float(found.certificate.period),
                "evaluations": found.evaluations,
                "seconds": time.thread_time() - start,
            }
        )
    return rows


def _text(data: dict) -> str:
    lines = ["  ".join(f"{name} {value:.4g}" for name, value in data["admission"].items())]
    return "\n".join(
        lines + ["  ".join(f"{name} {value:.4g}" for name, value in row.items()) for row in data["search"]]
    )


if __name__ == "__main__":
    main()
