"""What more threads than one bring: wall time of one network simulated by one thread and by several, in turns.

    python -m benchmarks.threads [--workloads B,BDC] [--threads 2] [--turns 20] [--json]

All is done a part of a second simulated at a time, so that what else the machine does meets all alike; times are per
second simulated, ratios the medians of those of the turns. "possible" is what the processors could give at most in the
same minute: as many processes, each of which simulates the network on one thread, side by side, over what they would
take one after the other; virtual processors at times share one. "free" turns are those in which one thread took no
more than a tenth longer than in its best turn, alone and side by side. Spikes must be the same, or the exit status
is 1.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.speed.clock import timed
from benchmarks.speed.workloads import WORKLOADS as TIMED
from benchmarks.workloads import brunel
from neurohw.backend import Session, load
from neurohw.network import Network
from neurohw.program import Program

WORKLOADS: dict[str, Callable[[], Network]] = {
    **{name: workload.build for name, workload in TIMED.items()},
    "B20": lambda: brunel(20_000),
    "BDC20": lambda: brunel(20_000, poisson_drive=False),
}
PART_MS = 100.0  # of a turn
FREE = 1.1  # times as long as in the best turn


def main() -> None:
    """Measure the workloads and print a table, or one JSON object."""
    options = parsed()
    found = [measure(name, options.threads, options.turns) for name in options.workloads.split(",")]
    if options.json:
        print(json.dumps(found))
    else:
        print(
            f"wall seconds per second simulated, medians of {options.turns} turns; {options.threads} threads"
        )
        for row in found:
            print(
                f"{row['workload']:6s} one thread {row['one_s']:.3f}  threads {row['more_s']:.3f}  faster: "
                f"{row['ratio']:.2f} x  possible {row['possible']:.2f} x  in {row['n_free']} free turns "
                f"{row['free_ratio']:.2f} x  time of processors {row['cpu_ratio']:.2f} x"
            )
    if not all(row["same_spikes"] for row in found):
        print("spikes differ", file=sys.stderr)
        sys.exit(1)


def measure(workload: str, threads: int, turns: int) -> dict[str, Any]:
    """Run a workload with one thread, with more and in processes in turn; a first part is not counted."""
    program = Program(WORKLOADS[workload]())
    backend = load("event")
    took: tuple[list[dict[str, float]], ...] = ([], [], [])
    part = program.network.tick(PART_MS)
    with backend.open(program) as one, backend.open(program, threads=threads) as more:
        with side_by_side(one, threads) as advance_all:
            runs = (one.advance, more.advance, advance_all)
            for run in runs:
                run(part)
            for turn in range(2, turns + 2):
                for run, times in zip(runs, took, strict=True):
                    times.append(timed(lambda run=run, until=turn * part: run(until)))
        same = one.result().spikes.digest() == more.result().spikes.digest()
    wall, cpu = ([[times[key] for times in own] for own in took] for key in ("wall_s", "cpu_s"))
    turns_s = list(zip(*wall, strict=True))
    free = [turn for turn in turns_s if max(turn[0], turn[2]) <= FREE * min(wall[0])]
    per_second = 1000.0 / PART_MS
    return {
        "workload": workload,
        "threads": threads,
        "one_s": per_second * statistics.median(wall[0]),
        "more_s": per_second * statistics.median(wall[1]),
        "ratio": statistics.median(a / b for a, b, _ in turns_s),
        "possible": threads * statistics.median(a / c for a, _, c in turns_s),
        "n_free": len(free),
        "free_ratio": statistics.median([a / b for a, b, _ in free] or [0.0]),
        "cpu_ratio": statistics.median(b / a for a, b in zip(cpu[0], cpu[1], strict=True)),
        "same_spikes": same,
    }


@contextmanager
def side_by_side(session: Session, n: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that advances copies of a session in ``n`` processes at the same time."""
    context = multiprocessing.get_context("fork")
    pipes = [context.Pipe() for _ in range(n)]
    workers = [context.Process(target=serve, args=(session, theirs)) for _, theirs in pipes]
    for worker in workers:
        worker.start()

    def advance(until: int) -> None:
        for ours, _ in pipes:
            ours.send(until)
        for ours, _ in pipes:
            ours.recv()

    try:
        yield advance
    finally:
        for (ours, _), worker in zip(pipes, workers, strict=True):
            ours.send(None)
            worker.join()


def serve(session: Session, pipe: Any) -> None:
    """Advance a session as far as it is told to."""
    while (until := pipe.recv()) is not None:
        session.advance(until)
        pipe.send(until)


def parsed() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workloads", default="B,BDC", help=f"some of {','.join(WORKLOADS)}")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    unknown = set(options.workloads.split(",")) - set(WORKLOADS)
    if unknown or options.threads < 2 or options.turns < 1:
        parser.error(f"workloads are {', '.join(WORKLOADS)}; at least 2 threads, at least 1 turn")
    return options


if __name__ == "__main__":
    main()
